"""Reads the log between two times: one such job at a time, and what was counted is kept."""

import contextlib
import dataclasses
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from dash_app.brokers.selection import open_range
from dash_app.consumer.kept_counts import KeptCounts, RangeKey
from dash_app.counting.archive import RangeCounting, require_at_most
from dash_app.counting.range_count import RangeCount
from dash_app.counting.range_records import RangeRecord, range_records
from dash_app.counting.range_tail import RangeTail
from dash_app.counting.ranges import check_range
from dash_app.counting.talks import Range
from dash_app.settings import Settings

LONGEST_PAUSE_SECONDS = 0.1

Step = TypeVar("Step")


BUSY = "Another report or export is under way; try again when it is done"


class ArchiveBusy(Exception):
    """Another job of this process reads the log."""


class ArchiveStopped(Exception):
    """The process ends, and the job with it."""


class Archive:
    """Counts and exports ranges of time, one at a time; creating one touches nothing.

    A job pauses after each step, which takes about a millisecond, for as long as the step took: so
    nobody else in the process waits long for the interpreter.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept = KeptCounts(settings.counted_ranges)
        self._turn = threading.Lock()
        self._stopping = threading.Event()

    def kept(self, log_id: str, asked: Range) -> RangeCount | None:
        """Return what was counted last of a range of this log; None: it was not counted."""
        return self._kept.find(self._key(log_id, asked))

    def count(self, asked: Range, log_id: str | None = None) -> Iterator[float | RangeCount]:
        """Yield how much is done, from 0 to 1, and at the end what was counted; then it is kept.

        A range without an end is counted up to now. What is kept is used if no record that came
        since can belong to it; if none can come, with the log's id also while the broker is away.
        The job lasts until the iterator ends or is closed. Raises BadRange, ArchiveBusy,
        ArchiveStopped, TooManyRecords and BrokerError.
        """
        since, until = check_range(*asked, time.time())
        kept = None if log_id is None else self.kept(log_id, asked)
        if kept is not None and kept.is_final and _is_of(kept, until):
            yield kept
            return
        with self._job(), open_range(self._settings, since, until) as log:
            key, kept, begun = self._key(log.log_id, asked), self.kept(log.log_id, asked), 0.0
            limit, dedup_offsets = self._settings.archive_records, self._settings.dedup_offsets
            if kept is not None and _is_of(kept, until):
                tail = RangeTail(log, kept, limit)
                for begun in self._paced(tail):
                    yield begun
                if tail.result is not None:
                    yield self._keep_changed(key, kept, tail.result)
                    return
            counting = RangeCounting(log, since, until, dedup_offsets, limit)
            yield begun
            for done in self._paced(counting):
                yield begun + (1 - begun) * done
            self._kept.keep(key, counting.result)
            yield counting.result

    def records(self, since: int, until: int) -> Iterator[Sequence[RangeRecord]]:
        """Yield the records of a range as `range_records` does.

        The job lasts until the iterator ends or is closed. Raises what `count` raises.
        """
        since, until = check_range(since, until, time.time())
        with self._job(), open_range(self._settings, since, until) as log:
            require_at_most(self._settings.archive_records, log)
            yield []
            yield from self._paced(range_records(log, since, until, self._settings.dedup_offsets))

    def stop(self) -> None:
        """End the job that runs, and each later one after its first step."""
        self._stopping.set()

    def _keep_changed(self, key: RangeKey, kept: RangeCount, now: RangeCount) -> RangeCount:
        """Keep how far the count holds now, so that no record is read twice for that."""
        as_before = dataclasses.replace(kept, counted_at=now.counted_at)
        if now != as_before or now.is_settled != kept.is_settled:
            self._kept.keep(key, now)
        return now

    def _key(self, log_id: str, asked: Range) -> RangeKey:
        return RangeKey(log_id, self._settings.dedup_offsets, *asked)

    @contextlib.contextmanager
    def _job(self) -> Iterator[None]:
        if not self._turn.acquire(blocking=False):
            raise ArchiveBusy(BUSY)
        try:
            yield
        finally:
            self._turn.release()

    def _paced(self, steps: Iterator[Step]) -> Iterator[Step]:
        # Waiting for the broker is no work, so the time of the processor counts.
        worked = time.thread_time()
        for step in steps:
            yield step
            if self._stopping.is_set():
                raise ArchiveStopped("The server ends")
            time.sleep(min(time.thread_time() - worked, LONGEST_PAUSE_SECONDS))
            worked = time.thread_time()


def _is_of(kept: RangeCount, until: int) -> bool:
    """Say whether it is the whole of a range that is over."""
    return kept.whole and kept.until == until <= time.time()
