"""A range of a topic that cannot be counted to its end: an error says why, within seconds."""

import time
from collections.abc import Callable

import pytest
from kafka import KafkaAdminClient, TopicPartition

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.brokers.kafka import topic_reader
from dash_app.brokers.selection import open_range
from dash_app.counting.archive import RangeCounting
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import click, produce
from tests.brokers.kafka.test_audit import topic_id
from tests.brokers.ranges import LIMIT, count
from tests.counting.memory_range import totals_of

D = 50

MakeSettings = Callable[..., Settings]


def test_a_topic_that_was_created_again_is_another_log(
    kafka: Broker, topic: str, kafka_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topic_reader, "STALLED_SECONDS", 1)
    settings = kafka_settings()
    since = int(time.time()) - 60
    kafka.create_topic(topic)
    produce(kafka, topic, [click()] * 5)
    before = count(settings, since, since + 120)
    with open_range(settings, since, since + 120) as log:
        kafka.delete_topic(topic)
        kafka.create_topic(topic, partitions=2)
        produce(kafka, topic, [click("hate")])
        with pytest.raises(LogReplaced, match=f"topic {topic} .*; try again"):
            list(RangeCounting(log, since, since + 120, D, LIMIT))
    after = count(settings, since, since + 120)

    assert totals_of(before) == {"cheers": 5}
    assert (totals_of(after), after.as_of) == ({"hate": 1}, {0: 1, 1: 0})
    assert before.log_id != after.log_id == topic_id(kafka, topic)


def test_a_broker_that_freezes_or_dies_while_it_is_read_ends_the_counting(
    kafka: Broker, topic: str, kafka_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topic_reader, "STALLED_SECONDS", 1)
    kafka.create_topic(topic)
    produce(kafka, topic, [click()] * 5)
    since = int(time.time()) - 60
    for harm in (kafka.pause, kafka.kill):
        with open_range(kafka_settings(), since, since + 120) as log:
            harm()
            began = time.monotonic()
            counting = RangeCounting(log, since, since + 120, D, LIMIT)
            # It says that it goes on while it waits, so whoever asked can leave.
            assert [next(counting) for _ in range(3)] == [0.0] * 3
            assert time.monotonic() - began < 1
            with pytest.raises(BrokerUnavailable, match="could be read at offset 0 for 1 s"):
                list(counting)
            assert time.monotonic() - began < 15
        kafka.resume() if harm == kafka.pause else kafka.start()


def test_a_topic_that_does_not_exist_is_named_and_not_created(
    kafka: Broker, topic: str, kafka_settings: MakeSettings
) -> None:
    with pytest.raises(BrokerUnavailable, match=f"there is no topic {topic} at {kafka.bootstrap}"):
        count(kafka_settings(), 0, 10)
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        assert topic not in admin.list_topics()


def test_records_that_are_deleted_while_they_are_read_end_the_counting(
    kafka: Broker, topic: str, kafka_settings: MakeSettings
) -> None:
    kafka.create_topic(topic)
    produce(kafka, topic, [click()] * 5)
    since = int(time.time()) - 60
    with open_range(kafka_settings(), since, since + 120) as log:
        with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
            admin.delete_records({TopicPartition(topic, 0): 4})
        with pytest.raises(LogReplaced, match=f"topic {topic} lost records while it was read; try"):
            list(RangeCounting(log, since, since + 120, D, LIMIT))
    found = count(kafka_settings(), since, since + 120)

    assert (found.whole, found.whole_from, totals_of(found)) == (False, None, {"cheers": 1})
