"""The thread-safe ring buffer of recent clicks."""

import threading
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from dash_app.counting.clicks import Click


class Recent(NamedTuple):
    """Recent clicks, oldest timestamp first, and whether the ring was too small for all."""

    clicks: list[Click]
    truncated: bool


class Ring:
    """The last clicks that arrived, at most `capacity` of them; a new one pushes out the oldest."""

    def __init__(self, capacity: int) -> None:
        self._clicks: deque[Click] = deque(maxlen=capacity)
        self._latest_pushed_out = float("-inf")
        self._lock = threading.Lock()

    def add(self, clicks: Iterable[Click]) -> None:
        """Append clicks in the order of their arrival."""
        with self._lock:
            for click in clicks:
                if len(self._clicks) == self._clicks.maxlen:
                    pushed_out = self._clicks[0].timestamp
                    self._latest_pushed_out = max(self._latest_pushed_out, pushed_out)
                self._clicks.append(click)

    def discard_before(self, timestamp: float) -> None:
        """Forget the clicks at the old end that are older than `timestamp` (epoch seconds)."""
        with self._lock:
            while self._clicks and self._clicks[0].timestamp < timestamp:
                self._clicks.popleft()

    def since(self, timestamp: float) -> Recent:
        """Return the clicks whose timestamp is at least `timestamp` (epoch seconds)."""
        with self._lock:
            clicks = list(self._clicks)
            truncated = self._latest_pushed_out >= timestamp
        recent = [click for click in clicks if click.timestamp >= timestamp]
        recent.sort(key=lambda click: click.timestamp)
        return Recent(recent, truncated)
