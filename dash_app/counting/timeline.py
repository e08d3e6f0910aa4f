"""Exact counts per bin, aligned to the clock, bounded in memory."""

from collections.abc import Mapping

from dash_app.counting.windows import BINS_PER_WINDOW, WINDOWS

KEPT_SECONDS = max(WINDOWS)
"""The seconds of the past that stay countable: those of the widest window."""

LATE_SECONDS = 3600
"""A click this much older than its record's own Kafka time is untimely, whatever the windows."""

AHEAD_SECONDS = 5
"""A click this much newer than its record's own Kafka time is untimely."""

CAPACITY = 2 * KEPT_SECONDS + 1000
"""Seconds counted apart at most: the widest window, and room for clicks from the future."""


def is_timely(timestamp: float, record_time: float) -> bool:
    """Say whether a click is drawn; both times in epoch seconds, the second is the record's own."""
    return record_time - LATE_SECONDS <= timestamp <= record_time + AHEAD_SECONDS


class Timeline:
    """Counts of one type of click for each whole second since the epoch.

    Bounded by `discard_before`, which is to be called after each batch of clicks.
    """

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._floor = 0

    def add(self, timestamp: float, clicks: int = 1) -> None:
        """Count clicks at a time in epoch seconds; what was discarded already is passed over."""
        second = int(timestamp)
        if second >= self._floor:
            self._counts[second] = self._counts.get(second, 0) + clicks

    def raise_to(self, second: int, clicks: int) -> None:
        """Have a second since the epoch hold at least so many clicks; discarded ones stay so."""
        if second >= self._floor:
            self._counts[second] = max(clicks, self._counts.get(second, 0))

    def discard_before(self, timestamp: float) -> None:
        """Forget the seconds before `timestamp` (epoch seconds; clocks also jump back)."""
        if int(timestamp) == self._floor and len(self._counts) <= CAPACITY:
            return
        self._floor = int(timestamp)
        for second in [second for second in self._counts if second < self._floor]:
            del self._counts[second]
        if len(self._counts) > CAPACITY:
            # Only seconds in the future can be this many: the window keeps its own.
            for second in sorted(self._counts)[CAPACITY:]:
                del self._counts[second]

    def copy(self) -> Mapping[int, int]:
        """Return the counts by second as they are now, detached from later changes."""
        return self._counts.copy()


def start_of_window(now: float, window: int) -> int:
    """Return the epoch second at which the first of the window's 60 bins starts."""
    width = WINDOWS[window]
    return int(now // width) * width - (BINS_PER_WINDOW - 1) * width


def bins(counts: Mapping[int, int], start: int, window: int) -> list[int]:
    """Return the clicks in each of the window's 60 bins, the first of which starts at `start`."""
    width = WINDOWS[window]
    count = counts.get
    return [
        sum(count(second, 0) for second in range(first, first + width))
        for first in range(start, start + BINS_PER_WINDOW * width, width)
    ]
