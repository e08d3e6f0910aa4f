"""Counts a log between two times: for a range that is over exactly what live counting showed."""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence

from dash_app.counting.decisions import Decider, Decision
from dash_app.counting.dedup import Dedup
from dash_app.counting.people import MOST_PERSONS
from dash_app.counting.range_count import RangeCount
from dash_app.counting.range_log import RangeLog
from dash_app.counting.records import Record, decode_person
from dash_app.counting.second_counts import is_usable

STEP_RECORDS = 200
"""So many records are decided about at a time, which takes about a millisecond."""

MOST_SECONDS = 1_000_000
"""So many seconds with clicks of a type a range may have; eleven buttons fill fewer in a day."""


class TooManyRecords(Exception):
    """A range holds more than may be counted at once."""


def require_at_most(limit: int, log: RangeLog) -> int:
    """Return how many records of a log have to be read. Raises TooManyRecords."""
    size = sum(part.end - part.start for part in log.parts.values())
    if size > limit:
        raise TooManyRecords(
            f"{size:,} records of {log.name} would have to be read, and ARCHIVE_RECORDS is "
            f"{limit:,}; ask for a shorter range, or raise ARCHIVE_RECORDS"
        )
    return size


Decided = Sequence[tuple[Record, Decision]]


def read_part(log: RangeLog, partition: int, start: int) -> Iterator[Sequence[Record]]:
    """Return the records of a part from an offset on, at most STEP_RECORDS at a time.

    It gives an empty sequence whenever the log lets wait. Raises BrokerError.
    """
    for records in log.polls(partition, start) if start < log.parts[partition].end else ():
        for first in range(0, max(len(records), 1), STEP_RECORDS):
            yield records[first : first + STEP_RECORDS]


def decide_part(log: RangeLog, partition: int, dedup_offsets: int) -> Iterator[Decided]:
    """Return the records of a part and what becomes of them, at most STEP_RECORDS at a time.

    The first of them only tell which later ones are repeats, so their own times lie before the
    range. It gives an empty sequence whenever the log lets wait. Raises BrokerError.
    """
    part = log.parts[partition]
    dedup = Dedup(dedup_offsets, from_the_first=part.start == 0)
    decide = Decider(dedup, part.types).decide
    for records in read_part(log, partition, part.start):
        yield [(record, decide(record)) for record in records]


class RangeCounting:
    """Counts a range of a log step by step: an iterator of how far it is, from 0 to 1.

    Once it has ended, `result` is there. Creating it raises TooManyRecords if more than `limit`
    records would be read; iterating it raises that and BrokerError.
    """

    result: RangeCount

    def __init__(
        self, log: RangeLog, since: int, until: int, dedup_offsets: int, limit: int
    ) -> None:
        self._log = log
        self._dedup_offsets = dedup_offsets
        self._size = require_at_most(limit, log)
        self._sums = _Sums(since, until)
        self._whole_since: dict[int, int | None] = {}
        self._steps = self._run()

    def __iter__(self) -> Iterator[float]:
        """Return the counting itself."""
        return self

    def __next__(self) -> float:
        """Count about STEP_RECORDS records; return how much of all is done."""
        return next(self._steps)

    def _run(self) -> Iterator[float]:
        done = 0
        for partition, part in sorted(self._log.parts.items()):
            position = part.start
            for decided in decide_part(self._log, partition, self._dedup_offsets):
                self._sums.add(decided)
                self._note_whole(partition, decided)
                if decided:
                    position = decided[-1][0].offset + 1
                yield (done + position - part.start) / self._size
            done += part.end - part.start
        self._log.check()
        self.result = self._conclude()
        yield 1.0

    def _note_whole(self, partition: int, decided: Decided) -> None:
        whole_from = self._log.parts[partition].whole_from
        if whole_from is None or self._whole_since.get(partition) is not None:
            return
        times = (record.time for record, _ in decided if record.offset >= whole_from)
        first = next(filter(is_usable, times), None)
        self._whole_since[partition] = None if first is None else int(first) + 1

    def _conclude(self) -> RangeCount:
        parts, sums = self._log.parts, self._sums
        headless = [number for number, part in parts.items() if part.whole_from is not None]
        # A part that was not read up to its `whole_from` is whole nowhere.
        known = [since for one in headless if (since := self._whole_since.get(one)) is not None]
        whole_from = max(known, default=0) if len(known) == len(headless) else None
        is_whole = whole_from is not None and whole_from <= sums.since
        clicks = [] if sums.more_people else sums.clicks_of.values()
        return RangeCount(
            log_id=self._log.log_id,
            since=sums.since,
            until=sums.until,
            by_second=sums.by_second,
            people=len(sums.clicks_of),
            more_people=sums.more_people,
            median=statistics.median(clicks) if clicks else None,
            most=max(clicks, default=None),
            records=sums.records,
            duplicates=sums.duplicates,
            unreadable=dict(sums.unreadable),
            whole=is_whole,
            whole_from=None if is_whole else whole_from,
            why=None if is_whole else self._describe(headless),
            is_final=all(part.is_final for part in parts.values()),
            as_of={number: part.end for number, part in sorted(parts.items())},
            counted_at=self._log.opened_at,
        )

    def _describe(self, headless: Sequence[int]) -> str:
        starts = (f"{self._log.parts[one].start:,} of partition {one}" for one in headless)
        return (
            f"the head of {self._log.name} was deleted, which begins at offset "
            f"{', '.join(starts)}: clicks may be missing, and repeats of deleted ones may count"
        )


class _Sums:
    """What a range holds, added up."""

    def __init__(self, since: int, until: int) -> None:
        self.since = since
        self.until = until
        self.by_second: dict[str, dict[int, int]] = {}
        self._seconds = 0
        self.clicks_of: dict[int, int] = {}
        self.more_people = False
        self.records = 0
        self.duplicates = 0
        self.unreadable: Counter[str] = Counter()

    def add(self, decided: Decided) -> None:
        since, until = self.since, self.until
        for record, (click, at, reason) in decided:
            is_written = since <= record.time < until
            if at is not None and click is not None and since <= at < until:
                self.records += not is_written
                self._add_click(click.type, int(at))
                if (person := decode_person(record.person)) is not None:
                    self._add_person(person)
            if is_written:
                self.records += 1
                if reason is not None:
                    self.unreadable[reason] += 1
                elif click is None:
                    self.duplicates += 1

    def _add_click(self, kind: str, second: int) -> None:
        seconds = self.by_second.get(kind)
        if seconds is None:
            seconds = self.by_second[kind] = {}
        if second in seconds:
            seconds[second] += 1
            return
        seconds[second] = 1
        self._seconds += 1
        if self._seconds > MOST_SECONDS:
            raise TooManyRecords(
                f"this range has clicks in more than {MOST_SECONDS:,} seconds, each type counted "
                "by itself; ask for a shorter range"
            )

    def _add_person(self, person: int) -> None:
        clicks = self.clicks_of.get(person)
        if clicks is not None:
            self.clicks_of[person] = clicks + 1
        elif len(self.clicks_of) < MOST_PERSONS:
            self.clicks_of[person] = 1
        else:
            self.more_people = True
