"""What of a log in memory may hold the clicks of a range, planned as both brokers plan it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from dash_app.brokers import BrokerError
from dash_app.counting.archive import RangeCounting
from dash_app.counting.range_count import RangeCount
from dash_app.counting.range_log import RangePart, plan_part
from dash_app.counting.records import Record
from tests import naive
from tests.naive import Logs

LATE_SECONDS = 3600
LIMIT = 1_000_000


class MemoryRange:
    """The records of a range of a log that lives as long as the test; see RangeLog.

    `log_starts` holds the first offset that is left of each partition, `types` those that its
    checkpoint names. After each poll the log lets wait once; the last one raises `error`, and
    `check` raises `check_error`. `polled` says how many records were read.
    """

    def __init__(
        self,
        logs: Logs,
        since: int,
        until: int,
        dedup_offsets: int,
        *,
        log_starts: Mapping[int, int] | None = None,
        types: Mapping[int, frozenset[str]] | None = None,
        poll_records: int = 3,
        error: BrokerError | None = None,
        check_error: BrokerError | None = None,
        opened_at: float = 0,
    ) -> None:
        self.opened_at = opened_at
        self.log_id = self.name = "log-1"
        self._records = {number: naive.records(entries) for number, entries in logs.items()}
        self._poll_records = poll_records
        self._error = error
        self._check_error = check_error
        self.polled = 0
        self.written: Mapping[int, tuple[int, int]] = {}
        self.parts: Mapping[int, RangePart] = {
            number: self._plan(number, log_end, since, until, dedup_offsets, log_starts, types)
            for number, log_end in naive.ends(logs).items()
        }

    def _plan(
        self,
        number: int,
        log_end: int,
        since: int,
        until: int,
        dedup_offsets: int,
        log_starts: Mapping[int, int] | None,
        types: Mapping[int, frozenset[str]] | None,
    ) -> RangePart:
        log_start = log_starts[number] if log_starts else 0
        times = {r.offset: r.time for r in self._records[number] if r.offset >= log_start}
        log_start = next(iter(times), log_end) if log_start else 0
        first = next((offset for offset, time in times.items() if time >= since), log_end)
        latest = until + LATE_SECONDS
        end = next((offset for offset, time in times.items() if time >= latest), log_end)
        return plan_part(
            first,
            end,
            dedup_offsets=dedup_offsets,
            log_start=log_start,
            is_final=end < log_end,
            types=types[number] if types else frozenset(),
        )

    def polls(self, partition: int, start: int) -> Iterator[Sequence[Record]]:
        end = self.parts[partition].end
        records = [r for r in self._records[partition] if start <= r.offset < end]
        for first in range(0, len(records), self._poll_records):
            self.polled += len(records[first : first + self._poll_records])
            yield records[first : first + self._poll_records]
            yield []
        if self._error:
            raise self._error

    def check(self) -> None:
        if self._check_error:
            raise self._check_error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close nothing."""


class EndlessRange(MemoryRange):
    """As many records as are wished, which nobody holds; the same clients tap again and again."""

    def __init__(self, size: int, since: int, until: int) -> None:
        super().__init__({}, since, until, 1)
        self._value = b'{"type":"ok","timestamp":%d}' % since
        self._time = since + 0.5
        self.parts = {0: RangePart(0, size)}

    def polls(self, partition: int, start: int) -> Iterator[Sequence[Record]]:
        for first in range(start, self.parts[partition].end, 500):
            yield [
                Record(
                    n, self._time, self._value, b"c%d:%d:0" % (n % 50, n), None, None, b"%016x" % 7
                )
                for n in range(first, first + 500)
            ]


def count_range(log: MemoryRange, since: int, until: int, dedup_offsets: int) -> RangeCount:
    """Return what a range holds once it has been counted to its end."""
    counting = RangeCounting(log, since, until, dedup_offsets, LIMIT)
    steps = [*counting]
    assert steps == sorted(steps)
    assert steps[-1] == 1.0
    return counting.result


def totals_of(count: RangeCount) -> dict[str, int]:
    """Return the clicks of each type of a range."""
    return {kind: sum(seconds.values()) for kind, seconds in count.by_second.items()}
