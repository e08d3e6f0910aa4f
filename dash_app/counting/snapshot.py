"""The snapshot of the counts, which any number of readers read without a lock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dash_app.counting.counts import Counts
from dash_app.counting.people import PeopleCounts
from dash_app.counting.talk_totals import Totals


@dataclass(frozen=True)
class Snapshot:
    """The counts of a log up to `as_of`; a snapshot never changes.

    `as_of` maps a partition to the next offset to count. `by_second` holds the drawn clicks of the
    whole log by type and epoch second. The bins are whole since `complete_since`, repeats are
    recognised if they come of records since `remembers_since`, and those that are still to be sent
    of records since `repeatable_since`: epoch seconds, or None if there is no limit.
    `talk_totals` holds the clicks of the talks that are known to be whole; `people` says how many
    persons clicked.
    """

    log_id: str | None = None
    as_of: Mapping[str, int] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    by_second: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    complete_since: float | None = None
    remembers_since: float | None = None
    repeatable_since: float | None = None
    incomplete: bool = False
    talk_totals: Totals = field(default_factory=dict)
    people: PeopleCounts = field(default_factory=PeopleCounts)

    def repeat_seconds(self, now: float) -> int | None:
        """Return for how long a batch of unknown outcome may safely be sent again; None: any time.

        It is half the age of the oldest identity that stays in memory; the other half is the margin
        for a rate of clicks that rises meanwhile. It holds of counts that have caught up.
        """
        if self.repeatable_since is None:
            return None
        return int(max(0.0, now - self.repeatable_since) / 2)


def latest(times: Iterable[float | None]) -> float | None:
    """Return the latest of the known times; None: no time is known."""
    return max((time for time in times if time is not None), default=None)
