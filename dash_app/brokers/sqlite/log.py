"""The whole file of the embedded broker, read for the audit, which changes nothing."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from dash_app.brokers.sqlite.file import (
    PARTITION,
    read_end,
    read_log_id,
    read_totals,
    reading_errors,
)
from dash_app.brokers.sqlite.read_only import ReadOnlyFile
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
        self._file = ReadOnlyFile(path)
        with contextlib.ExitStack() as stack, reading_errors(self._file.path):
            stack.callback(self._file.close)
            end = self._read_statement(self._file.database)
            stack.pop_all()
        self.starts: Mapping[int, int] = {PARTITION: 0}
        self.ends: Mapping[int, int] = {PARTITION: end}

    def _read_statement(self, database: sqlite3.Connection) -> int:
        database.execute("BEGIN")
        totals, end = read_totals(database), read_end(database)
        self.id = read_log_id(database)
        database.execute("COMMIT")
        self._totals = Statement(
            f"the totals in {self._file.path}",
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
        with reading_errors(self._file.path):
            parameters = start, self.ends[PARTITION], PAGE_ROWS
            return self._file.database.execute(SELECT_ROWS, parameters).fetchall()

    def statements(self) -> Sequence[Statement]:
        """Return the totals that the file holds beside its rows; see Log.statements."""
        return [self._totals]

    def check(self) -> None:
        """Raise LogReplaced if a file that no program had open has changed since."""
        self._file.check()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _record(row: Row) -> Record:
    number, received, kind, timestamp, client, seq, place = row
    click_id = None
    if client is not None and seq is not None and place is not None:
        click_id = encode_identity(Identity(client, seq, place))
    return Record(number, received, encode(Click(kind, timestamp)), click_id)
