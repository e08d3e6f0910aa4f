"""Slots: how many web threads may wait for the same thing at once."""

import contextlib
import math
import threading
import time
from collections.abc import Iterator

STUCK_SECONDS = 0.3
"""When no slot was taken or freed for so long, requests beyond the slots are refused at once."""


class NoSlot(TimeoutError):
    """All slots are taken, and none of those who have one gets on."""


class Slots:
    """So many threads at once hold a slot; others wait for one as long as slots come free."""

    def __init__(self, slots: int) -> None:
        self._changed = threading.Condition()
        self._free = slots
        self._moved_at = time.monotonic()

    @contextlib.contextmanager
    def held(self, deadline: float = math.inf) -> Iterator[None]:
        """Hold a slot; raises NoSlot. `deadline` is a time of the monotonic clock in seconds."""
        with self._changed:
            while not self._free:
                left = min(self._moved_at + STUCK_SECONDS, deadline) - time.monotonic()
                if left <= 0:
                    raise NoSlot("all slots are taken and none comes free")
                self._changed.wait(left)
            self._free -= 1
            self._moved_at = time.monotonic()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._moved_at = time.monotonic()
                self._changed.notify()
