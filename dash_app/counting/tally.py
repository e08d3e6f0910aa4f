"""The sum of the counts of a log's partitions, with the clicks that are drawn."""

from collections.abc import Callable, Collection, Iterable, Sequence

from dash_app.counting.checkpoint import Checkpoint, StartPosition
from dash_app.counting.clicks import Click
from dash_app.counting.counts import sum_counts
from dash_app.counting.partition_tally import PartitionTally
from dash_app.counting.people import Persons
from dash_app.counting.projection import Listener, Problem
from dash_app.counting.records import Record, decode_person
from dash_app.counting.ring import Recent, Ring
from dash_app.counting.second_counts import KEPT_SECONDS, TypeCounts
from dash_app.counting.snapshot import Snapshot, latest
from dash_app.counting.talk_totals import TalkTotals
from dash_app.counting.talks import Range

RING_SECONDS = 180
"""The ring forgets clicks that are older than this."""


class Tally:
    """A Projection that counts the clicks of one log itself.

    It passes the drawn clicks of each batch, as they were tapped, to `on_counted`. It is read from
    the first record that may hold a click of the epoch second `since`.
    """

    def __init__(
        self,
        log_id: str,
        dedup_offsets: int,
        recent_capacity: int,
        on_counted: Callable[[Sequence[Click]], None] | None = None,
        since: int = 0,
    ) -> None:
        self._log_id = log_id
        self._dedup_offsets = dedup_offsets
        self._partitions: dict[int, PartitionTally] = {}
        self._by_second = TypeCounts()
        self._talk_totals = TalkTotals(since)
        self._persons = Persons(since)
        self._ring = Ring(recent_capacity)
        self._on_counted = on_counted

    def begin(self, partition: int, start: StartPosition) -> None:
        """Add a partition, which is read from `start.read_from` on."""
        self._partitions[partition] = PartitionTally(start, self._dedup_offsets)

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions that have begun."""
        return frozenset(self._partitions)

    def apply(
        self, partition: int, records: Iterable[Record], listener: Listener | None = None
    ) -> list[Problem]:
        """Count the next records of a partition, in their order; return those that are no click."""
        problems: list[Problem] = []
        counted: list[Click] = []
        drawn: list[Click] = []
        by_key: dict[tuple[str, int], int] = {}
        apply, add_person = self._partitions[partition].apply, self._persons.add
        for record in records:
            decision = apply(record)
            if listener is not None:
                listener(partition, record, decision)
            click, at, reason = decision
            if reason is not None:
                problems.append(Problem(partition, record.offset, reason))
            elif click is not None and at is not None:
                second = int(at)
                key = click.type, second
                by_key[key] = by_key.get(key, 0) + 1
                if (person := decode_person(record.person)) is not None:
                    add_person(person, second)
                counted.append(click)
                drawn.append(click if at == click.timestamp else Click(click.type, at))
        for (kind, second), clicks in by_key.items():
            self._by_second[kind].add(second, clicks)
            self._talk_totals.add(kind, second, clicks)
        self._ring.add(drawn)
        if self._on_counted is not None:
            self._on_counted(counted)
        return problems

    def follow(self, ranges: Collection[Range]) -> None:
        """Count the clicks of these talks, too, and of no others any more."""
        self._talk_totals.follow(ranges)
        self._persons.follow(ranges)

    def publish(self, now: float) -> Snapshot:
        """Return the counts as a snapshot, and forget what is too old to draw.

        `now` (epoch seconds) frees memory, and limits what the snapshot promises of bins that are
        still read again; no count depends on it.
        """
        self._ring.discard_before(now - RING_SECONDS)
        tallies = self._partitions.values()
        complete_since = latest(tally.complete_since(now) for tally in tallies)
        return Snapshot(
            log_id=self._log_id,
            as_of={
                str(partition): tally.counted_to
                for partition, tally in sorted(self._partitions.items())
            },
            counts=sum_counts(tally.counts() for tally in tallies),
            by_second=self._by_second.publish(now - KEPT_SECONDS),
            complete_since=complete_since,
            remembers_since=latest(tally.remembers_since for tally in tallies),
            repeatable_since=latest(tally.repeatable_since(now) for tally in tallies),
            incomplete=any(tally.incomplete for tally in tallies),
            talk_totals=self._talk_totals.publish(now, complete_since),
            people=self._persons.publish(now, complete_since),
        )

    def recent(self, since: float) -> Recent:
        """Return the drawn clicks whose timestamp is at least `since` (epoch seconds)."""
        return self._ring.since(since)

    def checkpoints(self) -> dict[int, Checkpoint]:
        """Return a checkpoint of each partition, which states what is already applied."""
        return {
            partition: Checkpoint(
                tally.counted_to,
                self._log_id,
                self._dedup_offsets,
                tally.counts(),
                tally.incomplete,
            )
            for partition, tally in self._partitions.items()
        }
