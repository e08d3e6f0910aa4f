"""The whole topic, read for the audit; nothing is made, committed or changed."""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

from kafka import TopicPartition
from kafka.errors import KafkaError, OffsetOutOfRangeError

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.brokers.kafka.clients import REQUEST_MS, KafkaClients
from dash_app.brokers.kafka.lenient_records import read_any_header
from dash_app.brokers.kafka.topic import Topic, find
from dash_app.counting.ledger import Statement
from dash_app.counting.records import CLICK_ID_HEADER, Record
from dash_app.settings import Settings

POLL_RECORDS = 10_000
POLL_MS = 500
STALLED_SECONDS = 10
"""After so long without progress the broker is given up: polling alone would wait for ever."""


class KafkaLog:
    """The committed records that the topic holds when it is opened; see Log. A context manager.

    Raises BrokerUnavailable, also where there is no such topic.
    """

    def __init__(self, settings: Settings) -> None:
        self.name = f"topic {settings.kafka_topic}"
        self._topic = settings.kafka_topic
        clients = KafkaClients(settings)
        read_any_header()
        with contextlib.ExitStack() as opened:
            self._admin = clients.admin()
            opened.callback(self._admin.close)
            found = self._find()
            if found is None:
                raise BrokerUnavailable(
                    f"there is no topic {self._topic} at {','.join(clients.servers)}"
                )
            self.id = found.id
            self._consumer = clients.consumer()
            opened.callback(self._consumer.close)
            topics = [TopicPartition(self._topic, number) for number in found.partitions]
            with self._errors():
                starts = self._consumer.beginning_offsets(topics, timeout_ms=REQUEST_MS)
                ends = self._consumer.end_offsets(topics, timeout_ms=REQUEST_MS)
            self._opened = opened.pop_all()
        self.starts: Mapping[int, int] = {topic.partition: start for topic, start in starts.items()}
        self.ends: Mapping[int, int] = {topic.partition: end for topic, end in ends.items()}

    def _find(self) -> Topic | None:
        return find(self._admin, self._topic)

    def records(self, partition: int) -> Iterator[Record]:
        """Return all records of a partition; see Log.records."""
        topic = TopicPartition(self._topic, partition)
        position, end = self.starts[partition], self.ends[partition]
        with self._errors():
            self._consumer.assign([topic])
            self._consumer.seek(topic, position)
        moved = time.monotonic()
        # The position, not the records, tells the end: markers of transactions have offsets.
        while position < end:
            before = position
            records, position = self._poll(topic)
            yield from (record for record in records if record.offset < end)
            if position != before:
                moved = time.monotonic()
            elif time.monotonic() - moved > STALLED_SECONDS:
                raise BrokerUnavailable(
                    f"nothing of {self.name}, partition {partition}, could be read at offset "
                    f"{position} for {STALLED_SECONDS} s"
                )

    def _poll(self, topic: TopicPartition) -> tuple[list[Record], int]:
        with self._errors():
            polled = self._consumer.poll(timeout_ms=POLL_MS, max_records=POLL_RECORDS)
            position = int(self._consumer.position(topic, REQUEST_MS))
        return [_record(found) for found in polled.get(topic, ())], position

    def statements(self) -> Sequence[Statement]:
        """Return nothing: a topic holds no totals."""
        return []

    def check(self) -> None:
        """Raise LogReplaced if another topic has the name by now."""
        found = self._find()
        if found is None or found.id != self.id:
            raise LogReplaced(f"{self.name} was deleted while it was read; run the audit again")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OffsetOutOfRangeError as error:
            raise LogReplaced(
                f"{self.name} lost records while it was read ({error!r}); run the audit again"
            ) from error
        except KafkaError as error:
            raise BrokerUnavailable(f"reading {self.name} failed: {error!r}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(KafkaError):
            self._opened.close()


def _record(found: Any) -> Record:
    header = dict(found.headers or ()).get(CLICK_ID_HEADER)
    return Record(found.offset, found.timestamp / 1000, found.value, header)
