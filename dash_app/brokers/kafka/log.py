"""The whole topic, read for the audit."""

from collections.abc import Iterator, Mapping, Sequence

from kafka import TopicPartition

from dash_app.brokers.kafka.clients import REQUEST_MS
from dash_app.brokers.kafka.topic_reader import POLL_RECORDS, FiniteReader
from dash_app.counting.ledger import Statement
from dash_app.counting.records import Record


class KafkaLog(FiniteReader):
    """The committed records that the topic holds; see Log. A context manager."""

    def _open(self, topics: Sequence[TopicPartition]) -> None:
        self.id = self._id
        starts = self._consumer.beginning_offsets(topics, timeout_ms=REQUEST_MS)
        ends = self._consumer.end_offsets(topics, timeout_ms=REQUEST_MS)
        self.starts: Mapping[int, int] = {topic.partition: start for topic, start in starts.items()}
        self.ends: Mapping[int, int] = {topic.partition: end for topic, end in ends.items()}

    def records(self, partition: int) -> Iterator[Record]:
        """Return all records of a partition; see Log.records."""
        start, end = self.starts[partition], self.ends[partition]
        for records in self._poll_between(partition, start, end, POLL_RECORDS):
            yield from records

    def statements(self) -> Sequence[Statement]:
        """Return nothing: a topic holds no totals."""
        return []
