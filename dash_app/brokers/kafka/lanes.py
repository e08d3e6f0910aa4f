"""The lanes of a topic: one for each partition, so that trouble of one stays there."""

import contextlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from dash_app.brokers.kafka.circuit_breaker import CircuitBreaker, CircuitOpen, State


class Lane:
    """The way to one partition: its circuit breaker, and the producer that failed there last."""

    def __init__(self) -> None:
        self.breaker = CircuitBreaker()
        self.failed: Any = None


PASS = contextlib.nullcontext()
"""What nearly all deliveries enter: it is one for all of them, since it holds nothing."""


class Lanes:
    """Lets deliveries to a partition pass as its circuit breaker permits, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lanes: defaultdict[int, Lane] = defaultdict(Lane)

    def enter(self, partition: int, producer: Any) -> contextlib.AbstractContextManager[None]:
        """Let one delivery pass; raises CircuitOpen.

        After a failure nothing passes with the producer that failed, and one delivery at a time
        with the next one, until one has succeeded.
        """
        return PASS if self.is_open(partition) else self._probe(partition, producer)

    @contextlib.contextmanager
    def _probe(self, partition: int, producer: Any) -> Iterator[None]:
        with self._lock:
            lane = self._lanes[partition]
            if producer is not lane.failed:
                lane.breaker.allow_probes()
            try:
                is_probe = lane.breaker.acquire()
            except CircuitOpen as error:
                raise CircuitOpen(
                    f"partition {partition} failed a moment ago; one batch tests whether it "
                    "answers again"
                ) from error
        try:
            yield
        finally:
            if is_probe:
                with self._lock:
                    lane.breaker.release_probe()

    def is_open(self, partition: int) -> bool:
        """Say whether everything passes."""
        # Without the lock: so it must not create a lane, as another thread may do now.
        lane = self._lanes.get(partition)
        return lane is None or lane.breaker.state is State.CLOSED

    def record_failure(self, partition: int, producer: Any) -> bool:
        """Let nothing pass until there is another producer; return whether this is news."""
        with self._lock:
            lane = self._lanes[partition]
            is_news = producer is not lane.failed or lane.breaker.state is State.CLOSED
            lane.breaker.record_failure()
            lane.failed = producer
            return is_news

    def record_success(self, partition: int, producer: Any) -> bool:
        """Let everything pass; return whether this is news."""
        if self.is_open(partition):
            return False
        with self._lock:
            lane = self._lanes[partition]
            if producer is lane.failed or lane.breaker.state is State.CLOSED:
                return False
            lane.breaker.record_success()
            lane.failed = None
            return True
