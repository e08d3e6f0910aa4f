"""The counts of Apache Flink: the rows that it writes, and their sum as readers take it."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from dash_app.counting.checkpoint import (
    Checkpoint,
    StartPosition,
    require_count,
    require_possible,
)
from dash_app.counting.clicks import MAX_TYPES
from dash_app.counting.counts import Counts, sum_counts
from dash_app.counting.projection import Listener, Problem
from dash_app.counting.records import TOO_MANY_TYPES, VALUE_REASONS, Record
from dash_app.counting.ring import Recent
from dash_app.counting.second_counts import KEPT_SECONDS, TypeCounts, is_usable
from dash_app.counting.snapshot import Snapshot, latest
from dash_app.counting.talk_totals import TalkTotals
from dash_app.counting.talks import Range
from dash_app.settings.reactions import is_key

NO_ROW = "no row of counts"

LARGEST_IN_BIN = 2**40
"""No bin holds more clicks: the sum of an hour of them is a number that browsers can hold."""


@dataclass(frozen=True)
class Total:
    """The counts of a partition's records before `next_offset`; times in epoch seconds.

    `generation_starts` are the times at which the newest even and the newest odd generation of
    identities began. Flink remembers an identity for `memory_seconds` in any case.
    """

    log_id: str
    partition: int
    next_offset: int
    counts: Counts
    first_offset: int
    first_time: float
    generation_starts: tuple[float | None, float | None]
    memory_seconds: int


@dataclass(frozen=True)
class Bin:
    """How many clicks are drawn in one second since the epoch, of each type that has some."""

    log_id: str
    second: int
    clicks: Mapping[str, int]


class NoRow(ValueError):
    """A record holds no row of counts."""


def decode(value: bytes | None) -> Total | Bin:
    """Return the row in a record's value. Raises NoRow, and nothing else, whatever it is."""
    try:
        fields = orjson.loads(value or b"")
        return _bin(fields) if "second" in fields else _total(fields)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NoRow(f"{error!r}") from error


def _bin(fields: Mapping[str, Any]) -> Bin:
    second = require_count(fields["second"])
    clicks = {kind: numbers[0] for kind, numbers in _types(fields["types"]).items()}
    if max(second, *clicks.values()) > LARGEST_IN_BIN:
        raise ValueError(f"{max(second, *clicks.values())} is too large for a bin")
    return Bin(str(fields["log"]), second, clicks)


def _types(text: str | None) -> dict[str, list[int]]:
    """Return the numbers of each type in a text such as `cheers 5 0 17,hate 2 0 30`."""
    parts = [part.split(" ") for part in text.split(",")] if text else []
    return {kind: [_count(n) for n in rest] for kind, *rest in parts if is_key(kind)}


def _count(digits: str) -> int:
    # Python also reads "1_0" and " 1 " as numbers.
    return require_count(int(digits) if digits.isdecimal() else None)


def _total(fields: Mapping[str, Any]) -> Total:
    # A job that was submitted by an older release knows fewer reasons.
    unreadable = {
        reason: require_count(fields.get(reason.lower().replace(" ", "_"), 0))
        for reason in VALUE_REASONS
    }
    # As the tally of a partition: the types count whose first clicks come first in the log.
    types = sorted(_types(fields["types"]).items(), key=lambda each: each[1][2])[:MAX_TYPES]
    clicks = {kind: numbers[0] for kind, numbers in types}
    unreadable[TOO_MANY_TYPES] = require_count(fields["clicks"] - sum(clicks.values()))
    counts = Counts(
        clicks=clicks,
        duplicates=require_count(fields["duplicates"]),
        out_of_window=require_count(sum(untimely for _, (_, untimely, _) in types)),
        unreadable={reason: records for reason, records in unreadable.items() if records},
    )
    next_offset = require_count(fields["next_offset"])
    require_possible(counts, next_offset)
    return Total(
        log_id=str(fields["log"]),
        partition=require_count(fields["partition"]),
        next_offset=next_offset,
        counts=counts,
        first_offset=require_count(fields["first_offset"]),
        first_time=_require_time(fields["first_time"]),
        generation_starts=(_time(fields["even_since"]), _time(fields["odd_since"])),
        memory_seconds=require_count(fields["remembers_s"]),
    )


def _time(value: Any) -> float | None:
    return None if value is None else _require_time(value)


def _require_time(value: Any) -> float:
    # Python reads "nan" as a number, and JSON's numbers may be infinite.
    if type(value) not in {int, float} or not math.isfinite(value):
        raise ValueError(f"{value!r} is not a time")
    return float(value)


class FlinkTally:
    """A Projection of the rows that Flink writes: the newest of each partition and second.

    A row holds absolute counts, which only grow: one that comes again or late changes nothing.
    """

    def __init__(self, log_id: str, dedup_offsets: int, since: int = 0) -> None:
        self._log_id = log_id
        self._dedup_offsets = dedup_offsets
        self._starts: dict[int, StartPosition] = {}
        self._totals: dict[int, Total] = {}
        self._by_second = TypeCounts()
        self._talk_totals = TalkTotals(since)

    def begin(self, partition: int, start: StartPosition) -> None:
        """Add a partition of the clicks; `start.incomplete` says whether its head is missing."""
        self._starts[partition] = start

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions that have begun."""
        return frozenset(self._starts)

    def apply(
        self, partition: int, records: Iterable[Record], listener: Listener | None = None
    ) -> list[Problem]:
        """Apply the rows in these records; return those that hold none; Flink has decided."""
        problems: list[Problem] = []
        for record in records:
            try:
                self._apply_row(decode(record.value))
            except NoRow:
                problems.append(Problem(partition, record.offset, NO_ROW))
        return problems

    def _apply_row(self, row: Total | Bin) -> None:
        if row.log_id != self._log_id:
            return
        if isinstance(row, Bin):
            for kind, clicks in row.clicks.items():
                self._by_second[kind].raise_to(row.second, clicks)
                self._talk_totals.raise_to(kind, row.second, clicks)
        else:
            newest = self._totals.get(row.partition)
            if newest is None or row.next_offset > newest.next_offset:
                self._totals[row.partition] = row

    def follow(self, ranges: Collection[Range]) -> None:
        """Count the clicks of these talks, too, and of no others any more."""
        self._talk_totals.follow(ranges)

    def publish(self, now: float) -> Snapshot:
        """Return the counts as a snapshot, and forget the seconds that are too old to draw."""
        # The row of a new partition may come before the site knows of the partition.
        rows = [row for row in self._totals.values() if row.partition in self._starts]
        headless = [row for row in rows if self._lacks_head(row)]
        complete_since = latest(row.first_time for row in headless)
        return Snapshot(
            log_id=self._log_id,
            as_of={str(number): self._next_offset(number) for number in sorted(self._starts)},
            counts=sum_counts(row.counts for row in rows),
            by_second=self._by_second.publish(now - KEPT_SECONDS),
            complete_since=complete_since,
            remembers_since=latest(self._remembers_since(row, now) for row in rows),
            repeatable_since=latest(self._repeatable_since(row, now) for row in rows),
            incomplete=bool(headless),
            talk_totals=self._talk_totals.publish(now, complete_since),
        )

    def _next_offset(self, partition: int) -> int:
        row = self._totals.get(partition)
        return 0 if row is None else row.next_offset

    def _lacks_head(self, row: Total) -> bool:
        return row.first_offset > 0 and self._starts[row.partition].incomplete

    def _remembers_since(self, row: Total, now: float) -> float | None:
        return self._since_before((row.next_offset - 1) // self._dedup_offsets, row, now)

    def _repeatable_since(self, row: Total, now: float) -> float | None:
        # As in Dedup.repeatable_since: the generation of a record that comes half of one later.
        half_later = (2 * row.next_offset + self._dedup_offsets) // (2 * self._dedup_offsets)
        return self._since_before(half_later, row, now)

    def _since_before(self, generation: int, row: Total, now: float) -> float | None:
        since = row.generation_starts[(generation - 1) % 2] if generation > 1 else None
        if since is not None and not is_usable(since):
            since = math.inf
        return latest((since, now - row.memory_seconds))

    def recent(self, since: float) -> Recent:
        """Return no click, as a truncated list: Flink writes counts, and no single clicks."""
        return Recent([], truncated=True)

    def checkpoints(self) -> dict[int, Checkpoint]:
        """Return nothing: Flink keeps its own checkpoints."""
        return {}
