"""The reader of the topic: all its partitions, from their checkpoints on, outside of any group."""

import contextlib
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from kafka import TopicPartition
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    LogTruncationError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)
from kafka.structs import OffsetAndMetadata

from dash_app.brokers import BrokerError, BrokerUnavailable, LogReplaced
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.lenient_records import read_any_header
from dash_app.brokers.kafka.topic import dangers, find_again, find_or_make
from dash_app.counting.checkpoint import METADATA_LIMIT, Checkpoint, Start, decode, plan
from dash_app.counting.records import CLICK_ID_HEADER, Record
from dash_app.counting.timeline import AHEAD_SECONDS, KEPT_SECONDS

log = logging.getLogger(__name__)

GROUP = "click-dashboard-checkpoint"
"""The group that holds the checkpoints; nobody may subscribe to it."""

POLL_RECORDS = 10_000
PROBE_MS = 2000


class KafkaReader:
    """One reading of the topic; see Reader. Raises BrokerUnavailable."""

    def __init__(self, clients: KafkaClients, topic: str, dedup_offsets: int) -> None:
        self.name = topic
        self._dedup_offsets = dedup_offsets
        self._epochs: dict[int, int] = {}
        self._in_doubt = False
        with contextlib.ExitStack() as opened:
            self._admin = clients.admin()
            opened.callback(self._admin.close)
            found = find_or_make(self._admin, topic)
            read_any_header()
            self._consumer = clients.consumer()
            opened.callback(self._consumer.close)
            self._opened = opened.pop_all()
        self.log = found.id
        self._partitions = found.partitions
        self.warnings: Sequence[str] = dangers(self._admin, topic)
        for danger in self.warnings:
            log.warning("%s", danger)

    def starts(self) -> Mapping[int, Start]:
        """Return where the reading of each partition starts; see Reader.starts."""
        oldest_ms = int(1000 * (time.time() - KEPT_SECONDS - AHEAD_SECONDS))
        with broker_errors(self.name):
            topics = self._topics(self._partitions)
            self._consumer.assign(topics)
            first = self._consumer.beginning_offsets(topics)
            end = self._consumer.end_offsets(topics)
            times = self._consumer.offsets_for_times(dict.fromkeys(topics, oldest_ms))
        committed = self._committed(topics)
        starts = {}
        for topic in topics:
            starts[topic.partition] = start = plan(
                committed.get(topic),
                topic_id=self.log,
                dedup_offsets=self._dedup_offsets,
                log_start=first[topic],
                log_end=end[topic],
                oldest_bin_offset=times[topic].offset if times.get(topic) else end[topic],
            )
            self._consumer.seek(topic, start.read_from)
        return starts

    def _committed(
        self, topics: Sequence[TopicPartition]
    ) -> dict[TopicPartition, Checkpoint | None]:
        try:
            with broker_errors(self.name):
                offsets = self._admin.list_group_offsets({GROUP: list(topics)})[GROUP]
        except BrokerUnavailable as error:
            if isinstance(error.__cause__, AuthorizationError):
                log.warning("may not read checkpoints (group %s): %s", GROUP, error)
                return {}
            raise
        return {
            topic: decode(committed.offset, committed.metadata)
            for topic, committed in offsets.items()
            if committed.offset >= 0
        }

    def poll(self, timeout: float) -> Mapping[int, Sequence[Record]]:
        """Return the next records; see Reader.poll."""
        with broker_errors(self.name):
            polled = self._consumer.poll(timeout_ms=int(1000 * timeout), max_records=POLL_RECORDS)
        batches = {}
        for topic, records in polled.items():
            self._epochs[topic.partition] = records[-1].leader_epoch
            batches[topic.partition] = [
                Record(
                    record.offset,
                    record.timestamp / 1000,
                    record.value,
                    dict(record.headers).get(CLICK_ID_HEADER) if record.headers else None,
                )
                for record in records
            ]
        return batches

    def ends(self) -> Mapping[int, int]:
        """Return where the log ends now, and start to read new partitions; see Reader.ends."""
        with broker_errors(self.name):
            if self._in_doubt:
                # A topic that is gone has no ends to ask for; a broker that is away neither.
                find_again(self._admin, self.name, self.log)
            self._in_doubt = True
            topics = self._topics(self._partitions)
            ends = self._consumer.end_offsets(topics, timeout_ms=PROBE_MS)
            found = find_again(self._admin, self.name, self.log)
            self._in_doubt = False
        if new := found.partitions - self._partitions:
            self._partitions = found.partitions
            self._consumer.assign(self._topics(self._partitions))
            for topic in self._topics(new):
                self._consumer.seek(topic, 0)
                ends[topic] = 0
        return {topic.partition: end for topic, end in ends.items()}

    def position(self, partition: int) -> int:
        """Return the next offset to be read; also past records that nobody ever sees."""
        with broker_errors(self.name):
            position = self._consumer.position(TopicPartition(self.name, partition), PROBE_MS)
        return 0 if position is None else int(position)

    def commit(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        """Commit the checkpoints' offsets with what they state; see Reader.commit."""
        offsets = {}
        for partition, checkpoint in checkpoints.items():
            metadata = checkpoint.metadata()
            if len(metadata) <= METADATA_LIMIT:
                epoch = self._epochs.get(partition, -1)
                topic = TopicPartition(self.name, partition)
                offsets[topic] = OffsetAndMetadata(checkpoint.offset, metadata, epoch)
        with broker_errors(self.name):
            errors = self._admin.alter_group_offsets(GROUP, offsets)
        for topic, error in errors.items():
            if error.errno:
                raise BrokerError(f"partition {topic.partition} in group {GROUP}: {error.__name__}")

    def _topics(self, partitions: frozenset[int]) -> list[TopicPartition]:
        return [TopicPartition(self.name, partition) for partition in sorted(partitions)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(KafkaError):
            self._opened.close()


@contextlib.contextmanager
def broker_errors(topic: str) -> Iterator[None]:
    """Turn what kafka-python raises into the errors of the contract."""
    try:
        yield
    except (OffsetOutOfRangeError, NoOffsetForPartitionError, LogTruncationError) as error:
        raise LogReplaced(f"the log of topic {topic} is not what was read: {error!r}") from error
    except AuthorizationError as error:
        raise BrokerUnavailable(f"not allowed to read topic {topic}: {error!r}") from error
    except KafkaError as error:
        raise BrokerUnavailable(f"reading topic {topic} failed: {error!r}") from error
    except KeyError as error:
        # What has no leader kafka-python leaves out of its answers.
        if not isinstance(error.args[0], TopicPartition):
            raise
        raise BrokerUnavailable(f"topic {topic} has no leader for {error}") from error
