"""The contract of what counts a log: a reading feeds it, readers take snapshots from it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from dash_app.counting.checkpoint import Checkpoint, Start
from dash_app.counting.records import Record
from dash_app.counting.ring import Recent
from dash_app.counting.snapshot import Snapshot


class Problem(NamedTuple):
    """A record that could not be read, and why."""

    partition: int
    offset: int
    reason: str


class Projection(Protocol):
    """What a reading feeds, and what readers take from it.

    One thread applies records and publishes; any thread may take `recent`.
    """

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions that have begun."""

    def begin(self, partition: int, start: Start) -> None:
        """Add a partition."""

    def apply(self, partition: int, records: Iterable[Record]) -> list[Problem]:
        """Count the next records, in their order; return those that could not be read."""

    def publish(self, now: float) -> Snapshot:
        """Return what was applied as one that readers may keep; `now` (epoch s) frees memory."""

    def recent(self, since: float) -> Recent:
        """Return the drawn clicks whose timestamp is at least `since` (epoch seconds)."""

    def checkpoints(self) -> Mapping[int, Checkpoint]:
        """Return a checkpoint for each partition that wants one."""
