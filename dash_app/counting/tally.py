"""Per-partition counts and their sum."""

from collections.abc import Callable, Iterable, Sequence

from dash_app.counting.checkpoint import Checkpoint, Start
from dash_app.counting.clicks import CHEERS, HATE, Click
from dash_app.counting.counts import Counts, total
from dash_app.counting.dedup import Dedup
from dash_app.counting.projection import Problem
from dash_app.counting.records import Record, Unreadable, decode, decode_identity
from dash_app.counting.ring import Recent, Ring
from dash_app.counting.snapshot import Snapshot, latest
from dash_app.counting.timeline import AHEAD_SECONDS, KEPT_SECONDS, Timeline, is_timely

RING_SECONDS = 180
"""Recent clicks older than this are forgotten."""


class _Part:
    """The counts of one partition, and what decides about its next record."""

    def __init__(self, start: Start, dedup: Dedup) -> None:
        self.count_from = start.count_from
        self.next_offset = start.read_from
        self.dedup = dedup
        self.incomplete = start.incomplete
        self.whole_from = start.whole_from
        self.unique = start.unique
        self.complete_since: float | None = None
        self.by_type = {CHEERS: start.counts.cheers, HATE: start.counts.hate}
        self.duplicates = start.counts.duplicates
        self.untimely = start.counts.untimely
        self.unreadable = dict(start.counts.unreadable)

    def note_if_whole(self, record: Record) -> None:
        if self.whole_from is not None and record.offset >= self.whole_from:
            self.whole_from, self.complete_since = None, record.time + AHEAD_SECONDS

    def whole_since(self, now: float) -> float | None:
        """Return from when on the bins are whole (epoch seconds); None: all are."""
        is_behind = self.next_offset < self.count_from
        return now if is_behind or self.whole_from is not None else self.complete_since

    def counts(self) -> Counts:
        return Counts(
            self.by_type[CHEERS],
            self.by_type[HATE],
            self.duplicates,
            self.untimely,
            dict(self.unreadable),
        )

    @property
    def counted_to(self) -> int:
        return max(self.next_offset, self.count_from)

    @property
    def remembers_since(self) -> float | None:
        return None if self.unique else self.dedup.remembers_since


class Tally:
    """The sum of what is counted in the partitions of one log; see Counting.

    `watch` is told of the clicks of each batch that are drawn.
    """

    def __init__(
        self,
        log: str,
        dedup_offsets: int,
        recent_capacity: int,
        watch: Callable[[Sequence[Click]], None] | None = None,
    ) -> None:
        self._log = log
        self._dedup_offsets = dedup_offsets
        self._parts: dict[int, _Part] = {}
        self._timelines = {CHEERS: Timeline(), HATE: Timeline()}
        self._ring = Ring(recent_capacity)
        self._watch = watch

    def begin(self, partition: int, start: Start) -> None:
        """Add a partition, to be read from `start.read_from` on."""
        dedup = Dedup(self._dedup_offsets, from_the_first=start.read_from == 0)
        self._parts[partition] = _Part(start, dedup)

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions that have begun."""
        return frozenset(self._parts)

    def apply(self, partition: int, records: Iterable[Record]) -> list[Problem]:
        """Count the next records of a partition, in their order; return what is no click."""
        part = self._parts[partition]
        problems: list[Problem] = []
        drawn: list[Click] = []
        for record in records:
            part.dedup.advance(record.offset, record.time)
            part.note_if_whole(record)
            try:
                click = decode(record.value)
            except Unreadable as error:
                problems.append(Problem(partition, record.offset, error.reason))
                if record.offset >= part.count_from:
                    part.unreadable[error.reason] = part.unreadable.get(error.reason, 0) + 1
            else:
                self._count(part, record, click, drawn)
            part.next_offset = record.offset + 1
        self._ring.add(drawn)
        if self._watch is not None:
            self._watch(drawn)
        return problems

    def _count(self, part: _Part, record: Record, click: Click, drawn: list[Click]) -> None:
        counted = record.offset >= part.count_from
        identity = decode_identity(record.click_id)
        if identity is not None and part.dedup.is_repeat(identity):
            part.duplicates += counted
            return
        part.by_type[click.type] += counted
        if is_timely(click.timestamp, record.time):
            self._timelines[click.type].add(click.timestamp)
            drawn.append(click)
        else:
            part.untimely += counted

    def publish(self, now: float) -> Snapshot:
        """Return what was applied as one that readers may keep; forget what is too old to draw.

        `now` in epoch seconds frees memory, and is as much as can be said about the bins of what
        is still to be read again; it decides about no count.
        """
        for timeline in self._timelines.values():
            timeline.discard_before(now - KEPT_SECONDS - AHEAD_SECONDS)
        self._ring.discard_before(now - RING_SECONDS)
        parts = self._parts.values()
        return Snapshot(
            log=self._log,
            as_of={str(number): part.counted_to for number, part in sorted(self._parts.items())},
            counts=total(part.counts() for part in parts),
            cheers_by_second=self._timelines[CHEERS].copy(),
            hate_by_second=self._timelines[HATE].copy(),
            complete_since=latest(part.whole_since(now) for part in parts),
            remembers_since=latest(part.remembers_since for part in parts),
            incomplete=any(part.incomplete for part in parts),
        )

    def recent(self, since: float) -> Recent:
        """Return the drawn clicks whose timestamp is at least `since` (epoch seconds)."""
        return self._ring.since(since)

    def checkpoints(self) -> dict[int, Checkpoint]:
        """Return a checkpoint for each partition; what it states is already applied."""
        return {
            number: Checkpoint(
                part.counted_to, self._log, self._dedup_offsets, part.counts(), part.incomplete
            )
            for number, part in self._parts.items()
        }
