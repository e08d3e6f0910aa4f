"""What a log says about a range of time; it never changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from dash_app.counting.second_counts import LATE_SECONDS

CLOCK_SECONDS = 60
"""The clock of this machine may be ahead of the one that dates records by up to this."""


@dataclass(frozen=True)
class RangeCount:
    """The clicks that are drawn from the epoch second `since` to the one before `until`.

    `by_second` holds them by key and epoch second. `people` is the number of persons (None:
    unknown), at least so many with `more_people`; `median` and `most` are clicks of one person
    (None: nobody clicked, or too many persons to tell). Of the `records`, which were written in the
    range or hold a click of it, `duplicates` are repeats and `unreadable`, by reason, no clicks.

    Unless it is `whole`, clicks before the epoch second `whole_from` (None: anywhere) may be
    missing, for the reason `why`, a sentence. Only if it `is_final` later records can change
    nothing, as the log itself says. `as_of` is the offset up to which each partition was read,
    `counted_at` (epoch s) when the log ended there.
    """

    log_id: str
    since: int
    until: int
    by_second: Mapping[str, Mapping[int, int]]
    people: int | None
    more_people: bool
    median: float | None
    most: int | None
    records: int
    duplicates: int
    unreadable: Mapping[str, int]
    whole: bool
    whole_from: int | None
    why: str | None
    is_final: bool
    as_of: Mapping[int, int]
    counted_at: float

    @property
    def is_settled(self) -> bool:
        """Whether no late tap can come: the log says so, or the clock, when it was counted."""
        return self.is_final or self.counted_at >= self.until + LATE_SECONDS + CLOCK_SECONDS
