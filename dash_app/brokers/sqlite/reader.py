"""The reader of the embedded broker: the clicks of one file, in the order of their commits."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from dash_app.brokers import LogReplaced
from dash_app.brokers.sqlite.file import (
    PARTITION,
    SqliteFile,
    await_rows,
    read_end,
    read_totals,
    reading_errors,
)
from dash_app.counting.checkpoint import Checkpoint, ReadAgain, StartPosition
from dash_app.counting.clicks import Click
from dash_app.counting.records import Record, encode

POLL_RECORDS = 5000
POLL_INTERVAL_SECONDS = 0.05
"""Pause between two queries for the commits of other processes."""


def record_of(row: int, received: float, kind: str, timestamp: float, person: str | None) -> Record:
    """Return a row as a record, without its identity: the file holds each only once."""
    value = encode(Click(kind, timestamp))
    return Record(row, received, value, None, None, None, person.encode() if person else None)


class SqliteReader:
    """Reads a file from its totals on; `committed` is set at each write and end of this process."""

    def __init__(self, path: Path, busy_seconds: float, committed: threading.Event) -> None:
        self._file = SqliteFile(path, busy_seconds)
        self._committed = committed
        self._next = 1
        self.log_id = self._file.log_id
        self.name = str(path)
        self.warnings: Sequence[str] = ()

    def starts(self, again: ReadAgain) -> Mapping[int, StartPosition]:
        """Return where the reading starts: the totals are those of all rows up to now."""
        database = self._file.database
        with reading_errors(self._file.path):
            database.execute("BEGIN")
            counts, end = read_totals(database), read_end(database)
            query = "SELECT coalesce(min(id), ?) FROM clicks WHERE received >= ?"
            (oldest_bin,) = database.execute(query, (end, again.since)).fetchone()
            database.execute("COMMIT")
        self._next = max(oldest_bin, end - again.limit)
        whole_from = None if self._next == oldest_bin else self._next
        note = f"continuing at row {end}, reading again from {self._next}"
        return {
            PARTITION: StartPosition(self._next, end, counts, whole_from, False, note, unique=True)
        }

    def poll(self, timeout: float) -> Mapping[int, Sequence[Record]]:
        """Return the next rows; see Reader.poll."""
        records = await_rows(self._read, self._committed, timeout, POLL_INTERVAL_SECONDS)
        if not records:
            return {}
        self._next = records[-1].offset + 1
        return {PARTITION: records}

    def _read(self) -> list[Record]:
        query = (
            "SELECT id, received, type, timestamp, person FROM clicks"
            " WHERE id >= ? ORDER BY id LIMIT ?"
        )
        with reading_errors(self._file.path):
            rows = self._file.database.execute(query, (self._next, POLL_RECORDS))
            return [record_of(*row) for row in rows]

    def ends(self) -> Mapping[int, int]:
        """Return the row id after the last row; see Reader.ends."""
        if not self._file.is_in_place():
            raise LogReplaced(f"{self._file.path} was renamed or deleted")
        with reading_errors(self._file.path):
            return {PARTITION: read_end(self._file.database)}

    def position(self, partition: int) -> int:
        """Return the next row id to be read."""
        return self._next

    def commit(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        """Do nothing: the writer commits the totals with the clicks."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
