"""Token buckets in the memory of one process."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

MAX_BUCKETS = 100_000
"""If there are more buckets, the least recently used one is removed."""

_ROUNDING = 1e-6


class RateLimited(Exception):
    """A limit is reached; try again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many; there is room again in {seconds} s")
        self.seconds = seconds


class Limit(NamedTuple):
    """The refill rate and the capacity (`burst`) of each visitor's bucket."""

    kind: str
    per_second: int
    burst: int


class TokenBuckets:
    """A bucket for each limit and visitor, stored as the time at which it will be full again.

    An amount larger than the capacity can be taken from a full bucket, which then runs a debt. Full
    buckets are removed.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, limit: Limit, visitor: str, amount: int = 1) -> int:
        """Take the tokens and return 0, or take none and return how many seconds to wait."""
        key, now = _key(limit, visitor), self._clock()
        with self._lock:
            full_at = max(self._full_at.get(key, now), now)
            seconds = _seconds_to_wait(limit, full_at - now, amount)
            if not seconds:
                self._full_at[key] = full_at + amount / limit.per_second
                self._full_at.move_to_end(key)
            self._remove_full(now)
        return seconds

    def wait(self, limit: Limit, visitor: str, amount: int = 1) -> int:
        """Return what `take` would return, and take nothing."""
        now = self._clock()
        with self._lock:
            full_at = self._full_at.get(_key(limit, visitor), now)
        return _seconds_to_wait(limit, full_at - now, amount)

    def _remove_full(self, now: float) -> None:
        while self._full_at:
            key, full_at = next(iter(self._full_at.items()))
            if full_at > now and len(self._full_at) <= MAX_BUCKETS:
                return
            del self._full_at[key]


def _key(limit: Limit, visitor: str) -> str:
    return f"{limit.kind}/{visitor}"


def _seconds_to_wait(limit: Limit, seconds_to_full: float, amount: int) -> int:
    """Return the whole seconds until the bucket holds the amount, or is full."""
    missing = math.ceil(seconds_to_full * limit.per_second - _ROUNDING)
    return max(0, math.ceil((missing + min(amount, limit.burst) - limit.burst) / limit.per_second))
