"""A broker that does not answer delays no look-up at the others for long."""

import contextlib
import inspect
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.cluster import ClusterMetadata
from kafka.consumer.fetcher import Fetcher
from kafka.net.manager import KafkaConnectionManager

from dash_app.brokers.kafka.clients import REQUEST_MS, KafkaClients
from dash_app.brokers.kafka.lookups import LATEST, LeaderSilent, describe_topic, offsets_at
from dash_app.settings import Settings
from tests.brokers.kafka.pair import Pair

LOOK_UP_SECONDS = 1.0


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (Fetcher.offsets_by_times, ["self", "timestamps", "timeout_ms"]),
        (Fetcher._fetch_offsets_by_times_async, ["self", "timestamps", "timeout_ms"]),
        (ClusterMetadata.leader_for_partition, ["self", "partition"]),
        (ClusterMetadata.request_update, ["self"]),
        (KafkaConnectionManager.call_soon, ["self", "coro", "args"]),
        (KafkaAdminClient._get_cluster_metadata, ["self", "topics"]),
    ],
)
def test_a_private_function_has_the_parameters_that_the_site_passes(
    function: Callable[..., Any], parameters: list[str]
) -> None:
    assert list(inspect.signature(function).parameters) == parameters


@pytest.fixture
def clients(
    pair: Pair, topic: str, kafka_settings: Callable[..., Settings]
) -> Iterator[KafkaClients]:
    """Clients of a topic whose partition 0 is on the second broker, which a test may freeze."""
    pair.create_topic(topic, 3)
    try:
        yield KafkaClients(kafka_settings(kafka_bootstrap_servers=pair.bootstrap))
    finally:
        pair.second.resume()


def test_one_silent_leader_is_told_at_once_and_by_its_partition(
    pair: Pair, topic: str, clients: KafkaClients
) -> None:
    topics = [TopicPartition(topic, number) for number in range(3)]
    with contextlib.closing(clients.consumer()) as consumer:
        assert offsets_at(consumer, topics, LATEST) == dict.fromkeys(topics, 0)
        pair.second.pause()
        began = time.monotonic()
        with pytest.raises(LeaderSilent, match="the leader of partition 0 does not answer"):
            offsets_at(consumer, topics, LATEST)
        assert offsets_at(consumer, topics[1:], LATEST) == dict.fromkeys(topics[1:], 0)
        assert time.monotonic() - began < LOOK_UP_SECONDS


def test_a_topic_is_described_by_a_broker_that_answers(
    pair: Pair, topic: str, clients: KafkaClients
) -> None:
    with contextlib.closing(clients.admin()) as admin:
        # Only a broker to which there is a connection is asked for a description.
        for broker in "12":
            admin.describe_configs([ConfigResource(ConfigResourceType.BROKER, broker)])
        pair.second.pause()
        slowest = 0.0
        # Either broker is as likely to be asked: one in a million runs would see only the first.
        for _ in range(20):
            began = time.monotonic()
            assert len(describe_topic(admin, topic)["partitions"]) == 3
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < LOOK_UP_SECONDS < REQUEST_MS / 1000
