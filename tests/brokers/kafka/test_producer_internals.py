"""What the site relies on inside kafka-python's producer: its names and its effects."""

import inspect
import threading
from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.errors import KafkaTimeoutError
from kafka.net.compat import KafkaNetClient
from kafka.producer.producer_batch import ProducerBatch
from kafka.producer.record_accumulator import RecordAccumulator
from kafka.producer.sender import Sender

from dash_app.brokers.kafka.producer_internals import (
    NO_LEADER,
    close_producer,
    connect_to_leaders,
    keep_failures_apart,
    leader_of,
    request_leaders,
)
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import grow
from tests.waiting import eventually


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (Sender.force_close, ["self"]),
        (Sender._get_expired_inflight_batches, ["self", "now"]),
        (RecordAccumulator.expired_batches, ["self", "now"]),
        (ProducerBatch.in_retry, ["self"]),
        (KafkaNetClient.is_ready, ["self", "node_id"]),
    ],
)
def test_a_private_function_has_the_parameters_that_the_site_passes(
    function: Callable[..., Any], parameters: list[str]
) -> None:
    assert list(inspect.signature(function).parameters) == parameters


def test_a_producer_has_a_sender_which_is_a_thread() -> None:
    assert "_sender" in KafkaProducer.__init__.__code__.co_names
    assert issubclass(Sender, threading.Thread)


def test_a_producer_whose_broker_hangs_is_closed_with_its_thread(kafka: Broker, topic: str) -> None:
    kafka.create_topic(topic)
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    producer.send(topic, b"value").get(10)
    kafka.pause()
    producer.send(topic, b"value")

    close_producer(producer, 0)

    eventually(lambda: not producer._sender.is_alive(), 5, "the thread of the producer lives on")


def test_a_producer_knows_who_leads_and_connects_to_it(kafka: Broker, topic: str) -> None:
    kafka.create_topic(topic, partitions=2)
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    try:
        assert producer.partitions_for(topic) == {0, 1}
        leader = leader_of(producer, topic, 1)
        assert leader not in {None, NO_LEADER}
        assert leader_of(producer, topic, 2) is None

        connect_to_leaders(producer, topic)

        assert producer._sender._client.is_ready(leader)
    finally:
        close_producer(producer, 0)


def test_a_producer_that_is_told_so_learns_of_new_partitions(kafka: Broker, topic: str) -> None:
    kafka.create_topic(topic)
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    try:
        assert producer.partitions_for(topic) == {0}
        grow(kafka, topic, 2)

        def knows_both() -> bool:
            request_leaders(producer)
            return leader_of(producer, topic, 1) is not None

        eventually(knows_both, 5, "the producer does not look")
    finally:
        close_producer(producer, 0)


def test_an_expired_delivery_does_not_end_the_others(kafka: Broker, topic: str) -> None:
    kafka.create_topic(topic)
    producer = KafkaProducer(
        bootstrap_servers=kafka.bootstrap,
        delivery_timeout_ms=1500,
        request_timeout_ms=1000,
        max_in_flight_requests_per_connection=1,
    )
    keep_failures_apart(producer)
    try:
        producer.send(topic, b"first").get(10)
        kafka.pause()
        # Long enough for one try, which times out, and for the batch to expire meanwhile.
        with pytest.raises(KafkaTimeoutError):
            producer.send(topic, b"expires").get(5)
        kafka.resume()

        producer.send(topic, b"later").get(10)
    finally:
        close_producer(producer, 0)
