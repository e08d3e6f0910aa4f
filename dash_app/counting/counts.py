"""What the records of a log were, as numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Counts:
    """What was counted in the records of one partition before some offset."""

    cheers: int = 0
    hate: int = 0
    duplicates: int = 0
    untimely: int = 0
    unreadable: dict[str, int] = field(default_factory=dict)


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum of counts."""
    cheers = hate = duplicates = untimely = 0
    unreadable: dict[str, int] = {}
    for one in counts:
        cheers += one.cheers
        hate += one.hate
        duplicates += one.duplicates
        untimely += one.untimely
        for reason, records in one.unreadable.items():
            unreadable[reason] = unreadable.get(reason, 0) + records
    return Counts(cheers, hate, duplicates, untimely, unreadable)
