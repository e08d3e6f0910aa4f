"""The supply of producers: one for all threads, replaced in the background when it is in doubt."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from dash_app.brokers import BrokerUnavailable, NotAppended
from dash_app.brokers.kafka.producer_internals import close_producer

logger = logging.getLogger(__name__)

FIRST_BACKOFF_SECONDS = 0.05
LAST_BACKOFF_SECONDS = 0.5

WAKE_INTERVAL_SECONDS = 0.5


class _Stock:
    """A producer and how many deliveries use it."""

    def __init__(self, producer: Any) -> None:
        self.producer = producer
        self.leases = 0
        self.is_in_doubt = False


class ProducerSupply:
    """Lends the newest producer; a thread creates it, and another one when it is in doubt.

    A producer that was replaced is closed when its last delivery is over.
    """

    def __init__(self, create: Callable[[], Any]) -> None:
        self._create = create
        self._changed = threading.Condition()
        self._current: _Stock | None = None
        self._replaced: list[_Stock] = []
        self._unavailable_reason: str | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread that creates producers; harmless when repeated."""
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="clicks-producer", daemon=True)
            thread.start()
            self._thread = thread

    def is_running(self) -> bool:
        """Say whether the thread that creates producers lives."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self, timeout: float) -> None:
        """Deliver the accepted clicks and close the producers; harmless when repeated."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                # Without a producer there is nothing to deliver: no reason to warn.
                level = logging.WARNING if self._current is not None else logging.DEBUG
                logger.log(level, "the producer did not end within %s s", timeout)

    @contextlib.contextmanager
    def lease(self, deadline: float) -> Iterator[Any]:
        """Lend the producer to one delivery. Raises NotAppended while there is none."""
        with self._changed:
            stock = self._wait_for_producer(deadline)
            stock.leases += 1
        try:
            yield stock.producer
        finally:
            with self._changed:
                stock.leases -= 1
                if stock is not self._current:
                    self._changed.notify_all()

    def replace(self, producer: Any) -> None:
        """Have another one created; until then this one is lent."""
        with self._changed:
            if self._current is not None and self._current.producer is producer:
                self._current.is_in_doubt = True
                self._changed.notify_all()

    def withdraw(self, producer: Any, reason: str | None = None) -> None:
        """Lend this one no more; `reason` is why nothing is appended until there is another."""
        with self._changed:
            if self._current is not None and self._current.producer is producer:
                self._unavailable_reason = reason
                self._put_away()

    def _put_away(self) -> None:
        if self._current is not None:
            self._replaced.append(self._current)
        self._current = None
        self._changed.notify_all()

    def _wait_for_producer(self, deadline: float) -> _Stock:
        while self._current is None:
            left = deadline - time.monotonic()
            if self._unavailable_reason or self._stopping or left <= 0 or not self.is_running():
                raise NotAppended(self._unavailable_reason or "there is no producer yet")
            self._changed.wait(left)
        return self._current

    def _run(self) -> None:
        backoff = FIRST_BACKOFF_SECONDS
        while self._wait_until_needed():
            try:
                producer = self._create()
            except BrokerUnavailable as error:
                self._report_unavailable(str(error))
                backoff = min(2 * backoff, LAST_BACKOFF_SECONDS)
            except Exception as error:
                logger.exception("creating a producer failed")
                self._report_unavailable(f"creating a producer failed: {error!r}")
                backoff = LAST_BACKOFF_SECONDS
            else:
                backoff = FIRST_BACKOFF_SECONDS
                with self._changed:
                    self._put_away()
                    self._current, self._unavailable_reason = _Stock(producer), None
                continue
            with self._changed:
                self._changed.wait_for(lambda: self._stopping, backoff)
        self._close_all()

    def _wait_until_needed(self) -> bool:
        """Return True once another producer is needed, False when the thread has to end."""
        while True:
            with self._changed:
                if self._stopping:
                    return False
                idle = [stock for stock in self._replaced if not stock.leases]
                self._replaced = [stock for stock in self._replaced if stock.leases]
                is_needed = self._current is None or self._current.is_in_doubt
                if not idle and not is_needed:
                    # An exception raised in a thread from outside arrives only between two calls.
                    self._changed.wait(WAKE_INTERVAL_SECONDS)
            for stock in idle:
                close_producer(stock.producer, 0)
            if is_needed:
                return True

    def _close_all(self) -> None:
        if self._current is not None:
            close_producer(self._current.producer, 1)
        for stock in self._replaced:
            close_producer(stock.producer, 0)

    def _report_unavailable(self, reason: str) -> None:
        with self._changed:
            if self._unavailable_reason != reason:
                logger.warning("clicks are refused: %s", reason)
            self._unavailable_reason = reason
            self._changed.notify_all()
