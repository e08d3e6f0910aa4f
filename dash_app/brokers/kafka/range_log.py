"""The records of a topic that may hold the clicks of a range of time; see RangeLog."""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence

from kafka import TopicPartition

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.brokers.kafka.checkpoints import read_checkpoints
from dash_app.brokers.kafka.clients import REQUEST_MS, KafkaClients
from dash_app.brokers.kafka.lookups import EARLIEST, LATEST, offsets_at
from dash_app.brokers.kafka.topic import find_topic
from dash_app.brokers.kafka.topic_reader import TopicReader, broker_errors
from dash_app.counting.checkpoint import plan_start
from dash_app.counting.range_log import RangePart, plan_part
from dash_app.counting.records import Record
from dash_app.counting.second_counts import LATE_SECONDS
from dash_app.settings import Settings

POLL_MS = 200
POLL_RECORDS = 1000
STALLED_SECONDS = 10
"""After so long without progress the reading fails: polling alone would wait for ever."""


class KafkaRange(TopicReader):
    """The committed records of a range from the epoch second `since` to the one before `until`.

    See RangeLog. Raises BrokerUnavailable, also if there is no such topic.
    """

    def __init__(self, settings: Settings, since: int, until: int) -> None:
        self._topic = settings.kafka_topic
        self.name = f"topic {self._topic}"
        self._dedup_offsets = settings.dedup_offsets
        clients = KafkaClients(settings)
        with self._open_clients() as stack:
            self._admin = stack.enter_context(clients.admin())
            topic = find_topic(self._admin, self._topic)
            if topic is None:
                raise BrokerUnavailable(
                    f"there is no topic {self._topic} at {','.join(clients.servers)}"
                )
            self.log_id = topic.id
            self._consumer = stack.enter_context(clients.consumer())
            topics = [TopicPartition(self._topic, number) for number in sorted(topic.partitions)]
            with self._errors():
                self.parts: Mapping[int, RangePart] = self._plan(topics, since, until)

    def _plan(
        self, topics: Sequence[TopicPartition], since: int, until: int
    ) -> dict[int, RangePart]:
        log_starts = offsets_at(self._consumer, topics, EARLIEST, REQUEST_MS)
        log_ends = offsets_at(self._consumer, log_starts, LATEST, REQUEST_MS)
        if leaderless := sorted(topic.partition for topic in topics if topic not in log_ends):
            raise BrokerUnavailable(
                f"no broker leads partition {', '.join(map(str, leaderless))} of {self.name}, "
                "so its clicks cannot be read"
            )
        # A log may begin with offsets that no record has: those of markers of transactions.
        heads = self._offsets_since(log_ends, 1)
        firsts = self._offsets_since(log_ends, since)
        ends = self._offsets_since(log_ends, until + LATE_SECONDS)
        checkpoints = read_checkpoints(self._admin, self._topic, topics)
        parts = {}
        for topic in topics:
            log_start, log_end = log_starts[topic], log_ends[topic]
            known = plan_start(
                checkpoints.get(topic),
                topic_id=self.log_id,
                dedup_offsets=self._dedup_offsets,
                log_start=log_start,
                log_end=log_end,
                oldest_bin_offset=None,
            )
            parts[topic.partition] = plan_part(
                firsts[topic],
                ends[topic],
                dedup_offsets=self._dedup_offsets,
                log_start=heads[topic] if log_start else 0,
                is_final=ends[topic] < log_end,
                types=frozenset(known.counts.clicks),
            )
        return parts

    def _offsets_since(
        self, ends: Mapping[TopicPartition, int], second: int
    ) -> dict[TopicPartition, int]:
        asked = dict.fromkeys(ends, 1000 * second)
        found = self._consumer.offsets_for_times(asked, timeout_ms=REQUEST_MS)
        return {
            topic: end if (one := found.get(topic)) is None else min(one.offset, end)
            for topic, end in ends.items()
        }

    def polls(self, partition: int) -> Iterator[Sequence[Record]]:
        """Return the records poll by poll; see RangeLog.polls."""
        topic, part = TopicPartition(self._topic, partition), self.parts[partition]
        position = part.start
        with self._errors():
            self._consumer.assign([topic])
            self._consumer.seek(topic, position)
        progressed = time.monotonic()
        # The position tells the end, not the records: markers of transactions have offsets, too.
        while position < part.end:
            before = position
            records, position = self._poll(topic)
            yield [record for record in records if record.offset < part.end]
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

    def check(self) -> None:
        """Raise LogReplaced if the topic was deleted since it was opened."""
        topic = find_topic(self._admin, self._topic)
        if topic is None or topic.id != self.log_id:
            raise LogReplaced(f"{self.name} was deleted while it was read; try again")

    def _errors(self) -> contextlib.AbstractContextManager[None]:
        replaced = f"{self.name} lost records while it was read; try again"
        return broker_errors(self._topic, replaced)
