"""Slots: a bound on the web threads that wait for the same thing at once."""

import contextlib
import math
import threading
import time
from collections import Counter, deque
from collections.abc import Hashable, Iterator
from typing import NamedTuple

STUCK_SECONDS = 0.3
"""If no slot was taken or freed for so long, requests beyond the slots are refused at once."""

LOOK_SECONDS = 0.05
"""How often one that waits looks whether other lanes are stuck by now, which nobody tells."""

BRISK_BROKER_SECONDS = 0.1
BRISK_BODY_SECONDS = 0.02
"""While slots are usually held for less, any number may wait: each has its turn in a moment."""

REMEMBERED_ROUNDS = 4
"""So many last holders of each slot say how long is usual: one hiccup of all is not usual."""


class Shares(NamedTuple):
    """How many web threads may wait for each thing at once; at least one is left for readers."""

    broker: int
    broker_spare: int
    broker_queue: int
    """Those that wait for one of the slots for the broker while these are held for long."""
    click_bodies: int
    code_bodies: int
    """Nothing waits for a slot for a code's body, or for a click's while bodies take long."""


def shares(web_threads: int) -> Shares:
    """Return the shares of 4 or more threads: at most half wait for the broker.

    A few more wait for partitions that answer while others do not, or for a slot: about two thirds
    together. Of 4 threads none can be spared. Whoever has no access code can send bodies to its
    form only, and so can hold up no clicks.
    """
    broker = min(web_threads // 2, max(1, web_threads - 5))
    rest = web_threads - broker - 2
    queue = rest // 6
    spare = max(queue, min(1, rest - 1))
    return Shares(broker, spare, queue, click_bodies=rest - spare - queue, code_bodies=1)


_Place = tuple[object, Hashable, float]
"""Of one that waits: who it is, its lane, and when it takes a lane for stuck."""


class NoSlot(TimeoutError):
    """All slots are taken, and no holder has made progress for a while."""


class Slots:
    """At most `slots` threads hold a slot at once; others wait in line while slots come free.

    A lane is what a holder waits for. A lane in which nothing moves keeps no other lane out: for
    slots that it holds there are up to `spare` others. At most `queue` threads wait, unless slots
    are usually held for less than `brisk_seconds`.
    """

    def __init__(
        self, slots: int, spare: int = 0, queue: float = math.inf, brisk_seconds: float = 0
    ) -> None:
        self._changed = threading.Condition()
        self._slots = slots
        self._spare = spare
        self._longest_queue = queue
        self._brisk_seconds = brisk_seconds
        self._last_change = time.monotonic()
        self._held: Counter[Hashable] = Counter()
        self._moved: dict[Hashable, float] = {}
        self._queue: list[_Place] = []
        self._last_holds: deque[float] = deque(maxlen=REMEMBERED_ROUNDS * slots)

    @contextlib.contextmanager
    def hold(
        self,
        deadline: float = math.inf,
        lane: Hashable = None,
        stuck_seconds: float = STUCK_SECONDS,
    ) -> Iterator[None]:
        """Hold a slot; raises NoSlot at the deadline, or if nothing moves for `stuck_seconds`.

        `deadline` is a time of the monotonic clock in seconds.
        """
        with self._changed:
            self._wait_for_turn((object(), lane, stuck_seconds), deadline)
            self._held[lane] += 1
            taken = self._last_change = time.monotonic()
            if self._held[lane] == 1:
                self._moved[lane] = taken
        try:
            yield
        finally:
            with self._changed:
                self._held[lane] -= 1
                self._last_change = self._moved[lane] = time.monotonic()
                self._last_holds.append(self._last_change - taken)
                if not self._held[lane]:
                    del self._held[lane], self._moved[lane]
                self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """How many wait for a slot."""
        return len(self._queue)

    def is_stuck(self, lane: Hashable, stuck_seconds: float = STUCK_SECONDS) -> bool:
        """Say whether somebody holds a slot in the lane and nobody was done for so long."""
        moved = self._moved.get(lane)
        return moved is not None and time.monotonic() - moved >= stuck_seconds

    def _wait_for_turn(self, place: _Place, deadline: float) -> None:
        _, lane, stuck_seconds = place
        may_wait = len(self._queue) < self._longest_queue or self._is_brisk()
        self._queue.append(place)
        try:
            while not self._is_next(place):
                moved = self._last_change
                if lane is not None:
                    # Other lanes may move for ever, and bring this one no nearer to its end.
                    moved = self._moved.get(lane, moved)
                left = min(moved + stuck_seconds, deadline) - time.monotonic()
                if left <= 0 or not may_wait:
                    raise NoSlot("all slots are taken and none comes free")
                self._changed.wait(min(left, LOOK_SECONDS) if self._spare else left)
        finally:
            self._queue.remove(place)
            # Whoever is next now may have looked while this one was before it.
            self._changed.notify_all()

    def _is_brisk(self) -> bool:
        # The median: the few that wait for a broken partition say nothing about the others.
        holds = sorted(self._last_holds)
        usual = holds[len(holds) // 2] if holds else 0
        return usual < self._brisk_seconds

    def _is_next(self, place: _Place) -> bool:
        # Who came first is first, but for those who find no room whoever goes.
        first = next((one for one in self._queue if self._has_room(*one[1:])), None)
        return first is place

    def _has_room(self, lane: Hashable, stuck_seconds: float) -> bool:
        held = self._held.total()
        if held < self._slots:
            return True
        if held >= self._slots + self._spare or self.is_stuck(lane, stuck_seconds):
            return False
        idle = sum(n for other, n in self._held.items() if self.is_stuck(other, stuck_seconds))
        return held - idle < self._slots
