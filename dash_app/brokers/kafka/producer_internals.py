"""All that the site relies on inside kafka-python's producer beyond its documented interface.

`tests/brokers/kafka/test_producer_internals.py` fails where a release changes any of it.
"""

import contextlib
import functools
import logging
from collections.abc import Callable
from typing import Any

from kafka.errors import KafkaError
from kafka.structs import TopicPartition

from dash_app.brokers.kafka.connections import connect_to

logger = logging.getLogger(__name__)

SENDER_SECONDS = 1.0
"""How long a producer's thread may take to end once it was closed by force."""

NO_LEADER = -1
"""The leader of a partition that has none."""


def close_producer(producer: Any, timeout: float) -> None:
    """Close a producer within `timeout` seconds or so, whatever state it is in."""
    try:
        producer.close(timeout)
    except KafkaError as error:
        # It flushes first; if that fails, its thread runs on, and it raises again at exit.
        logger.debug("closing a producer by force: %r", error)
        with contextlib.suppress(KafkaError):
            producer._sender.force_close()
            producer._sender.join(timeout=SENDER_SECONDS)
            producer.close(0)


def keep_failures_apart(producer: Any) -> None:
    """Have a delivery that expires fail alone, and those to other partitions go on.

    kafka-python would give up the producer's identity and never ask for another one, so that
    nothing is delivered any more. The partition of the failed delivery needs another producer.
    """
    for owner, name in (
        (producer._accumulator, "expired_batches"),
        (producer._sender, "_get_expired_inflight_batches"),
    ):
        setattr(owner, name, functools.partial(_forget_retries, getattr(owner, name)))


def _forget_retries(expired_batches: Callable[..., list[Any]], now: float | None = None) -> Any:
    batches = expired_batches(now=now)
    for batch in batches:
        batch._retry = False
    return batches


def leader_of(producer: Any, topic: str, partition: int | None) -> int | None:
    """Return the broker that leads a partition as far as the producer knows, or NO_LEADER.

    None is returned for a partition that does not exist.
    """
    leader: int | None = producer._metadata.leader_for_partition(TopicPartition(topic, partition))
    return leader


def request_leaders(producer: Any) -> None:
    """Have the producer look soon who leads the partitions, without waiting for it."""
    producer._metadata.request_update()
    producer._sender.wakeup()


def connect_to_leaders(producer: Any, topic: str) -> None:
    """Connect to all leaders of a topic, so that no delivery waits for that; see connect_to."""
    numbers = producer._metadata.partitions_for_topic(topic) or ()
    leaders = {leader_of(producer, topic, number) for number in numbers}
    connect_to(
        producer._sender._client, [one for one in leaders if one not in {None, NO_LEADER}], all
    )
