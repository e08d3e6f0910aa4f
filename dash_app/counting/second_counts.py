"""Exact counts of clicks per second, bounded in memory, and the rule which clicks they hold."""

from collections.abc import Mapping

from dash_app.counting.windows import WINDOWS

KEPT_SECONDS = max(WINDOWS)
"""The seconds of the past that stay countable: those of the widest window."""

LATE_SECONDS = 3600
"""A click this much older than its record's own Kafka time is not drawn, whatever the windows."""

CAPACITY = 2 * KEPT_SECONDS + 1000
"""At most so many seconds are counted: the widest window, and room for clicks from the future."""


MOST_TYPES = 1024
"""At most so many types are drawn: those of 32 partitions, and of Flink, which names more."""


def is_usable(record_time: float) -> bool:
    """Return whether a record has a time of its own; 0 and -1 ms say that it has none."""
    return record_time > 0


def drawn_at(timestamp: float, record_time: float) -> float | None:
    """Return when a click is drawn; None: it is too late for that. All times in epoch seconds.

    No click was tapped after its record was written: whichever of the two clocks is wrong, one
    from ahead of the record's own time is drawn at that time.
    """
    if not is_usable(record_time):
        return timestamp
    return None if timestamp < record_time - LATE_SECONDS else min(timestamp, record_time)


class SecondCounts:
    """Counts of one type of click for each whole second since the epoch.

    `discard_before` bounds them; call it after each batch of clicks.
    """

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._copy: Mapping[int, int] | None = None
        self._floor = 0

    def add(self, timestamp: float, clicks: int = 1) -> None:
        """Count clicks at a time in epoch seconds, except in a second that was discarded."""
        second = int(timestamp)
        if second >= self._floor:
            self._counts[second] = self._counts.get(second, 0) + clicks
            self._copy = None

    def raise_to(self, second: int, clicks: int) -> None:
        """Let a second since the epoch hold at least so many clicks, except a discarded one."""
        if second >= self._floor:
            self._counts[second] = max(clicks, self._counts.get(second, 0))
            self._copy = None

    def discard_before(self, timestamp: float) -> None:
        """Discard the seconds before `timestamp` (epoch seconds; clocks also jump back)."""
        if int(timestamp) == self._floor and len(self._counts) <= CAPACITY:
            return
        self._floor = int(timestamp)
        before = len(self._counts)
        for second in [second for second in self._counts if second < self._floor]:
            del self._counts[second]
        if len(self._counts) > CAPACITY:
            # Only seconds in the future can be this many: those of the windows all stay.
            for second in sorted(self._counts)[CAPACITY:]:
                del self._counts[second]
        if len(self._counts) < before:
            self._copy = None

    def copy(self) -> Mapping[int, int]:
        """Return the counts by second as they are now, detached from later changes."""
        if self._copy is None:
            self._copy = self._counts.copy()
        return self._copy


class TypeCounts:
    """The counts by second of each type that has some, at most MOST_TYPES of them."""

    def __init__(self) -> None:
        self._by_type: dict[str, SecondCounts] = {}

    def __getitem__(self, kind: str) -> SecondCounts:
        """Return the counts of a type, to add clicks to them."""
        counts = self._by_type.get(kind)
        if counts is None:
            if len(self._by_type) >= MOST_TYPES:
                self._discard_rarest()
            counts = self._by_type[kind] = SecondCounts()
        return counts

    def _discard_rarest(self) -> None:
        clicks = {kind: sum(counts.copy().values()) for kind, counts in self._by_type.items()}
        for kind in sorted(clicks, key=clicks.__getitem__)[: MOST_TYPES // 2]:
            del self._by_type[kind]

    def publish(self, timestamp: float) -> Mapping[str, Mapping[int, int]]:
        """Discard the seconds before `timestamp` (epoch seconds); return the others by type."""
        for counts in self._by_type.values():
            counts.discard_before(timestamp)
        published = {kind: counts.copy() for kind, counts in self._by_type.items()}
        for kind in [kind for kind, counts in published.items() if not counts]:
            del self._by_type[kind], published[kind]
        return published
