"""Reads whole logs without the code of the project: which records are clicks, and whose."""

import gzip
import json
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import CorruptRecordError

from tests.faults.ledger import LogContents, Tap

KIND_BY_TYPE = {"cheers": "cheers", "fuck": "hate", "hate": "hate"}
CLICK_ID = re.compile(rb"([A-Za-z0-9_-]{1,64}):([0-9]{1,16}):([0-9]{1,3})")
DEDUP_OFFSETS = 100_000
"""Below that many records of a partition every sending of a tap is known as the same tap."""

READ_SECONDS = 60


def read_topic(
    servers: str, topic: str, known: LogContents | None = None, seconds: float = READ_SECONDS
) -> LogContents:
    """Return what a topic holds, without the records of aborted transactions.

    What is `known` of it is returned as it is if the topic has not grown since.
    """
    options = {"bootstrap_servers": servers, "isolation_level": "read_committed"}
    with KafkaConsumer(group_id=None, enable_auto_commit=False, **options) as consumer:
        partitions = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic)]
        contents = LogContents(ends={str(one.partition): 0 for one in partitions})
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        assert max(ends.values()) < DEDUP_OFFSETS, f"too many records for this reader: {ends}"
        if known is not None and known.ends == {str(p): end for (_, p), end in ends.items()}:
            return known
        deadline = time.monotonic() + seconds
        for partition, end in ends.items():
            consumer.assign([partition])
            consumer.seek_to_beginning(partition)
            while consumer.position(partition) < end:
                assert time.monotonic() < deadline, f"{partition} cannot be read to its end: {end}"
                _read_on(consumer, partition, end, contents)
    return contents


def _read_on(
    consumer: KafkaConsumer, partition: TopicPartition, end: int, contents: LogContents
) -> None:
    """Add the next records, or step over one at which the consumer would stop for ever."""
    try:
        polled = consumer.poll(timeout_ms=200, max_records=10_000).get(partition, ())
    except (CorruptRecordError, gzip.BadGzipFile):
        offset = consumer.position(partition)
        consumer.seek(partition, offset + 1)
        contents.unreadable += 1
        contents.ends[str(partition.partition)] = offset + 1
        return
    for record in polled:
        if record.offset < end:
            _add(contents, record)
        else:
            # A forged offset: nothing stands there.
            contents.unreadable += 1


def _add(contents: LogContents, record: Any) -> None:
    contents.ends[str(record.partition)] = record.offset + 1
    click = _click(record.value)
    if click is None:
        contents.unreadable += 1
    else:
        kind, when = click
        tap = _tap(dict(record.headers).get("click-id", b""))
        contents.add(record.partition, kind, tap, min(when, record.timestamp / 1000))


def _click(value: bytes | None) -> tuple[str, float] | None:
    try:
        fields = json.loads((value or b"").decode())
        when, kind = fields["timestamp"], KIND_BY_TYPE[fields["type"]]
        return (kind, when) if type(when) in {int, float} and 0 <= when <= 1e11 else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _tap(header: bytes) -> Tap | None:
    parts = CLICK_ID.fullmatch(header)
    return Tap(parts[1].decode(), int(parts[2]), int(parts[3])) if parts else None


def read_file(path: Path) -> LogContents:
    """Return what a SQLite file holds."""
    contents = LogContents()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        last = 0
        query = "SELECT id, type, client, seq, place FROM clicks ORDER BY id"
        for last, kind, client, seq, place in database.execute(query):
            # Each row counts, so each stands for itself as partitions do.
            contents.add(last, kind, None if client is None else Tap(client, seq, place))
    contents.ends = {"0": last + 1}
    return contents
