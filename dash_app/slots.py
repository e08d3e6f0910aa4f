"""Slots: a bound on the web threads that wait for the same thing at once."""

import contextlib
import math
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

STUCK_SECONDS = 0.3
"""If no slot was taken or freed for so long, requests beyond the slots are refused at once."""


class Shares(NamedTuple):
    """How many web threads may wait for each thing at once; at least one is left for readers."""

    broker: int
    click_bodies: int
    code_bodies: int
    queued_clicks: int
    """Those that wait for one of the slots for bodies of clicks; nothing waits for a code's."""


def shares(web_threads: int) -> Shares:
    """Return the shares of 4 or more threads: at most half wait for the broker.

    Whoever has no access code can send bodies to its form only, and so can hold up no clicks.
    """
    broker = min(web_threads // 2, web_threads - 3)
    return Shares(broker, web_threads - broker - 2, code_bodies=1, queued_clicks=max(1, broker - 1))


class NoSlot(TimeoutError):
    """All slots are taken, and no holder has made progress for STUCK_SECONDS."""


class Slots:
    """At most `slots` threads hold a slot at once; others wait while slots keep coming free.

    At most `queue` threads wait.
    """

    def __init__(self, slots: int, queue: float = math.inf) -> None:
        self._changed = threading.Condition()
        self._free = slots
        self._queue = queue
        self._last_change = time.monotonic()

    @contextlib.contextmanager
    def hold(self, deadline: float = math.inf) -> Iterator[None]:
        """Hold a slot; raises NoSlot. `deadline` is a time of the monotonic clock in seconds."""
        with self._changed:
            while not self._free:
                self._wait(deadline)
            self._free -= 1
            self._last_change = time.monotonic()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._last_change = time.monotonic()
                self._changed.notify()

    def _wait(self, deadline: float) -> None:
        left = min(self._last_change + STUCK_SECONDS, deadline) - time.monotonic()
        if left <= 0 or self._queue < 1:
            raise NoSlot("all slots are taken and none comes free")
        self._queue -= 1
        try:
            self._changed.wait(left)
        finally:
            self._queue += 1
