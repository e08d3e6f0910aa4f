"""The producer of clicks: batches go to partitions, each of which may fail by itself."""

import logging
import time
import zlib
from collections.abc import Sequence
from functools import partial
from typing import Any

from kafka.errors import (
    AuthorizationError,
    ClusterAuthorizationFailedError,
    KafkaError,
    KafkaTimeoutError,
)

from dash_app.brokers import (
    BrokerUnavailable,
    NotAllowed,
    NotAppended,
    OutcomeUnknown,
    Outgoing,
    Place,
)
from dash_app.brokers.kafka.circuit_breaker import CircuitOpen
from dash_app.brokers.kafka.clients import BOOTSTRAP_MS, KafkaClients
from dash_app.brokers.kafka.clock_skew import ClockSkew
from dash_app.brokers.kafka.delivery import Delivery
from dash_app.brokers.kafka.lanes import Lanes
from dash_app.brokers.kafka.producer_internals import (
    NO_LEADER,
    close_producer,
    connect_to_leaders,
    keep_failures_apart,
    leader_of,
    request_leaders,
)
from dash_app.brokers.kafka.producer_supply import ProducerSupply
from dash_app.brokers.kafka.topic import find_or_create_topic
from dash_app.slots import STUCK_SECONDS, Held, NoSlot, Slots

logger = logging.getLogger(__name__)

FORBIDDEN_SECONDS = 1.0
"""How long batches are refused at once after the broker denied the right to write."""

SHARED_SECONDS = 0.1
"""Batches without an identity go to one partition for so long: they share requests."""

ROUND_TRIPS = 8
"""Of so many last deliveries the fastest says how long a healthy broker takes."""


class ClickProducer:
    """Appends batches to a topic; threads that hold one of `slots` wait for the broker.

    A producer with a failed delivery is replaced in the background. Until a delivery to its
    partition has succeeded again, one batch at a time is sent there as a probe, and the others are
    refused at once.
    """

    def __init__(self, clients: KafkaClients, topic: str, slots: Slots) -> None:
        self._clients = clients
        self._topic = topic
        self._slots = slots
        self._supply = ProducerSupply(self._create_producer)
        self._lanes = Lanes()
        self._partitions = 0
        self._log_id = ""
        self._serious_seconds = clients.producer_options["delivery_timeout_ms"] / 3000
        self._round_trips: list[float] = []
        self.clock_skew = ClockSkew()
        self._forbidden_until = 0.0

    def start(self) -> None:
        """Start the thread that creates producers; harmless when repeated."""
        self._supply.start()

    def is_running(self) -> bool:
        """Say whether the thread that creates producers lives."""
        return self._supply.is_running()

    def stop(self, timeout: float) -> None:
        """Deliver the accepted clicks and close the producer; harmless when repeated."""
        self._supply.stop(timeout)

    def append(self, batch: Sequence[Outgoing], deadline: float) -> Sequence[Place]:
        """Return once every click of the batch is acknowledged; see Broker.append."""
        if time.monotonic() < self._forbidden_until:
            raise NotAllowed(f"not allowed to write to topic {self._topic}")
        stuck_seconds = STUCK_SECONDS + min(self._round_trips, default=0)
        lane = self._choose_partition(batch, self._partitions, stuck_seconds)
        # A delivery has at least a third of the time: one that is cut short says nothing.
        latest_start = (time.monotonic() + 2 * deadline) / 3
        try:
            with (
                self._slots.hold(latest_start, lane, stuck_seconds, may_give_up=True) as held,
                self._supply.lease(min(latest_start, held.patience())) as producer,
            ):
                partition = self._find_partition(producer, batch, lane)
                with self._lanes.enter(partition, producer):
                    return self._deliver(Delivery(producer, partition), batch, held, deadline)
        except NoSlot as error:
            raise NotAppended("the broker is slow, and no more requests may wait for it") from error
        except CircuitOpen as error:
            raise NotAppended(str(error)) from error

    def _choose_partition(
        self, batch: Sequence[Outgoing], partitions: int, stuck_seconds: float
    ) -> int | None:
        """Return where the batch goes if there are so many partitions; None if there are none."""
        if not partitions:
            return None
        if identity := batch[0].identity:
            # All clicks of a client are in one partition, where their repeats are recognised.
            return zlib.crc32(identity.client.encode()) % partitions
        first = int(time.monotonic() / SHARED_SECONDS)
        choices = [(first + step) % partitions for step in range(partitions)]
        for partition in choices:
            if self._lanes.is_open(partition) and not self._slots.is_stuck(
                partition, stuck_seconds
            ):
                return partition
        return choices[0]

    def _find_partition(self, producer: Any, batch: Sequence[Outgoing], lane: int | None) -> int:
        """Return the batch's partition, which has a leader. Raises NotAppended."""
        try:
            partitions = len(producer.partitions_for(self._topic))
        except KafkaError as error:
            reason = f"no partitions of topic {self._topic} are known: {error!r}"
            logger.warning("%s", reason)
            self._supply.withdraw(producer, reason)
            raise NotAppended(reason) from error
        if lane is None or partitions != self._partitions:
            self._partitions = partitions
            lane = self._choose_partition(batch, partitions, STUCK_SECONDS)
        leader = leader_of(producer, self._topic, lane)
        if leader is None:
            # The topic was deleted or created again since the partitions were read.
            self._supply.replace(producer)
        if leader in {None, NO_LEADER}:
            request_leaders(producer)
            raise NotAppended(f"partition {lane} of topic {self._topic} has no leader now")
        return lane or 0

    def _deliver(
        self, delivery: Delivery, batch: Sequence[Outgoing], held: Held, deadline: float
    ) -> Sequence[Place]:
        producer, partition, futures = delivery.producer, delivery.partition, delivery.futures
        sent = delivery.sent_ms / 1000
        try:
            delivery.send(batch, self._topic, self._log_id, held.free)
            records = list(delivery.records(deadline, held.patience))
            self.clock_skew.note(sent, records[-1].timestamp / 1000, time.time())
        except NoSlot as error:
            # That the broker takes a moment says nothing yet.
            futures[-1].add_errback(partial(self._record_failure, producer, partition))
            raise OutcomeUnknown("the broker does not answer, and readers need threads") from error
        except (KafkaError, ValueError) as error:
            # ValueError: the topic was deleted or created again since the partitions were read.
            if is_denied(error):
                self._forbidden_until = time.monotonic() + FORBIDDEN_SECONDS
                # An idempotent producer that was denied the right once does not ask again.
                self._supply.withdraw(producer)
                if not all_were_denied(futures, deadline):
                    raise OutcomeUnknown(f"denied in the middle of a batch: {error!r}") from error
                raise NotAllowed(f"not allowed to write to topic {self._topic}") from error
            # A wait that was cut short says nothing about the broker.
            waited = time.monotonic() - delivery.began
            if not isinstance(error, KafkaTimeoutError) or waited > self._serious_seconds:
                self._record_failure(producer, partition, error)
            if not futures:
                raise NotAppended(f"nothing was sent to topic {self._topic}: {error!r}") from error
            raise OutcomeUnknown(f"no answer for topic {self._topic}: {error!r}") from error
        self._record_round_trip(time.monotonic() - delivery.began)
        if self._lanes.record_success(partition, producer):
            logger.info("partition %s acknowledges clicks again", partition)
        return [Place(partition, record.offset) for record in records]

    def _record_round_trip(self, seconds: float) -> None:
        self._round_trips = [*self._round_trips[1 - ROUND_TRIPS :], seconds]

    def _record_failure(self, producer: Any, partition: int, error: Exception) -> None:
        if self._lanes.record_failure(partition, producer):
            logger.warning(
                "a delivery to topic %s, partition %s failed: %r", self._topic, partition, error
            )
            self._supply.replace(producer)

    def _create_producer(self) -> Any:
        # The topic first: on a producer's request a broker may create it with other settings.
        admin = self._clients.admin()
        try:
            self._log_id = find_or_create_topic(admin, self._topic, self._clients.new_topic).id
        finally:
            admin.close()
        began = time.monotonic()
        producer = self._clients.producer()
        try:
            self._partitions = len(_first_partitions(producer, self._topic))
        except KafkaError as error:
            close_producer(producer, 0)
            raise BrokerUnavailable(f"no partitions of topic {self._topic}: {error!r}") from error
        keep_failures_apart(producer)
        connect_to_leaders(producer, self._topic)
        self._record_round_trip(time.monotonic() - began)
        return producer


def all_were_denied(futures: Sequence[Any], deadline: float) -> bool:
    """Return whether the broker denied the right to write each of the records by `deadline`.

    The right may be taken away in the middle of a batch, of which the beginning is then durable.
    """
    for future in futures:
        try:
            future.get(max(0, deadline - time.monotonic()))
        except KafkaError as error:
            if not is_denied(error):
                return False
        else:
            return False
    return True


def _first_partitions(producer: Any, topic: str) -> Any:
    # max_block_ms is for requests; a new connection to a broker far away takes several round trips.
    deadline = time.monotonic() + BOOTSTRAP_MS / 1000
    while True:
        try:
            return producer.partitions_for(topic)
        except KafkaTimeoutError:
            if time.monotonic() >= deadline:
                raise


def is_denied(error: Exception) -> bool:
    """Return whether the account has no right to write."""
    # If it gets no producer id, kafka-python raises a bare KafkaError with the reason as its text.
    return isinstance(error, AuthorizationError) or (
        ClusterAuthorizationFailedError.__name__ in str(error)
    )
