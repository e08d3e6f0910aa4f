"""The embedded broker: clicks in one SQLite file, shared by processes on a local disk."""

import itertools
import sqlite3
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from sqlite3 import SQLITE_BUSY, SQLITE_LOCKED
from typing import NamedTuple

from dash_app.brokers import BrokerError, BrokerUnavailable, NotAppended, Outgoing, Place
from dash_app.brokers.sqlite.file import BUSY_SECONDS, SqliteFile
from dash_app.brokers.sqlite.reader import SqliteReader
from dash_app.brokers.sqlite.talks import SqliteChanges
from dash_app.brokers.sqlite.writer import SqliteWriter
from dash_app.settings import Settings

_IN_USE = "{} is in use; stop the program that has it open first"


class SqliteBroker:
    """Keeps clicks in the file `settings.clicks_db`; see Broker."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.clicks_db
        # Half the limit for the lock leaves the other half for the work itself.
        self._busy_seconds = settings.answer_limit_ms / 2000
        self._committed = threading.Event()
        self._writer = SqliteWriter(self._path, self._busy_seconds, self._committed.set)
        self.changes = SqliteChanges(self._path, self._busy_seconds)

    def start(self) -> None:
        """Start the writer; see Broker.start."""
        self._writer.start()

    def is_running(self) -> bool:
        """Say whether the writer's thread runs; see Broker.is_running."""
        return self._writer.is_running()

    @property
    def clock_skew(self) -> None:
        """Nothing: the writer has the clock of this machine; see Broker.clock_skew."""
        return None

    def append(self, batch: Sequence[Outgoing], deadline: float) -> Sequence[Place]:
        """Return once the batch is committed and synced; see Broker.append."""
        return self._writer.append(batch, deadline)

    def append_value(self, value: bytes | None, deadline: float) -> Place:
        """Refuse: the columns of a file hold clicks; see Broker.append_value."""
        raise NotAppended(f"{self._path} has columns for clicks, and no place for other records")

    def reader(self) -> SqliteReader:
        """Open a reading of the file; see Broker.reader."""
        return SqliteReader(self._path, self._busy_seconds, self._committed)

    def stop(self, timeout: float) -> None:
        """Commit the accepted batches and close the file; see Broker.stop."""
        self._writer.stop(timeout)
        # Readers that wait look once more, and their callers see that they are to end.
        self._committed.set()
        self.changes.wake()


class Contents(NamedTuple):
    """The number of clicks in a file, and when the first was received (epoch seconds)."""

    clicks: int
    since: float | None


class InUse(BrokerError):
    """Another process has the file open."""


def contents(path: Path) -> Contents:
    """Return what the file holds; the file is created if it does not exist.

    Raises BrokerUnavailable, also if the file is read-only.
    """
    with SqliteFile(path, BUSY_SECONDS) as file:
        query = """
SELECT (SELECT coalesce(sum(clicks), 0) FROM totals), (SELECT min(received) FROM clicks)
"""
        try:
            with file.transaction():
                # SQLite grants the lock even on a read-only file; a write shows that it is one.
                file.database.execute("UPDATE meta SET value = value")
                return Contents(*file.database.execute(query).fetchone())
        except sqlite3.Error as error:
            raise BrokerUnavailable(f"cannot use the clicks in {path}: {error}") from error


def set_aside(path: Path, now: datetime) -> Path | None:
    """Rename the file, so that counting starts from zero; return its new path, or None without one.

    Raises InUse if another process has the file open, and BrokerUnavailable.
    """
    if not path.exists():
        return None
    # A link goes on leading to the same place, where the next file begins.
    path = path.resolve() if path.is_symlink() else path
    with SqliteFile(path, busy_seconds=0) as file:
        try:
            return _rename(file, _free_name(path, f"{path.stem}-{now:%Y%m%d-%H%M%S}"))
        except (sqlite3.Error, OSError) as error:
            if getattr(error, "sqlite_errorcode", None) in {SQLITE_BUSY, SQLITE_LOCKED}:
                raise InUse(_IN_USE.format(path)) from error
            raise BrokerUnavailable(f"cannot put {path} aside: {error}") from error


def _rename(file: SqliteFile, aside: Path) -> Path:
    # Only the sole user of a file can leave WAL mode, which moves all clicks into the one file.
    file.database.execute("PRAGMA journal_mode=DELETE")
    file.database.execute("BEGIN EXCLUSIVE")
    # A program that started meanwhile may have gone back to WAL, where the lock excludes no reader.
    if file.database.execute("PRAGMA journal_mode").fetchone() != ("delete",):
        raise InUse(_IN_USE.format(file.path))
    return file.path.rename(aside)


def _free_name(path: Path, stem: str) -> Path:
    # Two files may be set aside within a second, and renaming would replace the first.
    stems = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    names = (path.with_name(f"{stem}{path.suffix}") for stem in stems)
    return next(name for name in names if not name.exists())
