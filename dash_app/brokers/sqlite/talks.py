"""The changes of the talks in a table beside the clicks."""

import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from dash_app.brokers import BrokerUnavailable, LogReplaced, NotAppended, OutcomeUnknown
from dash_app.brokers.sqlite.file import SqliteFile, await_rows, reading_errors
from dash_app.brokers.sqlite.read_only import ReadOnlyFile
from dash_app.counting.talks import Change

POLL_INTERVAL_SECONDS = 0.2
"""Pause between two queries for the changes of other processes."""

REPLACE = "INSERT OR REPLACE INTO talks (key, value) VALUES (?, ?)"
SELECT = "SELECT id, key, value FROM talks WHERE id >= ? ORDER BY id"
HAS_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'talks'"
END = "SELECT coalesce(max(id), 0) + 1 FROM talks"


class SqliteChanges:
    """Keeps the changes in the file of the clicks; see ChangeLog."""

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._committed = threading.Event()

    def append(self, changes: Sequence[Change], deadline: float) -> int:
        """Return the id after the changes once they are committed, all in one transaction."""
        busy_seconds = min(self._busy_seconds, max(0.0, deadline - time.monotonic()))
        is_committing = False
        try:
            with SqliteFile(self._path, busy_seconds) as file, file.transaction():
                file.database.executemany(REPLACE, changes)
                (end,) = file.database.execute(END).fetchone()
                is_committing = True
        except BrokerUnavailable as error:
            raise NotAppended(str(error)) from error
        except sqlite3.Error as error:
            if is_committing:
                raise OutcomeUnknown(f"cannot commit to {self._path}: {error}") from error
            raise NotAppended(f"cannot write to {self._path}: {error}") from error
        self._committed.set()
        return int(end)

    def wake(self) -> None:
        """Have a reader that waits for changes look once more."""
        self._committed.set()

    def reader(self) -> "SqliteChangeReader":
        """Open a reading of the table; see ChangeLog.reader."""
        return SqliteChangeReader(self._path, self._busy_seconds, self._committed)


class SqliteChangeReader:
    """One reading of the table; `committed` is set when this process has written or is to end."""

    def __init__(self, path: Path, busy_seconds: float, committed: threading.Event) -> None:
        self._file = SqliteFile(path, busy_seconds)
        self._committed = committed
        self.position = 1
        try:
            with reading_errors(path):
                self.end = int(self._file.database.execute(END).fetchone()[0])
        except BrokerUnavailable:
            self._file.close()
            raise

    def poll(self, timeout: float) -> Sequence[tuple[bytes, bytes | None]]:
        """Return the next changes; see ChangeReader.poll."""
        return await_rows(self._read, self._committed, timeout, POLL_INTERVAL_SECONDS)

    def _read(self) -> list[tuple[bytes, bytes | None]]:
        with reading_errors(self._file.path):
            rows = self._file.database.execute(SELECT, (self.position,)).fetchall()
        self.position = rows[-1][0] + 1 if rows else self.position
        return _changes(rows)

    def check(self) -> None:
        """Raise LogReplaced if the file is no longer in its place; see ChangeReader.check."""
        if not self._file.is_in_place():
            raise LogReplaced(f"{self._file.path} was renamed or deleted")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def read_changes(path: Path) -> Sequence[tuple[bytes, bytes | None]]:
    """Return key and value of all changes in the file, and change nothing there.

    A file of an earlier form holds none. Raises BrokerUnavailable and LogReplaced.
    """
    with ReadOnlyFile(path) as file, reading_errors(file.path):
        if file.database.execute(HAS_TABLE).fetchone() is None:
            return []
        rows = file.database.execute(SELECT, (1,)).fetchall()
        file.check()
    return _changes(rows)


def _changes(rows: Sequence[tuple[int, object, object]]) -> list[tuple[bytes, bytes | None]]:
    return [(_bytes(key), None if value is None else _bytes(value)) for _, key, value in rows]


def _bytes(value: object) -> bytes:
    """Return what a cell holds: anybody may have written it, and of any type."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")
