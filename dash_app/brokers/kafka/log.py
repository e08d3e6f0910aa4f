"""The whole topic, read for the audit, which creates, commits and changes nothing."""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence

from kafka import TopicPartition

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.brokers.kafka.clients import REQUEST_MS, KafkaClients
from dash_app.brokers.kafka.topic import Topic, find_topic
from dash_app.brokers.kafka.topic_reader import POLL_RECORDS, TopicReader, broker_errors
from dash_app.counting.ledger import Statement
from dash_app.counting.records import Record
from dash_app.settings import Settings

POLL_MS = 500
STALLED_SECONDS = 10
"""After so long without progress the reading fails: polling alone would wait for ever."""


class KafkaLog(TopicReader):
    """The committed records that the topic holds when it is opened; see Log. A context manager.

    Raises BrokerUnavailable, also if there is no such topic.
    """

    def __init__(self, settings: Settings) -> None:
        self.name = f"topic {settings.kafka_topic}"
        self._topic = settings.kafka_topic
        clients = KafkaClients(settings)
        with self._open_clients() as stack:
            self._admin = stack.enter_context(clients.admin())
            topic = self._find()
            if topic is None:
                raise BrokerUnavailable(
                    f"there is no topic {self._topic} at {','.join(clients.servers)}"
                )
            self.id = topic.id
            self._consumer = stack.enter_context(clients.consumer())
            topics = [TopicPartition(self._topic, number) for number in topic.partitions]
            with self._errors():
                starts = self._consumer.beginning_offsets(topics, timeout_ms=REQUEST_MS)
                ends = self._consumer.end_offsets(topics, timeout_ms=REQUEST_MS)
        self.starts: Mapping[int, int] = {topic.partition: start for topic, start in starts.items()}
        self.ends: Mapping[int, int] = {topic.partition: end for topic, end in ends.items()}

    def _find(self) -> Topic | None:
        return find_topic(self._admin, self._topic)

    def records(self, partition: int) -> Iterator[Record]:
        """Return all records of a partition; see Log.records."""
        topic = TopicPartition(self._topic, partition)
        position, end = self.starts[partition], self.ends[partition]
        with self._errors():
            self._consumer.assign([topic])
            self._consumer.seek(topic, position)
        progressed = time.monotonic()
        # The position tells the end, not the records: markers of transactions have offsets, too.
        while position < end:
            before = position
            records, position = self._poll(topic)
            yield from (record for record in records if record.offset < end)
            if position != before:
                progressed = time.monotonic()
            elif time.monotonic() - progressed > STALLED_SECONDS:
                raise BrokerUnavailable(
                    f"nothing of {self.name}, partition {partition}, could be read at offset "
                    f"{position} for {STALLED_SECONDS} s"
                )

    def _poll(self, topic: TopicPartition) -> tuple[list[Record], int]:
        with self._errors():
            polled = self._consumer.poll(timeout_ms=POLL_MS, max_records=POLL_RECORDS)
            position = int(self._consumer.position(topic, REQUEST_MS))
        return polled.get(topic, []), position

    def statements(self) -> Sequence[Statement]:
        """Return nothing: a topic holds no totals."""
        return []

    def check(self) -> None:
        """Raise LogReplaced if the topic was deleted since it was opened."""
        topic = self._find()
        if topic is None or topic.id != self.id:
            raise LogReplaced(f"{self.name} was deleted while it was read; try again")

    def _errors(self) -> contextlib.AbstractContextManager[None]:
        replaced = f"{self.name} lost records while it was read; try again"
        return broker_errors(self._topic, replaced)
