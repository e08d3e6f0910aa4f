"""The reader of Flink's counts: the topics of totals and of bins, in place of the clicks."""

import contextlib
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kafka import TopicPartition

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.lookups import EARLIEST, LATEST, OFFSETS_TIMEOUT_MS, offsets_at
from dash_app.brokers.kafka.topic import (
    bins_topic,
    find_or_create_flink_topics,
    find_or_create_topic,
    find_topic_by_id,
    topic_warnings,
    totals_topic,
)
from dash_app.brokers.kafka.topic_reader import POLL_RECORDS, TopicReader, broker_errors
from dash_app.counting.checkpoint import FROM_THE_FIRST, Checkpoint, ReadAgain, StartPosition
from dash_app.counting.flink_tally import NoRow, Total, decode
from dash_app.counting.records import Record

ROWS_PARTITION = 0
"""The partition under which `poll` returns all rows."""

BEHIND_SECONDS = 2.0
"""A click that is older and not yet counted is late; Flink writes once or twice a second."""


class FlinkReader(TopicReader):
    """One reading of the rows that Flink writes; see Reader. Raises BrokerUnavailable.

    `log_id`, `ends` and `position` are those of the clicks: a site that has caught up shows them
    all.
    """

    def __init__(self, clients: KafkaClients, topic: str) -> None:
        self.name = f"{totals_topic(topic)} and {bins_topic(topic)}"
        self._topic = topic
        self._positions: dict[int, int] = {}
        self._last_positions: dict[int, int] = {}
        self._waiting_clicks: dict[int, int] = {}
        self._unread: frozenset[int] = frozenset()
        self._ends: deque[tuple[float, dict[int, int]]] = deque()
        with self._open_clients() as stack:
            self._admin = stack.enter_context(clients.admin())
            found = find_or_create_topic(self._admin, topic, clients.new_topic)
            self.log_id, self._partitions = found
            find_or_create_flink_topics(self._admin, topic, clients.new_topic.replicas)
            self._row_consumer = stack.enter_context(clients.consumer())
            self._click_consumer = stack.enter_context(clients.consumer())
        self.warnings: Sequence[str] = topic_warnings(self._admin, topic)

    def starts(self, again: ReadAgain) -> Mapping[int, StartPosition]:
        """Return the start of each partition of clicks; rows are all read; see Reader.starts."""
        with broker_errors(self.name):
            names = (bins_topic(self._topic), totals_topic(self._topic))
            rows = [TopicPartition(name, 0) for name in names]
            self._row_consumer.assign(rows)
            for topic, first in self._row_consumer.beginning_offsets(rows).items():
                self._row_consumer.seek(topic, first)
            firsts = offsets_at(self._click_consumer, self._topics(), EARLIEST)
        for topic, first in firsts.items():
            self._advance(topic.partition, first)
        self._unread = self._partitions - {topic.partition for topic in firsts}
        note = "as counted by Flink"
        return {
            topic.partition: replace(FROM_THE_FIRST, incomplete=firsts.get(topic, 0) > 0, note=note)
            for topic in self._topics()
        }

    def poll(self, timeout: float) -> Mapping[int, Sequence[Record]]:
        """Return the next rows as records, the bins before the totals; see Reader.poll."""
        with broker_errors(self.name):
            polled = self._row_consumer.poll(
                timeout_ms=int(1000 * timeout), max_records=POLL_RECORDS
            )
        # Sorted, the topic of the bins comes before that of the totals.
        rows = [row for topic in sorted(polled) for row in polled[topic] if row.value is not None]
        for row in rows:
            self._follow(row.value)
        return {ROWS_PARTITION: rows} if rows else {}

    def _follow(self, value: bytes | None) -> None:
        with contextlib.suppress(NoRow):
            row = decode(value)
            if isinstance(row, Total) and row.log_id == self.log_id:
                self._advance(row.partition, row.next_offset)

    def _advance(self, partition: int, offset: int) -> None:
        self._positions[partition] = max(offset, self.position(partition))

    def ends(self) -> Mapping[int, int]:
        """Return the ends of BEHIND_SECONDS ago, at first the oldest known; see Reader.ends."""
        now = time.monotonic()
        try:
            with broker_errors(self._topic):
                _, partitions = find_topic_by_id(self._admin, self._topic, self.log_id)
                ends = offsets_at(self._click_consumer, self._topics(), LATEST)
        except BrokerUnavailable:
            # The ends from before an outage do not tell which clicks are late after it.
            self._ends.clear()
            raise
        newest = {topic.partition: end for topic, end in ends.items()}
        if back := self._unread & newest.keys():
            raise LogReplaced(f"topic {self._topic} has a leader again for {sorted(back)}")
        newest |= dict.fromkeys(partitions - self._partitions, 0)
        self._partitions = partitions
        self._ends.append((now, newest))
        while len(self._ends) > 1 and self._ends[1][0] <= now - BEHIND_SECONDS:
            self._ends.popleft()
        due = {partition: self._ends[0][1].get(partition, 0) for partition in newest}
        for partition, end in due.items():
            position = self.position(partition)
            if position < end and position == self._last_positions.get(partition):
                self._skip_invisible(partition)
            self._last_positions[partition] = position
        return due

    def _skip_invisible(self, partition: int) -> None:
        """Advance past markers and aborted records, which Flink never counts.

        This fetches clicks, which a site that follows Flink otherwise never does: it is called only
        where Flink stands still, and returns at once where a click is known to wait for Flink.
        """
        position = self.position(partition)
        if self._waiting_clicks.get(partition) == position:
            return
        topic = TopicPartition(self._topic, partition)
        with broker_errors(self.name):
            self._click_consumer.assign([topic])
            self._click_consumer.seek(topic, position)
            waiting = self._click_consumer.poll(
                timeout_ms=OFFSETS_TIMEOUT_MS // 10, max_records=1
            ).get(topic)
            position = (
                waiting[0].offset
                if waiting
                else int(self._click_consumer.position(topic, OFFSETS_TIMEOUT_MS))
            )
        self._advance(partition, position)
        if waiting:
            self._waiting_clicks[partition] = position

    def position(self, partition: int) -> int:
        """Return the next offset of the clicks that is not counted yet."""
        return self._positions.get(partition, 0)

    def commit(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        """Do nothing: Flink keeps its own checkpoints."""

    def _topics(self) -> list[Any]:
        return [TopicPartition(self._topic, partition) for partition in sorted(self._partitions)]
