"""Slots: a bound on the web threads that wait for the same thing at once."""

import contextlib
import functools
import logging
import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple

logger = logging.getLogger(__name__)

STUCK_SECONDS = 0.3
"""If no slot was taken or freed for so long, requests beyond the slots are refused at once."""

LOOK_SECONDS = 0.05
"""How often one that waits looks whether other lanes are stuck by now, which nobody tells."""

BRISK_BROKER_SECONDS = 0.1
BRISK_BODY_SECONDS = 0.02
"""While slots are usually held for less, any number may wait: each has its turn in a moment."""

BURST_SECONDS = 0.5
"""So long any number may wait at a broker whose turns take longer; readers wait behind them."""

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


class NoSlot(TimeoutError):
    """All slots are taken, and no holder has made progress for a while."""


Begin = Callable[[Callable[[], None]], bool]
"""Begins the work of one that waited, in the thread that freed the slot; returns whether it did.

It gets what frees the slot again, to be called when the work is done. If it raises, it has not
begun: the thread that waits goes on by itself.
"""


class _Place:
    """One that wants a slot: where, and what has become of it; only who waits has `changed`."""

    __slots__ = (
        *("begin", "changed", "has_begun", "is_beginning", "is_over"),
        *("lane", "stuck_seconds", "taken"),
    )

    def __init__(self, lane: Hashable, stuck_seconds: float, begin: Begin | None) -> None:
        self.changed: threading.Condition | None = None
        self.lane = lane
        self.stuck_seconds = stuck_seconds
        self.begin = begin
        self.taken: float | None = None
        self.is_beginning = self.has_begun = False
        self.is_over = False


class Slots:
    """At most `slots` threads hold a slot at once; others wait in line while slots come free.

    A lane is what a holder waits for. A lane in which nothing moves keeps no other lane out: for
    slots that it holds there are up to `spare` others. At most `queue` threads wait, unless slots
    are usually held for less than `brisk_seconds`, or nobody waited `burst_seconds` ago.
    """

    def __init__(
        self,
        slots: int,
        spare: int = 0,
        queue: float = math.inf,
        brisk_seconds: float = 0,
        burst_seconds: float = 0,
    ) -> None:
        self._lock = threading.Lock()
        self._slots = slots
        self._spare = spare
        self._longest_queue = queue
        self._brisk_seconds = brisk_seconds
        self._burst_seconds = burst_seconds
        self._line_began = -math.inf
        self._last_change = time.monotonic()
        self._held: Counter[Hashable] = Counter()
        self._moved: dict[Hashable, float] = {}
        self._queue: list[_Place] = []
        self._to_wake: deque[_Place] = deque()
        self._waking: _Place | None = None
        self._last_holds: deque[float] = deque(maxlen=REMEMBERED_ROUNDS * slots)

    @contextlib.contextmanager
    def hold(
        self,
        deadline: float = math.inf,
        lane: Hashable = None,
        stuck_seconds: float = STUCK_SECONDS,
        begin: Begin | None = None,
    ) -> Iterator[Callable[[], None]]:
        """Hold a slot; raises NoSlot at the deadline, or if nothing moves for `stuck_seconds`.

        `deadline` is a time of the monotonic clock in seconds. What is yielded frees the slot
        earlier, from any thread. If others have to go first, whoever frees the slot calls `begin`;
        the thread that waits goes on when that has not begun, or when it is over.
        """
        place = _Place(lane, stuck_seconds, begin)
        release = functools.partial(self._release, place)
        try:
            with self._lock:
                self._queue.append(place)
                self._take_turns(place)
                if place.taken is None:
                    self._wait_for_turn(place, deadline)
            yield release
        finally:
            release()

    @property
    def waiting(self) -> int:
        """How many wait for a slot."""
        return len(self._queue)

    def is_stuck(self, lane: Hashable, stuck_seconds: float = STUCK_SECONDS) -> bool:
        """Say whether somebody holds a slot in the lane and nobody was done for so long."""
        moved = self._moved.get(lane)
        return moved is not None and time.monotonic() - moved >= stuck_seconds

    def _wait_for_turn(self, place: _Place, deadline: float) -> None:
        # This place is in the queue already.
        place.changed = changed = threading.Condition(self._lock)
        try:
            self._wait_while_others_go(place, changed, deadline)
        finally:
            # An interrupt ends the wait, too.
            if place.taken is None:
                self._queue.remove(place)
            place.changed = None
            self._pass_on(place)
        if not place.has_begun:
            # How long a thread takes to wake says nothing about what it waits for.
            place.taken = self._last_change = time.monotonic()

    def _wait_while_others_go(
        self, place: _Place, changed: threading.Condition, deadline: float
    ) -> None:
        if len(self._queue) == 1:
            self._line_began = time.monotonic()
        may_wait = (
            len(self._queue) <= self._longest_queue
            or time.monotonic() - self._line_began < self._burst_seconds
            or self._is_brisk()
        )
        while place.taken is None or place.is_beginning:
            if place.is_beginning:
                self._sleep(place, changed, LOOK_SECONDS)
                continue
            moved = self._last_change
            if place.lane is not None:
                # Other lanes may move for ever, and bring this one no nearer to its end.
                moved = self._moved.get(place.lane, moved)
            left = min(moved + place.stuck_seconds, deadline) - time.monotonic()
            if left <= 0 or not may_wait:
                raise NoSlot("all slots are taken and none comes free")
            self._sleep(place, changed, min(left, LOOK_SECONDS) if self._spare else left)
            self._take_turns(place)

    def _sleep(self, place: _Place, changed: threading.Condition, seconds: float) -> None:
        changed.wait(seconds)
        self._pass_on(place)

    def _pass_on(self, place: _Place) -> None:
        """Wake the next thread if this one was woken, or leave the line of those to wake."""
        if self._waking is place:
            self._wake_next()
        elif place in self._to_wake:
            self._to_wake.remove(place)

    def _wake(self, place: _Place) -> None:
        """Have the thread that waits look again, after those that were told so before.

        Threads that wake together wait for the interpreter, and take it from each other.
        """
        if place.changed is None or place is self._waking or place in self._to_wake:
            return
        self._to_wake.append(place)
        if self._waking is None:
            self._wake_next()

    def _wake_next(self) -> None:
        self._waking = self._to_wake.popleft() if self._to_wake else None
        if self._waking is not None and self._waking.changed is not None:
            self._waking.changed.notify()

    def _release(self, place: _Place) -> None:
        with self._lock:
            if place.is_over or place.taken is None:
                return
            place.is_over = True
            lane = place.lane
            self._held[lane] -= 1
            self._last_change = self._moved[lane] = time.monotonic()
            self._last_holds.append(self._last_change - place.taken)
            if not self._held[lane]:
                del self._held[lane], self._moved[lane]
            self._wake(place)
            following = self._take_next()
            if following is None:
                return
            following.is_beginning = following.begin is not None
        has_begun = False
        try:
            has_begun = following.begin is not None and following.begin(
                functools.partial(self._release, following)
            )
        except Exception:
            # It is the work of another thread, which tries by itself and meets the error there.
            logger.exception("work that waited for a slot could not begin")
        finally:
            with self._lock:
                following.is_beginning, following.has_begun = False, has_begun
                # What has begun wakes its thread when it is over, and that may be so by now.
                if not has_begun or following.is_over:
                    self._wake(following)

    def _take_turns(self, place: _Place) -> None:
        """Give slots to those who come first up to this one, if it has room."""
        while place.taken is None and self._has_room(place):
            if (first := self._take_next()) is not None:
                self._wake(first)

    def _take_next(self) -> _Place | None:
        """Give a slot to who came first, but for those who find no room whoever goes."""
        place = next((one for one in self._queue if self._has_room(one)), None)
        if place is None:
            return None
        self._queue.remove(place)
        place.taken = self._last_change = time.monotonic()
        self._held[place.lane] += 1
        if self._held[place.lane] == 1:
            self._moved[place.lane] = place.taken
        return place

    def _is_brisk(self) -> bool:
        # The median: the few that wait for a broken partition say nothing about the others.
        holds = sorted(self._last_holds)
        usual = holds[len(holds) // 2] if holds else 0
        return usual < self._brisk_seconds

    def _has_room(self, place: _Place) -> bool:
        held = self._held.total()
        if held < self._slots:
            return True
        if held >= self._slots + self._spare or self.is_stuck(place.lane, place.stuck_seconds):
            return False
        idle = sum(n for lane, n in self._held.items() if self.is_stuck(lane, place.stuck_seconds))
        return held - idle < self._slots
