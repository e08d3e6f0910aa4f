"""How many records of a log are clicks of each type, repeats, or no clicks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Counts:
    """The counts of one partition before some offset, or of several.

    `out_of_window` is the number of the clicks that are counted and not drawn, since they were
    tapped too long before their record; on the wire it is called `untimely`.
    `unreadable` is the number of the records that are no clicks, by reason.
    """

    cheers: int = 0
    hate: int = 0
    duplicates: int = 0
    out_of_window: int = 0
    unreadable: dict[str, int] = field(default_factory=dict)


def sum_counts(counts: Iterable[Counts]) -> Counts:
    """Return the sum of counts."""
    cheers = hate = duplicates = out_of_window = 0
    unreadable: Counter[str] = Counter()
    for one in counts:
        cheers += one.cheers
        hate += one.hate
        duplicates += one.duplicates
        out_of_window += one.out_of_window
        unreadable.update(one.unreadable)
    return Counts(cheers, hate, duplicates, out_of_window, dict(unreadable))
