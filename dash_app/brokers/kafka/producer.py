"""The producer of clicks: one for all threads, replaced after a failed delivery."""

import contextlib
import logging
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from kafka.errors import AuthorizationError, ClusterAuthorizationFailedError, KafkaError

from dash_app.brokers import BrokerUnavailable, NotAllowed, NotAppended, OutcomeUnknown, Outgoing
from dash_app.brokers.kafka.circuit_breaker import CircuitBreaker, CircuitOpen, State
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.clock_skew import ClockSkew
from dash_app.brokers.kafka.internals import close_producer
from dash_app.brokers.kafka.topic import find_or_create_topic
from dash_app.counting.records import CLICK_ID_HEADER, encode, encode_identity
from dash_app.slots import NoSlot, Slots

logger = logging.getLogger(__name__)

FIRST_BACKOFF_SECONDS = 0.05
LAST_BACKOFF_SECONDS = 0.5

WAKE_INTERVAL_SECONDS = 0.5

FORBIDDEN_SECONDS = 1.0
"""How long batches are refused at once after the broker denied the right to write."""


class ClickProducer:
    """Appends batches to a topic; at most `slots` threads wait for the broker at a time.

    A background thread replaces the producer after a failed delivery, since an idempotent producer
    never recovers from one. Until a delivery has succeeded again, a circuit breaker lets one batch
    at a time through as the probe, and refuses the others at once.
    """

    def __init__(self, clients: KafkaClients, topic: str, slots: int) -> None:
        self._clients = clients
        self._topic = topic
        self._changed = threading.Condition()
        self._slots = Slots(slots)
        self._producer: Any = None
        self._retired: Any = None
        self._unavailable_reason: str | None = None
        self._breaker = CircuitBreaker()
        self.clock_skew = ClockSkew()
        self._forbidden_until = 0.0
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
        """Deliver the accepted clicks and close the producer; harmless when repeated."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                # Without a producer there is nothing to deliver: no reason to warn.
                level = logging.WARNING if self._producer is not None else logging.DEBUG
                logger.log(level, "the producer did not end within %s s", timeout)

    def append(self, batch: Sequence[Outgoing], deadline: float) -> None:
        """Return once every click of the batch is acknowledged; see Broker.append."""
        if time.monotonic() < self._forbidden_until:
            raise NotAllowed(f"not allowed to write to topic {self._topic}")
        try:
            with self._slots.hold(deadline), self._lease_producer(deadline) as producer:
                self._deliver(producer, batch, deadline)
        except NoSlot as error:
            raise NotAppended("the broker is slow, and no more requests may wait for it") from error

    @contextlib.contextmanager
    def _lease_producer(self, deadline: float) -> Iterator[Any]:
        """Lend the producer to one delivery. Raises NotAppended while the broker is away."""
        with self._changed:
            self._wait_for_producer(deadline)
            try:
                is_probe = self._breaker.acquire()
            except CircuitOpen as error:
                raise NotAppended(
                    "the broker failed a moment ago; one batch tests whether it answers again"
                ) from error
            producer = self._producer
        try:
            yield producer
        finally:
            if is_probe:
                with self._changed:
                    self._breaker.release_probe()

    def _wait_for_producer(self, deadline: float) -> None:
        while self._producer is None:
            left = deadline - time.monotonic()
            if self._unavailable_reason or self._stopping or left <= 0 or not self.is_running():
                raise NotAppended(self._unavailable_reason or "there is no producer yet")
            self._changed.wait(left)

    def _deliver(self, producer: Any, batch: Sequence[Outgoing], deadline: float) -> None:
        futures: list[Any] = []
        sent_at = time.time()
        try:
            partitions = len(producer.partitions_for(self._topic))
            # If one click cannot be sent, `futures` still holds those that were sent before it.
            futures.extend(self._send(producer, outgoing, partitions) for outgoing in batch)
            for future in futures:
                record = future.get(max(0, deadline - time.monotonic()))
                self.clock_skew.note(sent_at, record.timestamp / 1000, time.time())
        except (KafkaError, ValueError) as error:
            # ValueError: the topic was deleted or created again since the partitions were read.
            if _is_denied(error):
                self._record_denial(producer)
                raise NotAllowed(f"not allowed to write to topic {self._topic}") from error
            self._record_failure(producer, error)
            if not futures:
                raise NotAppended(f"nothing was sent to topic {self._topic}: {error!r}") from error
            raise OutcomeUnknown(f"no answer for topic {self._topic}: {error!r}") from error
        self._record_success(producer)

    def _send(self, producer: Any, outgoing: Outgoing, partitions: int) -> Any:
        value = encode(outgoing.click)
        identity = outgoing.identity
        if identity is None:
            return producer.send(self._topic, value)
        key = identity.client.encode()
        return producer.send(
            self._topic,
            value,
            key=key,
            headers=[(CLICK_ID_HEADER, encode_identity(identity))],
            # All clicks of a client are in one partition, where their repeats are recognised.
            partition=zlib.crc32(key) % partitions,
        )

    def _record_success(self, producer: Any) -> None:
        with self._changed:
            if producer is self._producer and self._breaker.state is not State.CLOSED:
                self._breaker.record_success()
                logger.info("the broker acknowledges clicks again")

    def _record_denial(self, producer: Any) -> None:
        with self._changed:
            self._forbidden_until = time.monotonic() + FORBIDDEN_SECONDS
            # An idempotent producer that was denied the right once does not ask again.
            if producer is self._producer:
                self._retire_producer()

    def _record_failure(self, producer: Any, error: Exception) -> None:
        with self._changed:
            if producer is self._producer:
                logger.warning("a delivery to topic %s failed: %r", self._topic, error)
                self._unavailable_reason = "the broker does not acknowledge clicks"
                self._breaker.record_failure()
                self._retire_producer()

    def _retire_producer(self) -> None:
        self._producer, self._retired = None, self._producer
        self._changed.notify_all()

    def _run(self) -> None:
        backoff = FIRST_BACKOFF_SECONDS
        while self._wait_until_needed():
            try:
                producer = self._create_producer()
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
                    self._producer, self._unavailable_reason = producer, None
                    self._breaker.allow_probes()
                    self._changed.notify_all()
                continue
            with self._changed:
                self._changed.wait_for(lambda: self._stopping, backoff)
        if self._producer is not None:
            close_producer(self._producer, 1)
        self._close_retired()

    def _wait_until_needed(self) -> bool:
        """Return True once there is no producer, False when the thread has to end."""
        with self._changed:
            while self._producer is not None and not self._stopping:
                # An exception raised in a thread from outside arrives only between two calls.
                self._changed.wait(WAKE_INTERVAL_SECONDS)
            if self._stopping:
                return False
        self._close_retired()
        return True

    def _close_retired(self) -> None:
        with self._changed:
            retired, self._retired = self._retired, None
        if retired is not None:
            close_producer(retired, 0)

    def _report_unavailable(self, reason: str) -> None:
        with self._changed:
            if self._unavailable_reason != reason:
                logger.warning("clicks are refused: %s", reason)
            self._unavailable_reason = reason
            self._changed.notify_all()

    def _create_producer(self) -> Any:
        # The topic first: on a producer's request a broker may create it with other settings.
        admin = self._clients.admin()
        try:
            find_or_create_topic(admin, self._topic)
        finally:
            admin.close()
        producer = self._clients.producer()
        try:
            producer.partitions_for(self._topic)
        except KafkaError as error:
            close_producer(producer, 0)
            raise BrokerUnavailable(f"no partitions of topic {self._topic}: {error!r}") from error
        return producer


def _is_denied(error: Exception) -> bool:
    # If it gets no producer id, kafka-python raises a bare KafkaError with the reason as its text.
    return isinstance(error, AuthorizationError) or (
        ClusterAuthorizationFailedError.__name__ in str(error)
    )
