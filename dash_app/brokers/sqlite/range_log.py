"""The rows of a file that may hold the clicks of a range of time; see RangeLog."""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.sqlite.file import (
    PARTITION,
    VERSION,
    read_end,
    read_form,
    read_log_id,
    read_totals,
    reading_errors,
)
from dash_app.brokers.sqlite.read_only import ReadOnlyFile
from dash_app.brokers.sqlite.reader import record_of
from dash_app.counting.range_log import RangePart
from dash_app.counting.records import Record
from dash_app.counting.second_counts import LATE_SECONDS

PAGE_ROWS = 200
"""A page is read at once: whoever counts in between pauses of a millisecond wants small ones."""

FIND_ROWS = "SELECT min(id), max(id) FROM clicks WHERE received >= ? AND received < ?"
FIND_STOP = "SELECT coalesce(min(id), ?) FROM clicks WHERE received >= ?"
FIND_LATER = "SELECT EXISTS (SELECT 1 FROM clicks WHERE received >= ?)"
FIND_HEAD = "SELECT id, received FROM clicks ORDER BY id LIMIT 1"
SELECT_ROWS = """
SELECT id, received, type, timestamp, person FROM clicks
WHERE id >= ? AND id < ? ORDER BY id LIMIT ?
"""


class SqliteRange:
    """The rows of a range from the epoch second `since` to the one before `until`; see RangeLog.

    The file holds no click twice, so that none before the range are needed to tell repeats.
    """

    def __init__(self, path: Path, since: int, until: int) -> None:
        self.name = str(path)
        self.opened_at = time.time()
        with contextlib.ExitStack() as stack:
            self._file = stack.enter_context(ReadOnlyFile(path))
            with reading_errors(self._file.path):
                self.parts: Mapping[int, RangePart] = {PARTITION: self._plan(since, until)}
                self.log_id = read_log_id(self._file.database)
            self._stack = stack.pop_all()

    def _plan(self, since: int, until: int) -> RangePart:
        database, latest = self._file.database, until + LATE_SECONDS
        if read_form(database) < VERSION:
            raise BrokerUnavailable(
                f"{self.name} was written by an earlier version of this program; start the site "
                "once, which takes it over"
            )
        # One transaction: each row has its type among the totals.
        database.execute("BEGIN")
        types, end = frozenset(read_totals(database).clicks), read_end(database)
        head, received = database.execute(FIND_HEAD).fetchone() or (1, since)
        first, last = database.execute(FIND_ROWS, (since, latest)).fetchone()
        (stop,) = database.execute(FIND_STOP, (end, until)).fetchone()
        (is_final,) = database.execute(FIND_LATER, (latest,)).fetchone()
        database.execute("COMMIT")
        start, after = (end, end) if first is None else (first, last + 1 if is_final else end)
        self.written: Mapping[int, tuple[int, int]] = {PARTITION: (start, max(start, stop))}
        # Rows are deleted by hand alone; older ones that are left say that none of these were.
        whole_from = start if head > 1 and received >= since else None
        return RangePart(start, after, whole_from, bool(is_final), types)

    def polls(self, partition: int, start: int) -> Iterator[Sequence[Record]]:
        """Return the rows page by page; see RangeLog.polls."""
        end = self.parts[partition].end
        # One long transaction would keep the servers from truncating their write-ahead log.
        while rows := self._read_rows(start, end):
            yield [record_of(*row) for row in rows]
            start = rows[-1][0] + 1

    def _read_rows(self, start: int, end: int) -> list[tuple[int, float, str, float, str | None]]:
        with reading_errors(self._file.path):
            parameters = start, end, PAGE_ROWS
            return self._file.database.execute(SELECT_ROWS, parameters).fetchall()

    def check(self) -> None:
        """Raise LogReplaced if the file is not the one that was opened; see RangeLog.check."""
        self._file.check()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
