"""The reader of what Flink counted: the topics of totals and of bins, in place of the clicks."""

import contextlib
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from kafka import TopicPartition
from kafka.errors import KafkaError

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.lenient_records import read_any_header
from dash_app.brokers.kafka.reader import POLL_RECORDS, PROBE_MS, broker_errors
from dash_app.brokers.kafka.topic import (
    bins_topic,
    dangers,
    find_again,
    find_or_make,
    find_or_make_counts,
    totals_topic,
)
from dash_app.counting.checkpoint import FROM_THE_FIRST, Checkpoint, Start
from dash_app.counting.flink_tally import NoRow, Total, decode
from dash_app.counting.records import Record

ROWS = 0
"""All rows are given as those of one partition."""

BEHIND_SECONDS = 2.0
"""A record that is older and not yet counted is late; Flink writes once or twice a second."""


class KafkaCountedReader:
    """One reading of the rows that Flink writes; see Reader. Raises BrokerUnavailable.

    `log`, `ends` and `position` are about the topic of the clicks: caught up is who shows them all.
    """

    def __init__(self, clients: KafkaClients, topic: str) -> None:
        self.name = f"{totals_topic(topic)} and {bins_topic(topic)}"
        self._topic = topic
        self._reached: dict[int, int] = {}
        self._stood: dict[int, int] = {}
        self._seen_to_wait: dict[int, int] = {}
        self._ends: deque[tuple[float, dict[int, int]]] = deque()
        with contextlib.ExitStack() as opened:
            self._admin = clients.admin()
            opened.callback(self._admin.close)
            found = find_or_make(self._admin, topic)
            find_or_make_counts(self._admin, topic)
            read_any_header()
            self._rows = clients.consumer()
            opened.callback(self._rows.close)
            self._clicks = clients.consumer()
            opened.callback(self._clicks.close)
            self._opened = opened.pop_all()
        self.log = found.id
        self._partitions = found.partitions
        self.warnings: Sequence[str] = dangers(self._admin, topic)

    def starts(self) -> Mapping[int, Start]:
        """Return each partition of the clicks; every row is read; see Reader.starts."""
        with broker_errors(self.name):
            names = (bins_topic(self._topic), totals_topic(self._topic))
            rows = [TopicPartition(name, 0) for name in names]
            self._rows.assign(rows)
            for topic, first in self._rows.beginning_offsets(rows).items():
                self._rows.seek(topic, first)
            firsts = self._clicks.beginning_offsets(self._topics())
        for topic, first in firsts.items():
            self._reach(topic.partition, first)
        note = "as counted by Flink"
        return {
            topic.partition: replace(FROM_THE_FIRST, incomplete=first > 0, note=note)
            for topic, first in firsts.items()
        }

    def poll(self, timeout: float) -> Mapping[int, Sequence[Record]]:
        """Return the next rows as records, the bins before the totals; see Reader.poll."""
        with broker_errors(self.name):
            polled = self._rows.poll(timeout_ms=int(1000 * timeout), max_records=POLL_RECORDS)
        found = [one for topic in sorted(polled) for one in polled[topic] if one.value is not None]
        for one in found:
            self._note(one.value)
        rows = [Record(one.offset, one.timestamp / 1000, one.value, None) for one in found]
        return {ROWS: rows} if rows else {}

    def _note(self, value: bytes) -> None:
        with contextlib.suppress(NoRow):
            row = decode(value)
            if isinstance(row, Total) and row.log == self.log:
                self._reach(row.partition, row.next_offset)

    def _reach(self, partition: int, offset: int) -> None:
        self._reached[partition] = max(offset, self.position(partition))

    def ends(self) -> Mapping[int, int]:
        """Return where the clicks ended BEHIND_SECONDS ago, or at first; see Reader.ends."""
        now = time.monotonic()
        try:
            with broker_errors(self.name):
                known = self._topics()
                self._partitions = find_again(self._admin, self._topic, self.log).partitions
                ends = self._clicks.end_offsets(known, timeout_ms=PROBE_MS)
                # Apart: beside known ones kafka-python does not wait for what is new to it.
                if new := [topic for topic in self._topics() if topic not in ends]:
                    ends |= self._clicks.end_offsets(new, timeout_ms=PROBE_MS)
        except BrokerUnavailable:
            # What was there before an outage says nothing about what is late after it.
            self._ends.clear()
            raise
        newest = {topic.partition: end for topic, end in ends.items()}
        self._ends.append((now, newest))
        while len(self._ends) > 1 and self._ends[1][0] <= now - BEHIND_SECONDS:
            self._ends.popleft()
        due = dict.fromkeys(newest, 0) | self._ends[0][1]
        for partition, end in due.items():
            position = self.position(partition)
            if position < end and position == self._stood.get(partition):
                self._look_past(partition)
            self._stood[partition] = position
        return due

    def _look_past(self, partition: int) -> None:
        """Go on where only records follow that nobody sees: markers, and what was aborted.

        A look fetches clicks, which is what a site saves that does not count: so only where Flink
        stands still, and not again where a click was found that waits for it.
        """
        position = self.position(partition)
        if self._seen_to_wait.get(partition) == position:
            return
        topic = TopicPartition(self._topic, partition)
        with broker_errors(self.name):
            self._clicks.assign([topic])
            self._clicks.seek(topic, position)
            found = self._clicks.poll(timeout_ms=PROBE_MS // 10, max_records=1).get(topic)
            position = found[0].offset if found else int(self._clicks.position(topic, PROBE_MS))
        self._reach(partition, position)
        if found:
            self._seen_to_wait[partition] = position

    def position(self, partition: int) -> int:
        """Return the next offset of the clicks that is not counted yet."""
        return self._reached.get(partition, 0)

    def commit(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        """Do nothing: Flink keeps its own checkpoints."""

    def _topics(self) -> list[Any]:
        return [TopicPartition(self._topic, partition) for partition in sorted(self._partitions)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(KafkaError):
            self._opened.close()
