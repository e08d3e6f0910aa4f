"""What a log has got since a range of it was counted, and whether that changes the count."""

import dataclasses
from collections.abc import Iterator

from dash_app.counting.archive import read_part
from dash_app.counting.range_count import RangeCount
from dash_app.counting.range_log import RangeLog
from dash_app.counting.records import Record, Unreadable, read
from dash_app.counting.second_counts import drawn_at


class RangeTail:
    """Reads the records that came after a count step by step, which is an iterator as counting is.

    It says how much is done of this and of the counting that may follow, from 0 to 1. At the end
    `result` is the count as of now, or None if the range has to be counted anew: if one of the
    records can belong to it, or they are not all there, or more than `limit`. Iterating raises
    BrokerError.
    """

    result: RangeCount | None = None

    def __init__(self, log: RangeLog, count: RangeCount, limit: int) -> None:
        self._log = log
        self._count = count
        self._starts = {number: count.as_of.get(number, 0) for number in log.parts}
        self._size = sum(part.end - self._starts[number] for number, part in log.parts.items())
        self._is_there = self._size <= limit and self._follows_the_count()
        self._steps = self._run()

    def __iter__(self) -> Iterator[float]:
        """Return the reading itself."""
        return self

    def __next__(self) -> float:
        """Read about STEP_RECORDS records; return how much of all is done."""
        return next(self._steps)

    def _follows_the_count(self) -> bool:
        """Say whether these are a part of the records that counting would read, and all of them."""
        parts = self._log.parts
        return self._count.as_of.keys() <= parts.keys() and all(
            part.start <= self._starts[number] <= part.end for number, part in parts.items()
        )

    def _run(self) -> Iterator[float]:
        if self._count.is_final:
            self.result = self._count
        if self._count.is_final or not self._is_there:
            return
        parts, done = self._log.parts, 0
        size = self._size + sum(part.end - part.start for part in parts.values())
        for partition, start in sorted(self._starts.items()):
            position = start
            for records in read_part(self._log, partition, start):
                if any(map(self._can_belong, records)):
                    return
                if records:
                    position = records[-1].offset + 1
                yield (done + position - start) / size
            done += parts[partition].end - start
        self._log.check()
        self.result = dataclasses.replace(
            self._count,
            is_final=all(part.is_final for part in parts.values()),
            as_of={number: part.end for number, part in sorted(parts.items())},
            counted_at=self._log.opened_at,
        )

    def _can_belong(self, record: Record) -> bool:
        """Say whether a record belongs to the range, whatever else is decided about it."""
        since, until = self._count.since, self._count.until
        if since <= record.time < until:
            return True
        try:
            click = read(record)
        except Unreadable:
            return False
        at = drawn_at(click.timestamp, record.time)
        return at is not None and since <= at < until
