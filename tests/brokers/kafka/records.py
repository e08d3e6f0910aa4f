"""Records of a topic as any Kafka client writes and reads them, without the site's code."""

import contextlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.cluster import Cluster
from tests.waiting import eventually

Headers = Sequence[tuple[str, bytes]]


class NotText(str):
    """The name of a header whose bytes are not UTF-8."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xfe" + super().encode(encoding, errors)


class Sent(NamedTuple):
    """A record to be sent."""

    value: bytes | None
    key: bytes | None = None
    headers: Headers = ()
    partition: int = 0


class Stored(NamedTuple):
    """A record as the topic holds it."""

    partition: int
    offset: int
    value: bytes | None
    key: bytes | None
    headers: list[tuple[str, bytes]]


def click(kind: str = "cheers", timestamp: float | None = None, **fields: Any) -> bytes:
    """Return the value of a record as another program may write it."""
    when = time.time() if timestamp is None else timestamp
    return json.dumps({"timestamp": when, "type": kind, **fields}, indent=1).encode()


def produce(broker: Broker, topic: str, records: Iterable[Sent | bytes], **options: Any) -> None:
    """Send records one after the other and wait until all are acknowledged."""
    with KafkaProducer(bootstrap_servers=broker.bootstrap, **options) as producer:
        futures = [
            producer.send(
                topic,
                record.value,
                key=record.key,
                headers=list(record.headers),
                partition=record.partition,
            )
            for record in (one if isinstance(one, Sent) else Sent(one) for one in records)
        ]
        for future in futures:
            future.get(timeout=20)


def read(broker: Broker, topic: str) -> list[Stored]:
    """Return all records of a topic, partition by partition."""
    records: list[Stored] = []
    with KafkaConsumer(bootstrap_servers=broker.bootstrap) as consumer:
        partitions = [
            TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)
        ]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        deadline = time.monotonic() + 20
        while any(consumer.position(one) < end for one, end in ends.items()):
            assert time.monotonic() < deadline, "the topic cannot be read to its end"
            for polled in consumer.poll(timeout_ms=200).values():
                records += [
                    Stored(one.partition, one.offset, one.value, one.key, list(one.headers))
                    for one in polled
                ]
    return sorted(records, key=lambda record: (record.partition, record.offset))


def grow(broker: Broker, topic: str, partitions: int) -> None:
    """Give a topic more partitions."""
    with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as admin:
        admin.create_partitions({topic: partitions})


def settings_of(broker: Broker | Cluster, topic: str) -> Mapping[str, str]:
    """Return the settings of a topic."""
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)
    with KafkaAdminClient(bootstrap_servers=broker.bootstrap.split(",")) as admin:
        descriptions = admin.describe_configs([resource], config_filter="all")
    values: dict[str, str] = {}
    for resources in descriptions.values():
        for settings in resources.values():
            values |= {name: str(entry["value"]) for name, entry in settings.items()}
    return values


@contextlib.contextmanager
def member(broker: Broker, topic: str, group: str, **options: Any) -> Iterator[KafkaConsumer]:
    """Join a consumer group; the consumer is to be polled."""
    with KafkaConsumer(bootstrap_servers=broker.bootstrap, group_id=group, **options) as consumer:
        # Subscribed at once, kafka-python may assign a topic whose partitions it does not know yet.
        eventually(lambda: consumer.partitions_for_topic(topic), 10, f"{topic} has no partitions")
        consumer.subscribe([topic])
        yield consumer
