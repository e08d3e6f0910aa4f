"""When what happens in a soak; a shorter one is the same in less time."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.faults.scenario import PARTITIONS

DEDUP_OFFSETS = 5000
"""The memory for repeats holds at most twice as many clicks of each of the 8 partitions: about
nine minutes' taps, so that it is full when the growth begins to be measured."""

FULL = 2 * DEDUP_OFFSETS * PARTITIONS


@dataclass(frozen=True)
class Plan:
    """How long and how large a soak is; of the `dashboards` so many are real `pages`."""

    minutes: float = 60
    phones: int = 300
    dashboards: int = 10
    pages: int = 4
    labs: int = 1

    @property
    def seconds(self) -> float:
        """How long the phones tap."""
        return 60 * self.minutes

    @property
    def talk_seconds(self) -> float:
        """A talk starts so often, and ends after five sixths of that."""
        return min(60, self.seconds / 5)

    @property
    def broker_seconds(self) -> float:
        """The broker is restarted so often."""
        return min(600, self.seconds / 2)

    @property
    def sample_seconds(self) -> float:
        """A sample is taken so often."""
        return min(30, self.seconds / 10)

    def may_miss(self, at: float, late: float) -> bool:
        """Tell whether a sample is so late that the next one is due; the last one never is."""
        return late > self.sample_seconds and at < self.seconds

    def events(self) -> list[tuple[float, str]]:
        """Return what happens at which second, in its order.

        Of one second the harm comes first, and then a talk starts while the broker does.
        """
        restarts = [*_every(self.broker_seconds, self.seconds, 1)]
        talks = [*_every(self.talk_seconds, self.seconds, 0)]
        happens = [
            *((at, "1 restart") for at in restarts),
            *((at, "2 talk") for at in talks),
            *((at, "3 back") for at in restarts),
            *((at + self.talk_seconds * 5 / 6, "4 end") for at in talks),
            *((at, "5 sample") for at in _every(self.sample_seconds, self.seconds, 1)),
            (self.seconds, "5 sample"),
        ]
        return [(at, what.split()[1]) for at, what in sorted(happens) if at <= self.seconds]


def _every(seconds: float, until: float, first: int) -> Iterator[float]:
    number = first
    while number * seconds < until - 1e-6:
        yield number * seconds
        number += 1
