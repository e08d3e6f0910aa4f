"""How long this process took to count the clicks that it received itself."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from dash_app.counting.clicks import Click

PERIOD_SECONDS = 60.0
"""A summary is about the clicks that were counted in this time."""

PENDING_CLICKS = 10_000
"""At most so many clicks wait to be counted; a further one makes the oldest forgotten."""

MEASURED_CLICKS = 2_000
"""A summary is about the newest clicks, at most so many."""


class LatencySummary(NamedTuple):
    """The latencies of the last minute: p50 and p95 of each leg, in milliseconds.

    `age_ms` is the time from a tap to its receipt, `counted_ms` that from its receipt to its count,
    and the third is their sum; all are None if no click was counted. `clicks` is None if this
    process counts no single clicks, since it reads the counts of Flink.
    """

    clicks: int | None
    age_ms: Sequence[float] | None
    counted_ms: Sequence[float] | None
    tap_to_counted_ms: Sequence[float] | None


NO_LATENCIES = LatencySummary(None, None, None, None)


class _MeasuredClick(NamedTuple):
    counted_at: float
    age: float
    wait: float


class Latency:
    """Measures clicks from receipt to count by the clock of this process; bounded, thread-safe.

    It recognises a click by its timestamp, which the log keeps to the last bit; of clicks with
    the same timestamp it measures the first.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # Of a plain dictionary the search for the oldest passes all that were removed before it.
        self._pending: OrderedDict[float, tuple[float, float]] = OrderedDict()
        self._measured: deque[_MeasuredClick] = deque(maxlen=MEASURED_CLICKS)
        self._lock = threading.Lock()
        self.last_minute = LatencySummary(0, None, None, None)
        """The newest summary, for any number of readers."""

    def note_received(self, timestamps: Iterable[float], received_at: float) -> None:
        """Note the clicks of a request that came at `received_at` (epoch seconds)."""
        now = self._clock()
        with self._lock:
            for timestamp in timestamps:
                self._pending[timestamp] = now, received_at - timestamp
            while len(self._pending) > PENDING_CLICKS:
                self._pending.popitem(last=False)

    def note_counted(self, clicks: Iterable[Click]) -> Sequence[float]:
        """Measure those of the clicks just counted that this process received.

        Returns the time from tap to count of each of them, in seconds.
        """
        now, measured = self._clock(), list[_MeasuredClick]()
        with self._lock:
            # Most processes have none of the clicks that they count.
            for click in clicks if self._pending else ():
                if pending := self._pending.pop(click.timestamp, None):
                    received_at, age = pending
                    measured.append(_MeasuredClick(now, age, now - received_at))
            self._measured.extend(measured)
        return [click.age + click.wait for click in measured]

    def summarize(self) -> None:
        """Summarize the last minute; call it about once a second."""
        since = self._clock() - PERIOD_SECONDS
        with self._lock:
            while self._measured and self._measured[0].counted_at < since:
                self._measured.popleft()
            measured = list(self._measured)
        self.last_minute = LatencySummary(
            len(measured),
            quantiles([click.age for click in measured]),
            quantiles([click.wait for click in measured]),
            quantiles([click.age + click.wait for click in measured]),
        )


def quantiles(seconds: list[float]) -> list[float] | None:
    """Return p50 and p95 of the times in milliseconds; None where there are none."""
    if not seconds:
        return None
    seconds = sorted(seconds)
    return [round(1000 * seconds[-(-len(seconds) * part // 100) - 1], 1) for part in (50, 95)]
