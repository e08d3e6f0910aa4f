"""A topic that a site creates is what the settings want, and the log says so in true sentences."""

import logging
from collections.abc import Callable

import pytest
from kafka import KafkaAdminClient

from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.conftest import MakeSite
from tests.brokers.kafka.records import settings_of
from tests.sites import open_site


def test_a_new_topic_has_the_partitions_and_the_retention_of_the_settings(
    kafka: Broker, topic: str, make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    site = make_site(
        kafka_topic_partitions=3, kafka_topic_replicas=1, kafka_topic_retention_hours=48
    )
    assert site.click({"type": "cheers"}).status_code == 200

    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        (described,) = admin.describe_topics([topic])
    assert [len(partition["replica_nodes"]) for partition in described["partitions"]] == [1] * 3
    assert settings_of(kafka, topic)["retention.ms"] == str(48 * 3600 * 1000)
    assert f"created topic {topic}; replicas: 1" in caplog.text
    assert "another program" not in caplog.text
    assert f"topic {topic} forgets clicks after 172800000 ms" in site.ask("GET", "/readyz").text


def test_more_replicas_than_brokers_are_refused_with_the_way_out(
    kafka_settings: Callable[..., Settings], topic: str
) -> None:
    with open_site(kafka_settings(kafka_topic_replicas=3)) as site:
        site.service.start()
        site.wait_for_reason(f"there are too few brokers for topic {topic}")
        site.wait_for_reason("look at KAFKA_TOPIC_REPLICAS")
