"""The whole file of the embedded broker, read for the audit and changed by nothing."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.counting.clicks import CHEERS, HATE, Click, Identity
from dash_app.counting.ledger import Statement
from dash_app.counting.records import Record, encode, encode_identity

PARTITION = 0
PAGE_ROWS = 10_000
BUSY_SECONDS = 5

Row = tuple[int, float, str, float, str | None, int | None, int | None]

ROWS = """
SELECT id, received, type, timestamp, client, seq, place FROM clicks
WHERE id >= ? AND id < ? ORDER BY id LIMIT ?
"""


class SqliteLog:
    """The rows of a file that are there when it is opened; see Log. A context manager."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        if not path.is_file():
            raise BrokerUnavailable(f"there is no file {path}: no click was ever kept in it")
        # While a program has the file open there is a log beside it. Without one SQLite would
        # make it in order to read, so it is told that the file does not change; `check` sees.
        self._at_rest = not path.with_name(f"{path.name}-wal").exists()
        self._before = _stamp(path)
        address = f"{path.absolute().as_uri()}?mode=ro&immutable={int(self._at_rest)}"
        with self._errors(), contextlib.ExitStack() as opened:
            self._database = sqlite3.connect(
                address, uri=True, timeout=BUSY_SECONDS, isolation_level=None
            )
            opened.callback(self._database.close)
            end = self._look()
            self._opened = opened.pop_all()
        self.starts: Mapping[int, int] = {PARTITION: 0}
        self.ends: Mapping[int, int] = {PARTITION: end}

    def _look(self) -> int:
        ask = self._database.execute
        ask("BEGIN")
        rows = ask("SELECT type, clicks, untimely FROM totals").fetchall()
        (end,) = ask("SELECT coalesce(max(id), 0) + 1 FROM clicks").fetchone()
        logs = ask("SELECT value FROM meta WHERE name = 'log'").fetchall()
        ask("COMMIT")
        if len(logs) != 1:
            raise BrokerUnavailable(f"cannot read the clicks in {self._path}: it names no log")
        self.id = str(logs[0][0])
        clicks = {kind: count for kind, count, _ in rows}
        self._totals = Statement(
            f"the totals in {self._path}",
            self.id,
            ((PARTITION, end),),
            clicks.get(CHEERS, 0),
            clicks.get(HATE, 0),
            sum(untimely for _, _, untimely in rows),
        )
        return int(end)

    def records(self, partition: int) -> Iterator[Record]:
        """Return the rows as records; see Log.records."""
        after = 0
        # Page by page: one long reading would keep the servers from tidying up their log.
        while rows := self._rows(after):
            yield from map(_record, rows)
            after = rows[-1][0] + 1

    def _rows(self, start: int) -> list[Row]:
        with self._errors():
            return self._database.execute(ROWS, (start, self.ends[PARTITION], PAGE_ROWS)).fetchall()

    def statements(self) -> Sequence[Statement]:
        """Return the totals that the file holds beside its rows; see Log.statements."""
        return [self._totals]

    def check(self) -> None:
        """Raise LogReplaced if the file changed while it was thought to be at rest."""
        if self._at_rest and _stamp(self._path) != self._before:
            raise LogReplaced(f"{self._path} changed while it was read; run the audit again")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise BrokerUnavailable(f"cannot read the clicks in {self._path}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()


def _record(row: Row) -> Record:
    number, received, kind, timestamp, client, seq, place = row
    click_id = None
    if client is not None and seq is not None and place is not None:
        click_id = encode_identity(Identity(client, seq, place))
    return Record(number, received, encode(Click(kind, timestamp)), click_id)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
