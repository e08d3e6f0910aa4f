"""Where limits are kept: token buckets in the memory of one process, as a storage of `limits`."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from limits.storage import MovingWindowSupport, Storage

SCHEME = "clicker-buckets"
"""How Flask-Limiter names this storage."""

MOST_BUCKETS = 100_000
"""Beyond so many the one that was filled longest ago is forgotten."""

_ROUNDING = 1e-6


class Buckets(Storage, MovingWindowSupport):
    """For each key the time at which its bucket will have run empty; an empty one is forgotten.

    "60 per 3 second" is a bucket for 60 that leaks 20 a second. An entry larger than the bucket
    is taken while the bucket is empty, and runs out at the same rate.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - limits reads the list

    def __init__(
        self,
        uri: str | None = None,
        wrap_exceptions: bool = False,
        clock: Callable[[], float] = time.monotonic,
        **_: Any,
    ) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._clock = clock
        self._empty_at: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._empty_at)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Fill so much into the bucket if there is room, and say whether there was."""
        now, seconds_each = self._clock(), expiry / limit
        with self._lock:
            empty_at = max(self._empty_at.get(key, now), now)
            level = (empty_at - now) / seconds_each
            is_room = level + min(amount, limit) <= limit + _ROUNDING
            if is_room:
                self._empty_at[key] = empty_at + amount * seconds_each
                self._empty_at.move_to_end(key)
            self._forget(now)
        return is_room

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the bucket began to fill (epoch seconds), and how much is in it."""
        with self._lock:
            left = max(0.0, self._empty_at.get(key, 0) - self._clock())
        return time.time() + left - expiry, math.ceil(left * limit / expiry - _ROUNDING)

    def _forget(self, now: float) -> None:
        while self._empty_at:
            key, empty_at = next(iter(self._empty_at.items()))
            if empty_at > now and len(self._empty_at) <= MOST_BUCKETS:
                return
            del self._empty_at[key]

    def clear(self, key: str) -> None:
        """Empty one bucket."""
        with self._lock:
            self._empty_at.pop(key, None)

    def reset(self) -> int:
        """Empty all buckets, and say how many there were."""
        with self._lock:
            there = len(self._empty_at)
            self._empty_at.clear()
        return there

    def check(self) -> bool:
        """Say that the memory is there."""
        return True

    @property
    def base_exceptions(self) -> type[Exception]:
        """What limits would wrap where it is told to."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Refuse: fixed windows let twice the limit through where two meet."""
        raise NotImplementedError("these buckets know the moving window only")

    def get(self, key: str) -> int:
        """Refuse; see incr."""
        raise NotImplementedError("these buckets know the moving window only")

    def get_expiry(self, key: str) -> float:
        """Refuse; see incr."""
        raise NotImplementedError("these buckets know the moving window only")
