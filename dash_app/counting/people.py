"""How many persons clicked since a time: those whose newest click is not older."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dash_app.counting.talks import Range

MOST_PERSONS = 100_000
"""So many are counted exactly: a process remembers those who clicked last."""

ROOM = 10_000
"""So many more are remembered before the oldest are forgotten, all at once."""

RECENT_SECONDS = 120
"""People who clicked longer ago are not there any more."""

AHEAD_SECONDS = 3600
"""A click that is drawn so far in the future names nobody: its person would stay for ever."""

SKEW_SECONDS = 60
"""Recent clicks are shown from so far ahead: another machine's clock may be wrong."""


class People(NamedTuple):
    """A number of persons, and whether there are more than that; None: unknown."""

    people: int | None
    more_people: bool = False


UNKNOWN = People(None)


@dataclass(frozen=True)
class PeopleCounts:
    """The persons of a snapshot; it never changes.

    `recent` holds, by epoch second, how many clicked then and not later. Nothing is known of what
    was drawn before `known_since`; at `more_until` or before there were more than are remembered.
    `since_starts` holds how many clicked since the start of each talk that was not over.
    """

    recent: Mapping[int, int] = field(default_factory=dict)
    known_since: float = math.inf
    more_until: float = -math.inf
    since_starts: Mapping[int, int] = field(default_factory=dict)

    def at(self, now: float) -> People:
        """Return who clicked in the RECENT_SECONDS before `now` (epoch s)."""
        first = int(now) - RECENT_SECONDS
        recent = self.recent.items()
        return self._people(first, sum(number for second, number in recent if second >= first))

    def since(self, start: int) -> People:
        """Return who clicked since a talk started at `start` (epoch s)."""
        number = self.since_starts.get(start)
        return UNKNOWN if number is None else self._people(start, number)

    def _people(self, since: int, number: int) -> People:
        if since < self.known_since:
            return UNKNOWN
        return People(min(number, MOST_PERSONS), number > MOST_PERSONS or since <= self.more_until)


class Persons:
    """Remembers when each person clicked last, which is all that a count of persons needs.

    It is told of all that is drawn from the epoch second `since` on.
    """

    def __init__(self, since: int = 0) -> None:
        self._since = since
        self._latest: dict[int, int] = {}
        self._at_second: dict[int, int] = {}
        self._since_starts: dict[int, int] = {}
        self._ranges: Collection[Range] = ()
        self._more_until = -math.inf
        self._limit = math.inf
        self._ahead: list[tuple[int, int]] = []

    def add(self, person: int, second: int) -> None:
        """Note a click that is drawn in an epoch second."""
        before = self._latest.get(person, -1)
        if second <= before:
            return
        if second > self._limit:
            # Perhaps it was long ago that this was told the time.
            self._ahead.append((person, second))
            return
        self._latest[person] = second
        self._at_second[second] = self._at_second.get(second, 0) + 1
        if before >= 0:
            self._leave(before)
        for start in self._since_starts:
            if before < start <= second:
                self._since_starts[start] += 1
        if len(self._latest) >= MOST_PERSONS + ROOM:
            self._forget_oldest()

    def _leave(self, second: int) -> None:
        left = self._at_second[second] - 1
        if left:
            self._at_second[second] = left
        else:
            del self._at_second[second]

    def _forget_oldest(self) -> None:
        by_time = sorted(self._latest, key=self._latest.__getitem__)
        for person in by_time[:-MOST_PERSONS]:
            second = self._latest.pop(person)
            self._more_until = max(self._more_until, second)
            self._leave(second)
        self._since_starts = {}

    def follow(self, ranges: Collection[Range]) -> None:
        """Count who clicked since the start of each of these talks that is not over."""
        self._ranges = ranges

    def publish(self, now: float, whole_since: float | None) -> PeopleCounts:
        """Return the counts as of `now`, an epoch second.

        All that is drawn from `whole_since` on (epoch s; None: all) has been added.
        """
        self._limit = now + AHEAD_SECONDS
        ahead, self._ahead = self._ahead, []
        for person, second in ahead:
            if second <= self._limit:
                self.add(person, second)
        self._ranges = [one for one in self._ranges if one[1] is None or one[1] > now]
        starts = {start for start, _ in self._ranges}
        if starts != self._since_starts.keys():
            self._since_starts = {start: self._count(start) for start in starts}
        window = range(int(now) - RECENT_SECONDS, int(now) + SKEW_SECONDS)
        at_second = self._at_second
        return PeopleCounts(
            {second: at_second[second] for second in window if second in at_second},
            max(self._since, -math.inf if whole_since is None else whole_since),
            self._more_until,
            self._since_starts.copy(),
        )

    def _count(self, start: int) -> int:
        return sum(number for second, number in self._at_second.items() if second >= start)
