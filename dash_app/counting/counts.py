"""How many records of a log are clicks of each type, repeats, or no clicks."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Counts:
    """The counts of one partition before some offset, or of several.

    `clicks` holds the number of the clicks of each type that occurred. `out_of_window` of all
    these are counted and not drawn, since they were tapped too long before their record; on the
    wire it is called `untimely`. `unreadable` is the number of the records that are no clicks, by
    reason.
    """

    clicks: Mapping[str, int] = field(default_factory=dict)
    duplicates: int = 0
    out_of_window: int = 0
    unreadable: Mapping[str, int] = field(default_factory=dict)


def sum_counts(counts: Iterable[Counts]) -> Counts:
    """Return the sum of counts."""
    clicks: Counter[str] = Counter()
    unreadable: Counter[str] = Counter()
    duplicates = out_of_window = 0
    for one in counts:
        clicks.update(one.clicks)
        duplicates += one.duplicates
        out_of_window += one.out_of_window
        unreadable.update(one.unreadable)
    return Counts(dict(clicks), duplicates, out_of_window, dict(unreadable))
