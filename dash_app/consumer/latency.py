"""How long the clicks that this process received took until it had counted them."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from dash_app.counting.clicks import Click

KEPT_SECONDS = 60.0

WAITING = 10_000
"""Clicks received and not yet counted that are remembered; the oldest is forgotten first."""

MEASURED = 2_000
"""Clicks counted that are remembered; with more of them in a minute it is the newest that count."""


class Measured(NamedTuple):
    """What was measured in the last minute: p50 and p95 of each leg, in milliseconds.

    `age_ms` is how old a tap was when it was sent, `counted_ms` receipt to counted, the third both
    together; None where no clicks were measured. `clicks` is None where none can be: counts that
    another engine made name no single click.
    """

    clicks: int | None
    age_ms: Sequence[float] | None
    counted_ms: Sequence[float] | None
    tap_to_counted_ms: Sequence[float] | None


UNMEASURED = Measured(None, None, None, None)


class _Leg(NamedTuple):
    counted_at: float
    age: float
    wait: float


class Latency:
    """Times clicks from receipt to counted by the clock of this process; bounded, thread-safe.

    A click is known again by its timestamp, which the log keeps to the last bit; of clicks with
    the same one, the first is measured.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._received: dict[float, tuple[float, float]] = {}
        self._legs: deque[_Leg] = deque(maxlen=MEASURED)
        self._lock = threading.Lock()
        self.last_minute = Measured(0, None, None, None)
        """What `measure` found last, for any number of readers."""

    def received(self, timestamps: Iterable[float], received: float) -> None:
        """Note the clicks of a request that came at `received` (epoch seconds)."""
        now = self._clock()
        with self._lock:
            for timestamp in timestamps:
                self._received[timestamp] = now, received - timestamp
            while len(self._received) > WAITING:
                del self._received[next(iter(self._received))]

    def counted(self, clicks: Iterable[Click]) -> Sequence[float]:
        """Measure those of the clicks just counted that this process received.

        Returns how long each of them took from tap to counted, in seconds.
        """
        now, legs = self._clock(), list[_Leg]()
        with self._lock:
            if self._received:
                for click in clicks:
                    noted = self._received.pop(click.timestamp, None)
                    if noted is not None:
                        legs.append(_Leg(now, noted[1], now - noted[0]))
                self._legs.extend(legs)
        return [leg.age + leg.wait for leg in legs]

    def measure(self) -> None:
        """Look at the last 60 s; to be called about once a second."""
        since = self._clock() - KEPT_SECONDS
        with self._lock:
            while self._legs and self._legs[0].counted_at < since:
                self._legs.popleft()
            legs = list(self._legs)
        self.last_minute = Measured(
            len(legs),
            quantiles([leg.age for leg in legs]),
            quantiles([leg.wait for leg in legs]),
            quantiles([leg.age + leg.wait for leg in legs]),
        )


def quantiles(seconds: list[float]) -> list[float] | None:
    """Return p50 and p95 of the times in milliseconds; None where there are none."""
    if not seconds:
        return None
    seconds = sorted(seconds)
    return [round(1000 * seconds[-(-len(seconds) * part // 100) - 1], 1) for part in (50, 95)]
