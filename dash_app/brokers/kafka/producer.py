"""Appending to the topic: one producer for all threads, replaced when a delivery has failed."""

import contextlib
import logging
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from kafka.errors import AuthorizationError, ClusterAuthorizationFailedError, KafkaError

from dash_app.brokers import BrokerUnavailable, NotAllowed, NotAppended, OutcomeUnknown, Outgoing
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.topic import find_or_make
from dash_app.counting.records import CLICK_ID_HEADER, encode, encode_identity
from dash_app.slots import NoSlot, Slots

log = logging.getLogger(__name__)

FIRST_BACKOFF_SECONDS = 0.05
LAST_BACKOFF_SECONDS = 0.5

LOOK_UP_SECONDS = 0.5

FORBIDDEN_SECONDS = 1.0
"""After a refusal to let us write, the broker is asked again after so long."""


class KafkaAppender:
    """Appends batches while at most `slots` threads wait for the broker.

    After a failed delivery the producer is replaced by a thread of its own, since an idempotent
    producer never recovers from one. Until a delivery has succeeded again, one batch at a time is
    let through as the probe, and the others are refused at once.
    """

    def __init__(self, clients: KafkaClients, topic: str, slots: int) -> None:
        self._clients = clients
        self._topic = topic
        self._changed = threading.Condition()
        self._slots = Slots(slots)
        self._producer: Any = None
        self._retired: Any = None
        self._away: str | None = None
        self._suspect = False
        self._probing = False
        self._forbidden_until = 0.0
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread that makes producers; harmless when repeated."""
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="clicks-producer", daemon=True)
            thread.start()
            self._thread = thread

    def is_running(self) -> bool:
        """Say whether the thread that makes producers lives."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self, timeout: float) -> None:
        """Deliver what was accepted and close the producer; harmless when repeated."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                # While it looks for a broker there is nothing to deliver: no reason to worry.
                level = logging.WARNING if self._producer is not None else logging.DEBUG
                log.log(level, "the producer did not end within %s s", timeout)

    def append(self, batch: Sequence[Outgoing], deadline: float) -> None:
        """Return once every click of the batch is acknowledged; see Broker.append."""
        if time.monotonic() < self._forbidden_until:
            raise NotAllowed(f"not allowed to write to topic {self._topic}")
        try:
            with self._slots.hold(deadline), self._turn(deadline) as producer:
                self._deliver(producer, batch, deadline)
        except NoSlot as error:
            raise NotAppended("the broker is slow and enough requests wait for it") from error

    @contextlib.contextmanager
    def _turn(self, deadline: float) -> Iterator[Any]:
        """Lend the producer to a delivery, or refuse it while the broker is known to be away."""
        with self._changed:
            while self._producer is None:
                left = deadline - time.monotonic()
                if self._away or self._stopping or left <= 0 or not self.is_running():
                    raise NotAppended(self._away or "there is no producer yet")
                self._changed.wait(left)
            if self._suspect and self._probing:
                raise NotAppended("the broker was away, and a first click is on its way to it")
            producer, probe = self._producer, self._suspect
            self._probing = self._probing or probe
        try:
            yield producer
        finally:
            if probe:
                with self._changed:
                    self._probing = False

    def _deliver(self, producer: Any, batch: Sequence[Outgoing], deadline: float) -> None:
        futures: list[Any] = []
        try:
            partitions = len(producer.partitions_for(self._topic))
            # When one cannot be sent, those before it stay in the list: they were handed over.
            futures.extend(self._send(producer, outgoing, partitions) for outgoing in batch)
            for future in futures:
                future.get(max(0, deadline - time.monotonic()))
        except (KafkaError, ValueError) as error:
            # ValueError: the topic was deleted, or made anew, since its partitions were looked up.
            if _is_refusal(error):
                self._forbid(producer)
                raise NotAllowed(f"not allowed to write to topic {self._topic}") from error
            self._failed(producer, error)
            if not futures:
                raise NotAppended(f"nothing was sent to topic {self._topic}: {error!r}") from error
            raise OutcomeUnknown(f"no answer for topic {self._topic}: {error!r}") from error
        self._succeeded(producer)

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
            # One client's clicks share a partition, so that a repeat meets what it repeats.
            partition=zlib.crc32(key) % partitions,
        )

    def _succeeded(self, producer: Any) -> None:
        with self._changed:
            if producer is self._producer and self._suspect:
                self._suspect = False
                log.info("the broker acknowledges clicks again")

    def _forbid(self, producer: Any) -> None:
        with self._changed:
            self._forbidden_until = time.monotonic() + FORBIDDEN_SECONDS
            if producer is self._producer:
                # An idempotent producer that was refused once does not ask again.
                self._producer, self._retired = None, producer
                self._changed.notify_all()

    def _failed(self, producer: Any, error: Exception) -> None:
        with self._changed:
            if producer is self._producer:
                log.warning("a delivery to topic %s failed: %r", self._topic, error)
                self._away = "the broker does not acknowledge clicks"
                self._suspect = True
                self._producer = None
                self._retired = producer
                self._changed.notify_all()

    def _run(self) -> None:
        backoff = FIRST_BACKOFF_SECONDS
        while True:
            with self._changed:
                while self._producer is not None and not self._stopping:
                    # A thread that is told to die notices only between two calls.
                    self._changed.wait(LOOK_UP_SECONDS)
                if self._stopping:
                    break
                retired, self._retired = self._retired, None
            _close(retired, 0)
            try:
                producer = self._connect()
            except BrokerUnavailable as error:
                self._report_away(str(error))
                backoff = min(2 * backoff, LAST_BACKOFF_SECONDS)
            except Exception as error:
                log.exception("making a producer failed")
                self._report_away(f"making a producer failed: {error!r}")
                backoff = LAST_BACKOFF_SECONDS
            else:
                backoff = FIRST_BACKOFF_SECONDS
                with self._changed:
                    self._producer, self._away = producer, None
                    self._changed.notify_all()
                continue
            with self._changed:
                self._changed.wait_for(lambda: self._stopping, backoff)
        _close(self._producer, 1)
        _close(self._retired, 0)

    def _report_away(self, reason: str) -> None:
        with self._changed:
            if self._away != reason:
                log.warning("clicks are refused: %s", reason)
            self._away = reason
            self._changed.notify_all()

    def _connect(self) -> Any:
        # The topic first: a producer that asks for one that is missing may have the broker make
        # it with settings that are not ours.
        admin = self._clients.admin()
        try:
            find_or_make(admin, self._topic)
        finally:
            admin.close()
        producer = self._clients.producer()
        try:
            producer.partitions_for(self._topic)
        except KafkaError as error:
            _close(producer, 0)
            raise BrokerUnavailable(f"no partitions of topic {self._topic}: {error!r}") from error
        return producer


def _is_refusal(error: Exception) -> bool:
    # For want of a producer id kafka-python raises the plain KafkaError, with the reason as text.
    return isinstance(error, AuthorizationError) or (
        ClusterAuthorizationFailedError.__name__ in str(error)
    )


def _close(producer: Any, timeout: float) -> None:
    """Close a producer within `timeout` seconds or so, whatever state it is in."""
    if producer is None:
        return
    try:
        producer.close(timeout)
    except KafkaError as error:
        # It flushes first; when that fails its thread runs on, and it raises again at exit.
        log.debug("closing a producer by force: %r", error)
        with contextlib.suppress(KafkaError):
            producer._sender.force_close()
            producer._sender.join(timeout=1)
            producer.close(0)
