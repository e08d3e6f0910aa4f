"""The changes of the talks in a compacted topic beside the clicks."""

import time
from collections.abc import Iterator, Sequence

from kafka import TopicPartition

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.lookups import EARLIEST, LATEST, offsets_at
from dash_app.brokers.kafka.rare_records import RareRecord, append_rarely
from dash_app.brokers.kafka.topic import (
    find_or_create_talks_topic,
    find_topic,
    find_topic_by_id,
    require_reading,
    talks_topic,
)
from dash_app.brokers.kafka.topic_reader import POLL_RECORDS, TopicReader, broker_errors
from dash_app.counting.talks import Change
from dash_app.settings import Settings

PARTITION = 0

POLL_SECONDS = 0.5
STALLED_SECONDS = 10
"""After so long without progress a reading to the end fails."""


class KafkaChanges:
    """Keeps the changes in the topic of the talks; see ChangeLog.

    A presenter acts rarely: each append has a producer of its own.
    """

    def __init__(self, clients: KafkaClients, clicks_topic: str) -> None:
        self._clients = clients
        self._clicks_topic = clicks_topic
        self._topic = talks_topic(clicks_topic)

    def append(self, changes: Sequence[Change], deadline: float) -> int:
        """Return the offset after the changes once all replicas in sync have them."""
        records = [RareRecord(key.encode(), value, PARTITION) for key, value in changes]
        return append_rarely(self._clients, self._topic, records, deadline)[-1].offset + 1

    def reader(self) -> "KafkaChangeReader":
        """Open a reading of the topic; see ChangeLog.reader."""
        return KafkaChangeReader(self._clients, self._clicks_topic)


def read_changes(settings: Settings) -> Sequence[tuple[bytes, bytes | None]]:
    """Return key and value of all changes in the topic; without one there are none.

    It creates nothing. Raises BrokerUnavailable.
    """
    clients = KafkaClients(settings)
    with clients.admin() as admin:
        if find_topic(admin, talks_topic(settings.kafka_topic)) is None:
            return []
    with KafkaChangeReader(clients, settings.kafka_topic) as reader:
        return list(reader.read_to_the_end())


class KafkaChangeReader(TopicReader):
    """One reading of the topic of the talks; see ChangeReader. Raises BrokerUnavailable."""

    def __init__(self, clients: KafkaClients, clicks_topic: str) -> None:
        self._topic = talks_topic(clicks_topic)
        self._partition = TopicPartition(self._topic, PARTITION)
        with self._open_clients() as stack:
            self._admin = stack.enter_context(clients.admin())
            replicas = clients.new_topic.replicas
            self._id, _ = find_or_create_talks_topic(self._admin, clicks_topic, replicas)
            require_reading(self._admin, self._topic)
            self._consumer = stack.enter_context(clients.consumer(with_keys=True))
            first, self.end = self._ends()
            with broker_errors(self._topic):
                self._consumer.assign([self._partition])
                self._consumer.seek(self._partition, first)

    def _ends(self) -> tuple[int, int]:
        with broker_errors(self._topic):
            first, end = (
                offsets_at(self._consumer, [self._partition], place).get(self._partition)
                for place in (EARLIEST, LATEST)
            )
        if first is None or end is None:
            raise BrokerUnavailable(f"topic {self._topic} has no leader")
        return first, end

    @property
    def position(self) -> int:
        """The next offset to be read; what compaction removed is passed."""
        with broker_errors(self._topic):
            position = self._consumer.position(self._partition, 0)
        return 0 if position is None else int(position)

    def poll(self, timeout: float) -> Sequence[tuple[bytes, bytes | None]]:
        """Return the next changes; see ChangeReader.poll."""
        with broker_errors(self._topic):
            polled = self._consumer.poll(timeout_ms=int(1000 * timeout), max_records=POLL_RECORDS)
        records = polled.get(self._partition, ())
        return [(one.key, one.value) for one in records if one.key and one.problem is None]

    def read_to_the_end(self) -> Iterator[tuple[bytes, bytes | None]]:
        """Yield key and value of what the topic held at the opening."""
        position, deadline = -1, time.monotonic() + STALLED_SECONDS
        while self.position < self.end:
            yield from self.poll(POLL_SECONDS)
            if self.position > position:
                position, deadline = self.position, time.monotonic() + STALLED_SECONDS
            elif time.monotonic() > deadline:
                raise BrokerUnavailable(
                    f"nothing of topic {self._topic} could be read at offset {position} for"
                    f" {STALLED_SECONDS} s"
                )

    def check(self) -> None:
        """Ask the broker whether the topic is the one that is read; see ChangeReader.check."""
        find_topic_by_id(self._admin, self._topic, self._id)
