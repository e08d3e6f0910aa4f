"""Reads a topic from its start to its end in a process of its own, and prints how fast it was.

`python -m bench.consuming counting|bare SERVERS TOPIC RECORDS`; `idle SERVERS TOPIC` waits at the
ends of all partitions until it is terminated.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import NoReturn

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from dash_app.brokers.kafka.broker import KafkaBroker
from dash_app.brokers.kafka.topic_reader import POLL_RECORDS
from dash_app.consumer.consumer import Consumer
from dash_app.consumer.reading import POLL_SECONDS
from dash_app.settings import Settings

LOOK_SECONDS = 0.01
LIMIT_SECONDS = 240


def bare(servers: str, topic: str) -> Callable[[], int]:
    """Return what polls once, decodes what came, and says how many records it has had."""
    consumer = KafkaConsumer(bootstrap_servers=servers)
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek(partition, 0)
    had = 0

    def go_on() -> int:
        nonlocal had
        polled = consumer.poll(timeout_ms=250, max_records=POLL_RECORDS)
        for record in polled.get(partition, ()):
            orjson.loads(record.value)
            had += 1
        return had

    return go_on


def counting(servers: str, topic: str) -> Callable[[], int]:
    """Return what says how many clicks the site's consumer thread has counted so far."""
    # No checkpoint: the next process that reads the topic is to count all of it too.
    settings = Settings(
        kafka_bootstrap_servers=servers, kafka_topic=topic, checkpoint_seconds=LIMIT_SECONDS
    )
    consumer = Consumer(
        KafkaBroker(settings),
        dedup_offsets=settings.dedup_offsets,
        recent_capacity=settings.recent_capacity,
        checkpoint_seconds=settings.checkpoint_seconds,
    )
    consumer.start()

    def look() -> int:
        time.sleep(LOOK_SECONDS)
        return sum(consumer.snapshot.counts.clicks.values())

    return look


def idle(servers: str, topic: str) -> NoReturn:
    """Wait for records at the ends of all partitions, beside a producer with nothing to send."""
    with KafkaProducer(bootstrap_servers=servers), KafkaConsumer(bootstrap_servers=servers) as bare:
        numbers = bare.partitions_for_topic(topic)
        bare.assign([TopicPartition(topic, number) for number in numbers])
        bare.seek_to_end()
        print("waiting", flush=True)
        while True:
            bare.poll(timeout_ms=int(1000 * POLL_SECONDS))


def main(kind: str, servers: str, topic: str, records: str = "") -> None:
    """Print the records per second from the first ones on, connecting excluded."""
    if kind == "idle":
        idle(servers, topic)
    progress = {"bare": bare, "counting": counting}[kind](servers, topic)
    deadline = time.monotonic() + LIMIT_SECONDS
    first = 0
    while not first and time.monotonic() < deadline:
        first = progress()
    began, worked = time.monotonic(), time.process_time()
    had = first
    while had < int(records) and time.monotonic() < deadline:
        had = progress()
    seconds, worked = time.monotonic() - began, time.process_time() - worked
    result = {
        "had": had,
        "per_second": (had - first) / seconds,
        "cpu_us": 1e6 * worked / max(1, had - first),
    }
    print(orjson.dumps(result).decode())
    sys.stdout.flush()
    # Ending in order would write a checkpoint.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
