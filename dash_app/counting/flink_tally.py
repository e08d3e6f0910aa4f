"""What another engine has counted: its rows, and the sum of them that readers take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from dash_app.counting.checkpoint import Checkpoint, Start, count
from dash_app.counting.clicks import CHEERS, HATE
from dash_app.counting.counts import Counts, total
from dash_app.counting.projection import Problem
from dash_app.counting.records import REASONS, Record
from dash_app.counting.ring import Recent
from dash_app.counting.snapshot import Snapshot, latest
from dash_app.counting.timeline import AHEAD_SECONDS, KEPT_SECONDS, Timeline

NO_ROW = "no row of counts"


@dataclass(frozen=True)
class Total:
    """What the records of a partition before `next_offset` gave; times in epoch seconds.

    `turns` says when the newest even and the newest odd generation of identities had begun, and
    `remembers_s` for how many seconds an identity is kept whatever comes.
    """

    log: str
    partition: int
    next_offset: int
    counts: Counts
    first_offset: int
    first_time: float
    turns: tuple[float | None, float | None]
    remembers_s: int


@dataclass(frozen=True)
class Bin:
    """How many clicks of each type are drawn in one second since the epoch."""

    log: str
    second: int
    cheers: int
    hate: int


class NoRow(ValueError):
    """A record that is no row of counts."""


def decode(value: bytes | None) -> Total | Bin:
    """Return the row in a record's value. Raises NoRow, and nothing else, whatever it is."""
    try:
        fields = orjson.loads(value or b"")
        return _bin(fields) if "second" in fields else _total(fields)
    except (ValueError, KeyError, TypeError) as error:
        raise NoRow(f"{error!r}") from error


def _bin(fields: Mapping[str, Any]) -> Bin:
    second, cheers, hate = (count(fields[name]) for name in ("second", "cheers", "hate"))
    return Bin(str(fields["log"]), second, cheers, hate)


def _total(fields: Mapping[str, Any]) -> Total:
    unreadable = {reason: count(fields[reason.lower().replace(" ", "_")]) for reason in REASONS}
    return Total(
        log=str(fields["log"]),
        partition=count(fields["partition"]),
        next_offset=count(fields["next_offset"]),
        counts=Counts(
            cheers=count(fields["cheers"]),
            hate=count(fields["hate"]),
            duplicates=count(fields["duplicates"]),
            untimely=count(fields["untimely"]),
            unreadable={reason: records for reason, records in unreadable.items() if records},
        ),
        first_offset=count(fields["first_offset"]),
        first_time=float(fields["first_time"]),
        turns=(_time(fields["even_since"]), _time(fields["odd_since"])),
        remembers_s=count(fields["remembers_s"]),
    )


def _time(value: Any) -> float | None:
    return None if value is None else float(value)


class CountedTally:
    """The sum of the newest row of each partition, and the highest of each second; see Counting.

    Rows are absolute and only ever grow: one that comes again or late changes nothing.
    """

    def __init__(self, log: str, dedup_offsets: int) -> None:
        self._log = log
        self._dedup_offsets = dedup_offsets
        self._starts: dict[int, Start] = {}
        self._totals: dict[int, Total] = {}
        self._timelines = {CHEERS: Timeline(), HATE: Timeline()}

    def begin(self, partition: int, start: Start) -> None:
        """Add a partition of the log that is counted; `start` says whether its head is gone."""
        self._starts[partition] = start

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions that have begun."""
        return frozenset(self._starts)

    def apply(self, partition: int, records: Iterable[Record]) -> list[Problem]:
        """Take the rows in these records; return what is none."""
        problems: list[Problem] = []
        for record in records:
            try:
                self._take(decode(record.value))
            except NoRow:
                problems.append(Problem(partition, record.offset, NO_ROW))
        return problems

    def _take(self, row: Total | Bin) -> None:
        if row.log != self._log:
            return
        if isinstance(row, Bin):
            self._timelines[CHEERS].raise_to(row.second, row.cheers)
            self._timelines[HATE].raise_to(row.second, row.hate)
        else:
            known = self._totals.get(row.partition)
            if known is None or row.next_offset > known.next_offset:
                self._totals[row.partition] = row

    def publish(self, now: float) -> Snapshot:
        """Return what was taken as one that readers may keep; see Tally.publish."""
        for timeline in self._timelines.values():
            timeline.discard_before(now - KEPT_SECONDS - AHEAD_SECONDS)
        # A row may come before the site has seen that there is one more partition.
        rows = [row for row in self._totals.values() if row.partition in self._starts]
        headless = [row for row in rows if self._lacks_its_head(row)]
        return Snapshot(
            log=self._log,
            as_of={str(number): self._next_offset(number) for number in sorted(self._starts)},
            counts=total(row.counts for row in rows),
            cheers_by_second=self._timelines[CHEERS].copy(),
            hate_by_second=self._timelines[HATE].copy(),
            complete_since=latest(row.first_time + AHEAD_SECONDS for row in headless),
            remembers_since=latest(self._remembers(row, now) for row in rows),
            incomplete=bool(headless),
        )

    def _next_offset(self, partition: int) -> int:
        row = self._totals.get(partition)
        return 0 if row is None else row.next_offset

    def _lacks_its_head(self, row: Total) -> bool:
        return row.first_offset > 0 and self._starts[row.partition].incomplete

    def _remembers(self, row: Total, now: float) -> float | None:
        generation = (row.next_offset - 1) // self._dedup_offsets
        since = row.turns[(generation - 1) % 2] if generation > 1 else None
        return latest((since, now - row.remembers_s))

    def recent(self, since: float) -> Recent:
        """Return no click, and that this is not all: single clicks are not counted here."""
        return Recent([], truncated=True)

    def checkpoints(self) -> dict[int, Checkpoint]:
        """Return nothing: where the counting goes on is the other engine's matter."""
        return {}
