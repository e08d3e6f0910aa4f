"""The reader of the topic: all its partitions from their checkpoints on, without a group."""

import logging
from collections.abc import Mapping, Sequence

from kafka import TopicPartition
from kafka.structs import OffsetAndMetadata

from dash_app.brokers import BrokerError, LogReplaced
from dash_app.brokers.kafka.checkpoints import GROUP, read_checkpoints
from dash_app.brokers.kafka.clients import REQUEST_MS, KafkaClients
from dash_app.brokers.kafka.lookups import EARLIEST, LATEST, LeaderSilent, offsets_at
from dash_app.brokers.kafka.time_index import TimeIndex
from dash_app.brokers.kafka.topic import (
    find_or_create_topic,
    find_topic_by_id,
    require_reading,
    topic_warnings,
)
from dash_app.brokers.kafka.topic_reader import POLL_RECORDS, TopicReader, broker_errors
from dash_app.counting.checkpoint import (
    LARGEST_COUNT,
    METADATA_LIMIT,
    Checkpoint,
    ReadAgain,
    StartPosition,
    plan_start,
)
from dash_app.counting.records import Record

logger = logging.getLogger(__name__)


class KafkaReader(TopicReader):
    """One reading of the topic; see Reader. Raises BrokerUnavailable."""

    def __init__(
        self, clients: KafkaClients, topic: str, dedup_offsets: int, time_index: TimeIndex
    ) -> None:
        self.name = topic
        self._time_index = time_index
        self._dedup_offsets = dedup_offsets
        self._in_doubt = False
        self._unread: frozenset[int] = frozenset()
        with self._open_clients() as stack:
            self._admin = stack.enter_context(clients.admin())
            found = find_or_create_topic(self._admin, topic, clients.new_topic)
            self.log_id, self._partitions = found
            require_reading(self._admin, topic)
            self._consumer = stack.enter_context(clients.consumer(with_keys=True))
        self.warnings: Sequence[str] = topic_warnings(self._admin, topic)
        for warning in self.warnings:
            logger.warning("%s", warning)

    def starts(self, again: ReadAgain) -> Mapping[int, StartPosition]:
        """Return where the reading of each partition starts; see Reader.starts.

        Nothing is read of a partition without a leader. Once it has one again, `ends` raises.
        """
        with broker_errors(self.name):
            topics = self._topics(self._partitions)
            first = offsets_at(self._consumer, topics, EARLIEST, REQUEST_MS)
            end = offsets_at(self._consumer, first, LATEST, REQUEST_MS)
            self._consumer.assign(list(end))
        self._unread = self._partitions - {topic.partition for topic in end}
        oldest = self._time_index.offsets_since(self._consumer, end, again.since)
        committed = read_checkpoints(self._admin, self.name, topics)
        starts = {}
        for topic in topics:
            starts[topic.partition] = start = plan_start(
                committed.get(topic),
                topic_id=self.log_id,
                dedup_offsets=self._dedup_offsets,
                log_start=first.get(topic, 0),
                log_end=end.get(topic, LARGEST_COUNT),
                oldest_bin_offset=oldest.get(topic),
                replay_limit=again.limit,
            )
            if topic in end:
                self._consumer.seek(topic, start.read_from)
        return starts

    def poll(self, timeout: float) -> Mapping[int, Sequence[Record]]:
        """Return the next records; see Reader.poll."""
        with broker_errors(self.name):
            polled = self._consumer.poll(timeout_ms=int(1000 * timeout), max_records=POLL_RECORDS)
        return {topic.partition: records for topic, records in polled.items()}

    def ends(self) -> Mapping[int, int]:
        """Return where the led partitions end, and start to read new ones; see Reader.ends."""
        with broker_errors(self.name):
            if self._in_doubt:
                # Neither a deleted topic nor an absent broker answers with ends: this tells which.
                find_topic_by_id(self._admin, self.name, self.log_id)
            self._in_doubt = True
            topics = self._topics(self._partitions)
            try:
                ends = offsets_at(self._consumer, topics, LATEST)
            except LeaderSilent:
                # The others know the topic, and what is read of them must not wait.
                self._in_doubt = False
                raise
            _, partitions = find_topic_by_id(self._admin, self.name, self.log_id)
            self._in_doubt = False
        if back := self._unread & {topic.partition for topic in ends}:
            raise LogReplaced(f"topic {self.name} has a leader again for {sorted(back)}")
        if new := partitions - self._partitions:
            self._partitions = partitions
            self._consumer.assign(self._topics(self._partitions - self._unread))
            for topic in self._topics(new):
                self._consumer.seek(topic, 0)
                ends[topic] = 0
        return {topic.partition: end for topic, end in ends.items()}

    def position(self, partition: int) -> int:
        """Return the next offset to be read; markers and aborted records are passed."""
        with broker_errors(self.name):
            # Without waiting: whatever moves it, a poll does so, too.
            position = self._consumer.position(TopicPartition(self.name, partition), 0)
        return 0 if position is None else int(position)

    def commit(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        """Commit the offsets with the counts as their metadata; see Reader.commit."""
        offsets = {}
        for partition, checkpoint in checkpoints.items():
            metadata = checkpoint.metadata()
            if len(metadata) <= METADATA_LIMIT:
                topic = TopicPartition(self.name, partition)
                offsets[topic] = OffsetAndMetadata(checkpoint.offset, metadata, -1)
        with broker_errors(self.name):
            errors = self._admin.alter_group_offsets(GROUP, offsets)
        for topic, error in errors.items():
            if error.errno:
                raise BrokerError(f"partition {topic.partition} in group {GROUP}: {error.__name__}")

    def _topics(self, partitions: frozenset[int]) -> list[TopicPartition]:
        return [TopicPartition(self.name, partition) for partition in sorted(partitions)]
