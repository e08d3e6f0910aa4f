"""The records of a topic that may hold the clicks of a range of time; see RangeLog."""

import time
from collections.abc import Iterator, Mapping, Sequence

from kafka import TopicPartition

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.checkpoints import read_checkpoints
from dash_app.brokers.kafka.clients import REQUEST_MS
from dash_app.brokers.kafka.lookups import EARLIEST, LATEST, offsets_at
from dash_app.brokers.kafka.time_index import time_index_of
from dash_app.brokers.kafka.topic_reader import FiniteReader
from dash_app.counting.checkpoint import plan_start
from dash_app.counting.range_log import RangePart, plan_part
from dash_app.counting.records import Record
from dash_app.counting.second_counts import LATE_SECONDS, is_usable
from dash_app.settings import Settings

POLL_RECORDS = 200
"""A poll takes the processor at once: whoever counts in between pauses wants small ones."""

LATE_RECORDS = 1000
"""So many records in a row are too late for a range before nobody looks at those after them."""


class KafkaRange(FiniteReader):
    """The committed records of a range from the epoch second `since` to the one before `until`.

    See RangeLog.
    """

    def __init__(self, settings: Settings, since: int, until: int) -> None:
        self._dedup_offsets = settings.dedup_offsets
        self._since, self._until = since, until
        self.opened_at = time.time()
        servers = str(settings.kafka_bootstrap_servers)
        self._time_index = time_index_of(servers, settings.kafka_topic)
        super().__init__(settings)

    def _open(self, topics: Sequence[TopicPartition]) -> None:
        self.log_id = self._id
        log_starts = offsets_at(self._consumer, topics, EARLIEST, REQUEST_MS)
        log_ends = self._find_ends(topics)
        # A log may begin with offsets that no record has: those of markers of transactions.
        heads = self._offsets_since(log_ends, 1)
        firsts = self._offsets_since(log_ends, self._since)
        stops = self._offsets_since(log_ends, self._until)
        ends = self._offsets_since(log_ends, self._until + LATE_SECONDS)
        # Who lost its leader meanwhile was left out, as if it had no record so young.
        self._find_ends(topics)
        self.written: Mapping[int, tuple[int, int]] = {
            topic.partition: (first, stops[topic]) for topic, first in firsts.items()
        }
        ends = {topic: self._sure_end(topic, ends[topic], log_ends[topic]) for topic in topics}
        checkpoints = read_checkpoints(self._admin, self._topic, topics)
        parts: dict[int, RangePart] = {}
        for topic in topics:
            log_start, log_end = log_starts[topic], log_ends[topic]
            # Where no record has a time of its own, each may hold a click of the range.
            has_times = heads[topic] < log_end
            known = plan_start(
                checkpoints.get(topic),
                topic_id=self.log_id,
                dedup_offsets=self._dedup_offsets,
                log_start=log_start,
                log_end=log_end,
                oldest_bin_offset=None,
            )
            parts[topic.partition] = plan_part(
                firsts[topic] if has_times else log_start,
                ends[topic],
                dedup_offsets=self._dedup_offsets,
                log_start=heads[topic] if log_start and has_times else log_start,
                is_final=ends[topic] < log_end,
                types=frozenset(known.counts.clicks),
            )
        self.parts: Mapping[int, RangePart] = parts

    def _find_ends(self, topics: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        ends = offsets_at(self._consumer, topics, LATEST, REQUEST_MS)
        if leaderless := sorted(topic.partition for topic in topics if topic not in ends):
            raise BrokerUnavailable(
                f"no broker leads partition {', '.join(map(str, leaderless))} of {self.name}, "
                "so its clicks cannot be read"
            )
        return ends

    def _offsets_since(
        self, ends: Mapping[TopicPartition, int], second: int
    ) -> Mapping[TopicPartition, int]:
        found = self._time_index.offsets_since(self._consumer, ends, second)
        if len(found) < len(ends):
            raise BrokerUnavailable(
                f"the broker cannot say where in {self.name} a time is; the log says why, and in "
                "ten minutes it is asked again"
            )
        return {topic: min(offset, ends[topic]) for topic, offset in found.items()}

    def _sure_end(self, topic: TopicPartition, end: int, log_end: int) -> int:
        """Return where the records of the range end, of which the first too late one is at `end`.

        One that is dated ahead of its time hides the others, which are then read to the last.
        """
        stop, latest = min(end + LATE_RECORDS, log_end), self._until + LATE_SECONDS
        for records in self._poll_between(topic.partition, end, stop, LATE_RECORDS):
            if any(is_usable(record.time) and record.time < latest for record in records):
                return log_end
        return end

    def polls(self, partition: int, start: int) -> Iterator[Sequence[Record]]:
        """Return the records poll by poll; see RangeLog.polls."""
        return self._poll_between(partition, start, self.parts[partition].end, POLL_RECORDS)
