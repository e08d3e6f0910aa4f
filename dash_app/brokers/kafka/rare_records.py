"""Appends records that come rarely, with a producer that lives no longer than that."""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from kafka.errors import KafkaError

from dash_app.brokers import BrokerUnavailable, NotAllowed, NotAppended, OutcomeUnknown, Place
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.producer import is_denied
from dash_app.brokers.kafka.producer_internals import close_producer


class RareRecord(NamedTuple):
    """A record to be appended; without a `partition` its key decides."""

    key: bytes
    value: bytes | None
    partition: int | None = None


def append_rarely(
    clients: KafkaClients, topic: str, records: Sequence[RareRecord], deadline: float
) -> Sequence[Place]:
    """Return the places of the records once all replicas in sync have them, in their order.

    No producer that was refused a right or lost its broker is left behind. `deadline` is a time of
    the monotonic clock. Raises NotAppended, NotAllowed, OutcomeUnknown.
    """
    try:
        producer = clients.producer()
    except BrokerUnavailable as error:
        raise NotAppended(str(error)) from error
    futures: list[Any] = []
    try:
        futures.extend(
            producer.send(topic, one.value, key=one.key, partition=one.partition) for one in records
        )
        appended = [future.get(max(0, deadline - time.monotonic())) for future in futures]
    except (KafkaError, ValueError) as error:
        if is_denied(error):
            raise NotAllowed(f"not allowed to write to topic {topic}") from error
        if not futures:
            raise NotAppended(f"nothing was sent to {topic}: {error!r}") from error
        raise OutcomeUnknown(f"no answer for topic {topic}: {error!r}") from error
    finally:
        close_producer(producer, 0)
    return [Place(one.partition, one.offset) for one in appended]
