"""The whole file of the embedded broker, read for the audit, which changes nothing."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.brokers.sqlite.file import (
    BUSY_SECONDS,
    PARTITION,
    read_end,
    read_log_id,
    read_totals,
    reading_errors,
    refuse_later_form,
)
from dash_app.counting.clicks import Click, Identity
from dash_app.counting.ledger import Statement
from dash_app.counting.records import Record, encode, encode_identity

PAGE_ROWS = 10_000

Row = tuple[int, float, str, float, str | None, int | None, int | None]

SELECT_ROWS = """
SELECT id, received, type, timestamp, client, seq, place FROM clicks
WHERE id >= ? AND id < ? ORDER BY id LIMIT ?
"""


class SqliteLog:
    """The rows that a file holds when it is opened; see Log. A context manager."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        # SQLite keeps its write-ahead log beside the file that a link leads to.
        self._path = path = path.resolve()
        if not path.is_file():
            raise BrokerUnavailable(f"there is no file {path}: no click was ever kept in it")
        # A file that a program has open has a write-ahead log beside it. Without one, SQLite would
        # create it in order to read; `immutable` prevents that, and `check` finds changes.
        self._at_rest = not path.with_name(f"{path.name}-wal").exists()
        self._fingerprint = _fingerprint(path)
        address = f"{path.absolute().as_uri()}?mode=ro&immutable={int(self._at_rest)}"
        with reading_errors(path), contextlib.ExitStack() as stack:
            self._database = sqlite3.connect(
                address, uri=True, timeout=BUSY_SECONDS, isolation_level=None
            )
            stack.callback(self._database.close)
            refuse_later_form(self._database, path)
            end = self._read_statement()
            self._stack = stack.pop_all()
        self.starts: Mapping[int, int] = {PARTITION: 0}
        self.ends: Mapping[int, int] = {PARTITION: end}

    def _read_statement(self) -> int:
        self._database.execute("BEGIN")
        totals, end = read_totals(self._database), read_end(self._database)
        self.id = read_log_id(self._database)
        self._database.execute("COMMIT")
        self._totals = Statement(
            f"the totals in {self._path}",
            self.id,
            ((PARTITION, end),),
            tuple(sorted(totals.clicks.items())),
            totals.out_of_window,
        )
        return end

    def records(self, partition: int) -> Iterator[Record]:
        """Return the rows as records; see Log.records."""
        after = 0
        # One long transaction would keep the servers from truncating their write-ahead log.
        while rows := self._read_rows(after):
            yield from map(_record, rows)
            after = rows[-1][0] + 1

    def _read_rows(self, start: int) -> list[Row]:
        with reading_errors(self._path):
            parameters = start, self.ends[PARTITION], PAGE_ROWS
            return self._database.execute(SELECT_ROWS, parameters).fetchall()

    def statements(self) -> Sequence[Statement]:
        """Return the totals that the file holds beside its rows; see Log.statements."""
        return [self._totals]

    def check(self) -> None:
        """Raise LogReplaced if a file that no program had open has changed since."""
        if self._at_rest and _fingerprint(self._path) != self._fingerprint:
            raise LogReplaced(f"{self._path} changed while it was read; run the audit again")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _record(row: Row) -> Record:
    number, received, kind, timestamp, client, seq, place = row
    click_id = None
    if client is not None and seq is not None and place is not None:
        click_id = encode_identity(Identity(client, seq, place))
    return Record(number, received, encode(Click(kind, timestamp)), click_id)


def _fingerprint(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
