"""The brokers that other tests rely on are real, durable and mortal."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError, UnknownTopicOrPartitionError

from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.jvm import ToolsMissing, find_jars
from tests.brokers.kafka.storage import ClassArchive
from tests.waiting import eventually


def produce(broker: Broker, topic: str, *values: bytes) -> None:
    with KafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        for future in [producer.send(topic, value, partition=0) for value in values]:
            future.get(timeout=10)


def read_all(broker: Broker, topic: str) -> list[bytes]:
    partition = TopicPartition(topic, 0)
    values: list[bytes] = []
    with KafkaConsumer(bootstrap_servers=broker.bootstrap) as consumer:
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        end = consumer.end_offsets([partition])[partition]
        deadline = time.monotonic() + 20
        while consumer.position(partition) < end and time.monotonic() < deadline:
            for records in consumer.poll(timeout_ms=200).values():
                values += [record.value for record in records]
    return values


def test_what_is_produced_can_be_read(kafka: Broker, topic: str) -> None:
    kafka.create_topic(topic)
    produce(kafka, topic, b"one", b"two")
    assert read_all(kafka, topic) == [b"one", b"two"]


def test_a_topic_is_not_created_by_using_it(kafka: Broker, topic: str) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, max_block_ms=1500)
    with producer, pytest.raises(KafkaError):
        producer.send(topic, b"lost").get(timeout=5)
    with pytest.raises(UnknownTopicOrPartitionError):
        kafka.delete_topic(topic)


def test_acknowledged_records_outlive_a_killed_broker(kafka: Broker, topic: str) -> None:
    kafka.create_topic(topic)
    produce(kafka, topic, b"durable")
    killed = kafka.pid
    kafka.kill()
    assert not kafka.running
    kafka.start()
    assert kafka.pid != killed
    assert read_all(kafka, topic) == [b"durable"]


def test_a_paused_broker_answers_after_it_goes_on(kafka: Broker, topic: str) -> None:
    kafka.create_topic(topic)
    kafka.pause()
    assert psutil.Process(kafka.pid).status() == psutil.STATUS_STOPPED
    with pytest.raises(KafkaTimeoutError):
        KafkaProducer(bootstrap_servers=kafka.bootstrap, bootstrap_timeout_ms=500)
    kafka.resume()
    assert read_all(kafka, topic) == []


@pytest.mark.parametrize("harm", [Broker.kill, Broker.stop, Broker.pause, None])
def test_the_shared_broker_serves_the_next_test_whatever_this_one_does(
    kafka: Broker, topic: str, harm: Callable[[Broker], None] | None
) -> None:
    kafka.create_topic(topic)
    if harm:
        harm(kafka)


def test_a_broker_of_its_own_takes_other_settings(
    make_broker: Callable[..., Broker], topic: str
) -> None:
    broker = make_broker(properties={"num.partitions": "3"})
    broker.create_topic(topic, partitions=-1)
    with KafkaConsumer(bootstrap_servers=broker.bootstrap) as consumer:
        assert consumer.partitions_for_topic(topic) == {0, 1, 2}


def test_a_broker_takes_its_classes_from_the_archive(kafka: Broker) -> None:
    files = [Path(region.path) for region in psutil.Process(kafka.pid).memory_maps()]
    assert f"{kafka.version}.jsa" in {file.name for file in files}


def test_one_process_at_a_time_has_classes_archived_and_leaves_no_part(tmp_path: Path) -> None:
    jars = tmp_path / "jars"
    jars.mkdir()
    archive, began = ClassArchive(jars), threading.Event()

    def wait_and_look() -> bool:
        began.set()
        with ClassArchive(jars).alone():
            return archive.is_current

    with ThreadPoolExecutor(1) as threads:
        with archive.alone():
            other = threads.submit(wait_and_look)
            assert began.wait(5)
            with pytest.raises(TimeoutError):
                other.result(0.1)
            archive.part.write_text("classes")
            archive.publish()
            archive.part.write_text("half of the classes")
        assert other.result(10), "what the first one has published is there"
    assert {file.name for file in tmp_path.iterdir()} == {"jars", "jars.jsa"}


def test_a_broker_that_cannot_start_shows_the_end_of_its_log(
    make_broker: Callable[..., Broker],
) -> None:
    with pytest.raises(RuntimeError, match="no-such-codec"):
        make_broker(properties={"compression.type": "no-such-codec"})


def test_kafka_3_with_zookeeper_serves(zookeeper_kafka: Broker, topic: str) -> None:
    zookeeper_kafka.create_topic(topic)
    produce(zookeeper_kafka, topic, b"old topology")
    assert read_all(zookeeper_kafka, topic) == [b"old topology"]


def test_missing_jars_are_named_with_the_way_to_get_them() -> None:
    with pytest.raises(ToolsMissing, match="make jars"):
        find_jars("0.0.1")


def test_guarded_processes_end_with_a_killed_test_run(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time; from tests.reaper import reaper\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        "reaper().guard(child.pid); print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        sleeper = int(run.stdout.readline())
        os.kill(run.pid, signal.SIGKILL)
    eventually(lambda: not psutil.pid_exists(sleeper), 5, f"process {sleeper} survived")
