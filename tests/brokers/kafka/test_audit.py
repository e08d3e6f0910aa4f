"""The audit of a topic: it counts what the sites count, and says where it cannot."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.brokers.kafka import topic_reader
from dash_app.brokers.kafka.checkpoints import GROUP
from dash_app.brokers.kafka.log import KafkaLog
from dash_app.counting.checkpoint import Checkpoint
from dash_app.counting.counts import Counts
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import NotText, Sent, click, produce
from tests.brokers.kafka.test_foreign_records import UNREADABLE
from tests.ports import free_port
from tests.served import COMMAND, PREFIX, Answer, Served, run_command, serving
from tests.waiting import eventually

UNREAD = [value for value in UNREADABLE if len(value) < 10_000]


def audit(folder: Path, kafka: Broker, topic: str, *urls: str, **variables: object) -> Answer:
    settings = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "KAFKA_TOPIC": topic}
    return run_command(folder, "audit", *urls, **(settings | variables))


@contextlib.contextmanager
def served_on(
    folder: Path, kafka: Broker, topic: str, **variables: object
) -> Iterator[tuple[Served, str]]:
    port = free_port()
    settings = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "KAFKA_TOPIC": topic}
    with serving(folder, port, COMMAND, **(settings | variables)) as served:
        yield served, f"http://127.0.0.1:{port}{PREFIX}"
        assert served.end() == 0


def topic_id(kafka: Broker, topic: str) -> str:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        (described,) = admin.describe_topics([topic])
    return str(described["topic_id"])


def odd_records(partition: int) -> list[Sent]:
    """Return six clicks, of which one is untimely, two duplicates, and what is no click."""
    first, second = b"phone-1:1:0", b"phone-1:1:1"
    names = [
        [("click-id", first)],
        [("click-id", first)],
        [("trace", b"x"), ("click-id", second), ("click-id", first)],
        [(NotText("trace"), b"\xff"), ("click-id", b"phone-1:1:500")],
        [("click-id", b"phone-1:1:500")],
        [("click-id", second)],
    ]
    clicks = [Sent(click("fuck"), headers=headers, partition=partition) for headers in names]
    clicks += [
        Sent(click(), partition=partition),
        Sent(click("cheers", 1.7e9), partition=partition),
    ]
    tombstone = Sent(None, key=b"tombstone", partition=partition)
    return [*clicks, *(Sent(value, partition=partition) for value in UNREAD), tombstone]


@contextlib.contextmanager
def transactions(kafka: Broker, topic: str, name: str) -> Iterator[None]:
    """Commit two cheers, abort two hate, and leave two hate open while inside."""
    with KafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=name) as producer:
        producer.init_transactions()
        for kind, finish in (
            ("cheers", producer.commit_transaction),
            ("fuck", producer.abort_transaction),
            ("fuck", lambda: None),
        ):
            producer.begin_transaction()
            for _ in range(2):
                producer.send(topic, click(kind), partition=2)
            producer.flush()
            finish()
        yield
        producer.abort_transaction()


def test_foreign_hostile_and_repeated_records_are_counted_alike_by_all_processes(
    kafka: Broker, topic: str, tmp_path: Path, unique_name: str
) -> None:
    kafka.create_topic(topic, partitions=4)
    with served_on(tmp_path, kafka, topic, WEB_PROCESSES=2) as (served, url):
        produce(kafka, topic, odd_records(0) + odd_records(1))
        for seq in (1, 2, 1, 2):
            served.click({"client": "phone-2", "seq": seq, "clicks": [{"type": "cheers"}] * 10})
        with transactions(kafka, topic, unique_name):
            served.wait_for_totals(26, 8)
            done = audit(tmp_path, kafka, topic, url)

    unread = 2 * (len(UNREAD) + 1)
    rows = [line.split() for line in done.text.splitlines() if line.strip().startswith("all")]
    assert done.status == 0, done.text
    assert rows == [["all", str(16 + 40 + 2 + unread), "26", "8", "24", str(unread), "2"]]
    assert f"log {topic_id(kafka, topic)}, D = 100,000" in done.text
    assert f"equal: {url}: cheers 26, hate 8 as of " in done.text
    assert "unreadable in partition 1: 1 no value, " in done.text
    assert "unreadable in all: 2 no value, " in done.text
    assert "fuck" not in done.text


def test_without_its_head_a_topic_is_unverifiable_before_the_named_offset(
    kafka: Broker, topic: str, tmp_path: Path
) -> None:
    kafka.create_topic(topic, partitions=2)
    produce(kafka, topic, [Sent(click(), partition=n % 2) for n in range(12)])
    with served_on(tmp_path, kafka, topic) as (served, url):
        served.wait_for_totals(12)
        with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
            admin.delete_records({TopicPartition(topic, 1): 4})
        done = [audit(tmp_path, kafka, topic, url), audit(tmp_path, kafka, topic)]

    for one in done:
        assert one.status == 3, one.text
        assert "partition 1 is unverifiable before offset 4" in one.text
        assert "partition 0 is unverifiable" not in one.text
        assert "      all        8       8     0" in one.text
    assert f"unverifiable: {url}: cheers 12, hate 0 as of 0:6 1:6; the log has cheers 8" in (
        done[0].text
    )


def test_a_site_that_believes_a_forged_checkpoint_is_a_difference(
    kafka: Broker, topic: str, tmp_path: Path
) -> None:
    kafka.create_topic(topic)
    produce(kafka, topic, [click()] * 5)
    forged = Checkpoint(3, topic_id(kafka, topic), 100_000, Counts({"cheers": 2, "hate": 1}))
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        stated = OffsetAndMetadata(3, forged.metadata(), -1)
        admin.alter_group_offsets(GROUP, {TopicPartition(topic, 0): stated})
    with served_on(tmp_path, kafka, topic) as (served, url):
        served.wait_for_totals(4, 1)
        done = audit(tmp_path, kafka, topic, url)

    assert done.status == 1, done.text
    assert (
        f"DIFFERENT: {url}: cheers 4, hate 1 as of 0:5; the log has cheers 5, hate 0" in done.text
    )


def test_another_width_of_the_memory_is_a_difference(
    kafka: Broker, topic: str, tmp_path: Path
) -> None:
    kafka.create_topic(topic)
    once = Sent(click(), headers=[("click-id", b"phone-1:1:0")])
    produce(kafka, topic, [once, *[click("fuck")] * 5, once])
    with served_on(tmp_path, kafka, topic, DEDUP_OFFSETS=2) as (served, url):
        served.wait_for_totals(2, 5)
        assert audit(tmp_path, kafka, topic, url, DEDUP_OFFSETS=2).status == 0
        assert audit(tmp_path, kafka, topic, url).status == 1


def test_a_topic_that_does_not_exist_is_named_and_not_created(
    kafka: Broker, topic: str, tmp_path: Path
) -> None:
    done = audit(tmp_path, kafka, topic)

    assert done.status == 2
    assert done.text == f"Error: there is no topic {topic} at {kafka.bootstrap}\n"
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        assert topic not in admin.list_topics()


def test_a_broker_that_is_stopped_or_frozen_is_named_within_seconds(
    kafka: Broker, topic: str, tmp_path: Path
) -> None:
    kafka.pause()
    for servers in (kafka.bootstrap, f"127.0.0.1:{free_port()}"):
        began = time.monotonic()
        done = audit(tmp_path, kafka, topic, KAFKA_BOOTSTRAP_SERVERS=servers)

        assert time.monotonic() - began < 20
        assert done.status == 2
        assert done.text.startswith(f"Error: no broker answered at {servers}")
        assert len(done.text.splitlines()) == 1


def test_a_broker_that_freezes_while_it_is_read_is_given_up(
    kafka: Broker,
    topic: str,
    kafka_settings: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(topic_reader, "STALLED_SECONDS", 2)
    kafka.create_topic(topic)
    produce(kafka, topic, [click()] * 5)
    with KafkaLog(kafka_settings()) as log:
        kafka.pause()
        began = time.monotonic()
        with pytest.raises(BrokerUnavailable, match="could be read at offset 0 for 2 s"):
            list(log.records(0))
        assert time.monotonic() - began < 10


def test_records_that_are_added_or_deleted_after_the_opening_are_noticed(
    kafka: Broker, topic: str, kafka_settings: Callable[..., Settings]
) -> None:
    kafka.create_topic(topic)
    produce(kafka, topic, [click()] * 5)
    with KafkaLog(kafka_settings()) as log:
        produce(kafka, topic, [click()] * 5)
        assert [record.offset for record in log.records(0)] == [0, 1, 2, 3, 4]
        log.check()
        with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
            admin.delete_records({TopicPartition(topic, 0): 3})
        with pytest.raises(LogReplaced, match="lost records while it was read"):
            list(log.records(0))


def test_a_topic_created_again_while_it_is_read_is_not_taken_for_the_old_one(
    kafka: Broker, topic: str, kafka_settings: Callable[..., Settings]
) -> None:
    kafka.create_topic(topic)
    with KafkaLog(kafka_settings()) as log:
        kafka.delete_topic(topic)
        eventually(lambda: not exists(kafka, topic), 10, "the topic is still there")
        with pytest.raises(LogReplaced):
            log.check()
        kafka.create_topic(topic)
        with pytest.raises(LogReplaced, match=f"topic {topic} was deleted while it was read"):
            log.check()


def exists(kafka: Broker, topic: str) -> bool:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        return topic in admin.list_topics()
