"""The snapshot of what was counted, which any number of readers take without a lock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dash_app.counting.counts import Counts


@dataclass(frozen=True)
class Snapshot:
    """What was counted when the log stood at `as_of`; never changes.

    `as_of` maps a partition to the next offset to count; the counts by second are clicks of the
    whole log by epoch second; `complete_since` and `remembers_since` are epoch seconds or None.
    """

    log: str | None = None
    as_of: Mapping[str, int] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    cheers_by_second: Mapping[int, int] = field(default_factory=dict)
    hate_by_second: Mapping[int, int] = field(default_factory=dict)
    complete_since: float | None = None
    remembers_since: float | None = None
    incomplete: bool = False

    def repeat_seconds(self, now: float) -> int | None:
        """Return for how long a batch of unknown outcome may safely be sent again; None: any time.

        Half the age of the oldest identity remembered: the other half is the margin for a rate of
        clicks that rises meanwhile.
        """
        if self.remembers_since is None:
            return None
        return max(0, int((now - self.remembers_since) / 2))


def latest(times: Iterable[float | None]) -> float | None:
    """Return the last of the times that are known; None: there is none."""
    return max((time for time in times if time is not None), default=None)
