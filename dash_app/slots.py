"""Slots: a bound on the web threads that wait for the same thing at once."""

import math
import threading
import time
from collections import defaultdict, deque
from collections.abc import Hashable
from typing import NamedTuple, Self

STUCK_SECONDS = 0.3
"""If no slot was taken or freed for so long, nobody goes on waiting beyond the slots."""

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


class Held:
    """A context manager: a slot from its beginning to its end, or until somebody frees it.

    Only who waits in line has `changed`.
    """

    __slots__ = (
        *("_slots", "changed", "deadline", "is_beyond", "is_over"),
        *("lane", "may_give_up", "stuck_seconds", "taken"),
    )

    def __init__(
        self,
        slots: "Slots",
        deadline: float,
        lane: Hashable,
        stuck_seconds: float,
        *,
        may_give_up: bool,
    ) -> None:
        self._slots = slots
        self.deadline = deadline
        self.lane = lane
        self.stuck_seconds = stuck_seconds
        self.may_give_up = may_give_up
        self.changed: threading.Condition | None = None
        self.taken: float | None = None
        self.is_over = self.is_beyond = False

    def __enter__(self) -> Self:
        try:
            self._slots.take(self)
        except BaseException:
            # An interrupt may come when the slot is taken already.
            self._slots.release(self, is_done=False)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._slots.release(self, is_done=kind is None)

    def free(self) -> None:
        """Free the slot since what it was for is done, from any thread; harmless when repeated."""
        self._slots.release(self, is_done=True)

    def patience(self) -> float:
        """Return until when to wait at least (monotonic seconds) for what the slot is for.

        Raises NoSlot if it is one beyond the slots, and nothing has moved for a while.
        """
        return self._slots.patience(self) if self.is_beyond else math.inf


class Slots:
    """At most `slots` threads hold a slot at once; others wait in line while slots come free.

    Beyond these are those that give up what they wait for as soon as it does not move.

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
        self._held: defaultdict[Hashable, int] = defaultdict(int)
        self._total = 0
        self._moved: dict[Hashable, float] = {}
        self._queue: list[Held] = []
        self._were_long: deque[bool] = deque(maxlen=REMEMBERED_ROUNDS * slots)

    def hold(
        self,
        deadline: float = math.inf,
        lane: Hashable = None,
        stuck_seconds: float = STUCK_SECONDS,
        *,
        may_give_up: bool = False,
    ) -> Held:
        """Hold a slot; raises NoSlot at the deadline, or if nothing moves for `stuck_seconds`.

        `deadline` is a time of the monotonic clock in seconds. Who `may_give_up` what the slot is
        for when `Held.patience` says so holds one beyond the slots while slots are held briefly.
        """
        return Held(self, deadline, lane, stuck_seconds, may_give_up=may_give_up)

    @property
    def waiting(self) -> int:
        """How many wait for a slot."""
        return len(self._queue)

    def is_stuck(self, lane: Hashable, stuck_seconds: float = STUCK_SECONDS) -> bool:
        """Say whether somebody holds a slot in the lane and nobody was done for so long."""
        moved = self._moved.get(lane)
        return moved is not None and time.monotonic() - moved >= stuck_seconds

    def take(self, held: Held) -> None:
        """Wait until it holds a slot; see `hold`."""
        with self._lock:
            if self._total < self._slots and not self._queue:
                self._give(held)
                return
            self._queue.append(held)
            self._take_turns(held)
            if held.taken is None:
                self._wait_for_turn(held)

    def patience(self, held: Held) -> float:
        """Return until when one beyond the slots may wait; see Held.patience."""
        with self._lock:
            if held.is_over or self._total <= self._slots:
                # So many have gone that this is one of those that may wait for long.
                held.is_beyond = False
                return math.inf
            patient_until = self._last_move(held) + held.stuck_seconds
            if time.monotonic() >= patient_until:
                self._end(held, is_done=False)
                raise NoSlot("others need the thread, and nothing moves")
            return patient_until

    def release(self, held: Held, *, is_done: bool) -> None:
        """Free the slot, and give it to the next; see Held.free."""
        if held.is_over:
            return
        with self._lock:
            if held.taken is not None and not held.is_over:
                self._end(held, is_done=is_done)
                if self._queue:
                    self._give_to_next()

    def _end(self, held: Held, *, is_done: bool) -> None:
        held.is_over = True
        now = time.monotonic()
        was_long = now - (held.taken or now) >= self._brisk_seconds
        # What failed at once says nothing, and brings nobody nearer to an end.
        if is_done or was_long:
            self._were_long.append(was_long)
        if is_done:
            self._last_change = self._moved[held.lane] = now
        self._total -= 1
        self._held[held.lane] -= 1
        if not self._held[held.lane]:
            del self._held[held.lane], self._moved[held.lane]

    def _wait_for_turn(self, held: Held) -> None:
        # It is in the queue already.
        held.changed = threading.Condition(self._lock)
        if len(self._queue) == 1:
            self._line_began = time.monotonic()
        may_wait = (
            len(self._queue) <= self._longest_queue
            or time.monotonic() - self._line_began < self._burst_seconds
            or self._is_brisk()
        )
        try:
            while held.taken is None:
                until = min(self._last_move(held) + held.stuck_seconds, held.deadline)
                left = until - time.monotonic()
                if left <= 0 or not may_wait:
                    raise NoSlot("all slots are taken and none comes free")
                held.changed.wait(min(left, LOOK_SECONDS) if self._spare else left)
                self._take_turns(held)
        finally:
            # An interrupt ends the wait, too.
            if held.taken is None:
                self._queue.remove(held)
        # How long a thread takes to wake says nothing about what it waits for.
        held.taken = self._last_change = time.monotonic()

    def _take_turns(self, held: Held) -> None:
        """Give slots to those who come first up to this one, if it has room."""
        while held.taken is None and self._has_room(held):
            self._give_to_next()

    def _give_to_next(self) -> None:
        """Give a slot to who came first, but for those who find no room whoever goes."""
        following = next((one for one in self._queue if self._has_room(one)), None)
        if following is not None:
            self._queue.remove(following)
            self._give(following)
            if following.changed is not None:
                following.changed.notify()

    def _give(self, held: Held) -> None:
        held.is_beyond = self._total >= self._slots and self._may_be_beyond(held)
        held.taken = time.monotonic()
        self._total += 1
        self._held[held.lane] += 1
        if self._total == 1:
            self._last_change = held.taken
        if self._held[held.lane] == 1:
            self._moved[held.lane] = held.taken

    def _last_move(self, held: Held) -> float:
        if held.lane is None:
            return self._last_change
        # Other lanes may move for ever, and bring this one no nearer to its end.
        return self._moved.get(held.lane, self._last_change)

    def _may_be_beyond(self, held: Held) -> bool:
        since = time.monotonic() - self._last_move(held)
        return held.may_give_up and since < held.stuck_seconds and self._is_brisk()

    def _is_brisk(self) -> bool:
        # The median: the few that wait for a broken partition say nothing about the others.
        usually = 2 * sum(self._were_long) < max(1, len(self._were_long))
        return usually and self._brisk_seconds > 0

    def _has_room(self, held: Held) -> bool:
        if self._total < self._slots or self._may_be_beyond(held):
            return True
        if self._total >= self._slots + self._spare or self.is_stuck(held.lane, held.stuck_seconds):
            return False
        idle = sum(n for lane, n in self._held.items() if self.is_stuck(lane, held.stuck_seconds))
        return self._total - idle < self._slots
