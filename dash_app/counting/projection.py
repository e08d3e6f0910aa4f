"""The contract of whatever counts a log: a reading feeds it, readers take its snapshots."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from dash_app.counting.checkpoint import Checkpoint, StartPosition
from dash_app.counting.decisions import Decision
from dash_app.counting.records import Record
from dash_app.counting.ring import Recent
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.talks import Range

Listener = Callable[[int, Record, Decision], None]
"""Hears of a record of a partition and what was decided about it."""


class Problem(NamedTuple):
    """A record that cannot be counted, and the reason."""

    partition: int
    offset: int
    reason: str


class Projection(Protocol):
    """Counts the records of one log.

    One thread applies records and publishes; any thread may call `recent`.
    """

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions that have begun."""

    def begin(self, partition: int, start: StartPosition) -> None:
        """Add a partition, which is read from `start.read_from` on."""

    def apply(
        self, partition: int, records: Iterable[Record], listener: Listener | None = None
    ) -> list[Problem]:
        """Count the next records, in their order; return those that cannot be counted.

        Who decides about each record tells the `listener` of it.
        """

    def follow(self, ranges: Collection[Range]) -> None:
        """Count the clicks of these talks, too, and of no others any more."""

    def publish(self, now: float) -> Snapshot:
        """Return the counts as a snapshot; forget what is too old to draw at `now` (epoch s)."""

    def recent(self, since: float) -> Recent:
        """Return the drawn clicks whose timestamp is at least `since` (epoch seconds)."""

    def checkpoints(self) -> Mapping[int, Checkpoint]:
        """Return the checkpoints to commit, by partition."""
