"""The clicks of each talk: those that are drawn in its seconds, whatever becomes of its times."""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from dash_app.counting.checkpoint import TALK_REPLAY_LIMIT, ReadAgain
from dash_app.counting.second_counts import KEPT_SECONDS
from dash_app.counting.talks import Range, Talk

DAY = 24 * 3600
HOUR = 3600
"""Seconds. For a day each second stays countable, in blocks of an hour: ends and starts move."""

FURTHEST = DAY + 2 * HOUR
"""Seconds after the oldest that stays; beyond these a block for a forged time is not worth it."""

SPARSE_SECONDS = 250
"""An hour of a type with fewer seconds is a dictionary: anybody can invent types and times."""

MAX_STRAYS = 10_000
"""Types and seconds beyond that which are remembered, one by one."""


def read_again(running: Talk | None, now: float) -> ReadAgain:
    """Return what a reading that begins `now` (epoch s) counts again for bins and running talk."""
    oldest = int(now) - KEPT_SECONDS
    if running is not None and int(now) - DAY <= running.started_at < oldest:
        return ReadAgain(running.started_at, TALK_REPLAY_LIMIT)
    return ReadAgain(oldest)


Block: TypeAlias = "defaultdict[int, int] | array[int]"
"""The clicks of a type in each second of an hour."""

Totals = Mapping[Range, Mapping[str, int]]


class TalkTotals:
    """Adds up what is drawn in each of several ranges of time.

    It is told of all that is drawn from the epoch second `since` on. A range is counted if it
    starts no earlier, and for as long as it is followed.
    """

    def __init__(self, since: int = 0) -> None:
        self._since = self._floor = since
        self._blocks: dict[int, dict[str, Block]] = {}
        self._strays: Counter[tuple[str, int]] = Counter()
        self._lost_from = math.inf
        self._totals: dict[Range, Counter[str]] = {}
        self._whole: set[Range] = set()
        self._whole_since = math.inf
        self._of_second: dict[int, Sequence[Range]] = {}
        self._published: dict[Range, Mapping[str, int]] = {}
        self._changed: set[Range] = set()

    def follow(self, ranges: Collection[Range]) -> None:
        """Count these ranges from now on, and no other."""
        for one in self._totals.keys() - ranges:
            del self._totals[one]
            self._whole.discard(one)
            self._published.pop(one, None)
        for one in ranges - self._totals.keys():
            start, end = one
            if start >= self._floor and (math.inf if end is None else end) <= self._lost_from:
                self._totals[one] = self._count(*one)
                self._changed.add(one)
        self._of_second = {}
        self._whole_since = math.inf

    def add(self, kind: str, second: int, clicks: int = 1) -> None:
        """Count clicks that are drawn in an epoch second."""
        ranges = self._of_second.get(second)
        if ranges is None:
            ranges = self._find_ranges(second)
        for one in ranges:
            self._totals[one][kind] += clicks
            self._changed.add(one)
        if second < self._floor:
            return
        if second < self._floor + FURTHEST:
            self._block(kind, second // HOUR)[second % HOUR] += clicks
        elif self._has_room(kind, second):
            self._strays[kind, second] += clicks
        else:
            self._lost_from = min(self._lost_from, second)

    def raise_to(self, kind: str, second: int, clicks: int) -> None:
        """Let an epoch second hold at least so many clicks."""
        block = self._blocks.get(second // HOUR, {}).get(kind)
        known = (block[second % HOUR] if block else 0) + self._strays[kind, second]
        is_kept = second < self._floor + FURTHEST or self._has_room(kind, second)
        if clicks > known and second >= self._floor and is_kept:
            self.add(kind, second, clicks - known)

    def publish(self, now: float, whole_since: float | None) -> Totals:
        """Return the clicks of the ranges that are whole, by type; forget what is a day old.

        All that is drawn from `whole_since` on (epoch s; None: all) has been added.
        """
        self._forget_before(int(now) - DAY)
        whole_since = max(self._since, -math.inf if whole_since is None else whole_since)
        if whole_since != self._whole_since:
            self._whole_since = whole_since
            new = {one for one in self._totals if one[0] >= whole_since} - self._whole
            self._whole |= new
            self._changed |= new
        if changed := self._changed & self._whole:
            self._published = {
                **self._published,
                **{one: dict(self._totals[one]) for one in changed},
            }
        self._changed = set()
        return self._published

    def _has_room(self, kind: str, second: int) -> bool:
        return (kind, second) in self._strays or len(self._strays) < MAX_STRAYS

    def _block(self, kind: str, hour: int) -> "Block":
        blocks = self._blocks.setdefault(hour, {})
        block = blocks.get(kind)
        if block is None:
            block = blocks[kind] = defaultdict(int)
        elif len(block) == SPARSE_SECONDS:
            block = blocks[kind] = array("Q", [block[second] for second in range(HOUR)])
        return block

    def _find_ranges(self, second: int) -> Sequence[Range]:
        if len(self._of_second) >= MAX_STRAYS:
            self._of_second = {}
        ranges = [(start, end) for start, end in self._totals if _holds(start, end, second)]
        self._of_second[second] = ranges
        return ranges

    def _count(self, start: int, end: int | None) -> Counter[str]:
        counts: Counter[str] = Counter()
        for hour, blocks in self._blocks.items():
            first = hour * HOUR
            begin = max(start - first, 0)
            stop = HOUR if end is None else max(end - first, 0)
            for kind, block in blocks.items():
                counts[kind] += _sum(block, begin, stop)
        for (kind, second), clicks in self._strays.items():
            counts[kind] += clicks if _holds(start, end, second) else 0
        return +counts

    def _forget_before(self, second: int) -> None:
        if second <= self._floor:
            return
        self._floor = second
        for hour in [hour for hour in self._blocks if (hour + 1) * HOUR <= second]:
            del self._blocks[hour]
        if len(self._strays) >= MAX_STRAYS:
            self._strays = Counter({k: n for k, n in self._strays.items() if k[1] >= second})


def _sum(block: Block, begin: int, stop: int) -> int:
    if isinstance(block, dict):
        return sum(clicks for second, clicks in block.items() if begin <= second < stop)
    return sum(block[begin:stop])


def _holds(start: int, end: int | None, second: int) -> bool:
    return start <= second and (end is None or second < end)
