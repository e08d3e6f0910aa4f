"""The records of one fetch, as kafka-python takes them."""

import struct
from collections import Counter
from typing import Any, ClassVar

import pytest
from kafka import TopicPartition
from kafka.record.memory_records import MemoryRecords

from dash_app.brokers.kafka.internals import DAMAGED_TRIES, AnyRecords
from dash_app.counting.records import BROKEN, Record
from tests.brokers.kafka.forged import batch, clicks

CLICKS = TopicPartition("clicks", 0)
LOG_END = 100


class Fetched(AnyRecords):
    """The records of a fetch from a partition that ends at LOG_END."""

    tries: ClassVar[Counter[tuple[Any, int]]] = Counter()
    highwater = staticmethod(lambda _: LOG_END)


def damaged(base_offset: int, last_offset_delta: int) -> bytes:
    """Return a batch of three clicks that says of itself where it ends, with a wrong checksum."""
    data = bytearray(batch(clicks(3), base_offset=base_offset))
    struct.pack_into(">i", data, 23, last_offset_delta)
    return bytes(data)


def fetch(data: bytes, offset: int) -> tuple[list[Record], int]:
    """Return the records that are taken of these bytes, and the next offset to fetch."""
    fetches = [Fetched(offset, CLICKS, MemoryRecords(data)) for _ in range(DAMAGED_TRIES)]
    records = [one.take() for one in fetches]
    return records[-1], fetches[-1].next_fetch_offset


@pytest.mark.parametrize("delta", [-(2**31), -1, 0, 1, 3, 50, 2**31 - 1])
def test_a_damaged_batch_ends_where_the_next_one_begins(delta: int) -> None:
    data = damaged(10, delta) + batch(clicks(2), base_offset=13)
    records, following = fetch(data, 10)
    found = [(record.offset, record.problem) for record in records]
    assert (found, following) == ([(12, BROKEN), (13, None), (14, None)], 15)


@pytest.mark.parametrize("delta", [-(2**31), 0, 50, 2**31 - 1])
def test_damage_at_the_end_of_a_fetch_leads_on_and_not_out_of_the_log(delta: int) -> None:
    offset = 10
    for _ in range(LOG_END):
        if offset == LOG_END:
            break
        _, following = fetch(damaged(10, delta), offset)
        assert offset < following <= LOG_END
        offset = following
    assert fetch(damaged(97, delta), 97)[1] <= LOG_END


def test_a_partition_that_gave_bytes_lets_others_go_first() -> None:
    drained: list[int] = []
    data = batch(clicks(3)) + batch(clicks(2), base_offset=3)
    fetched = Fetched(
        0, CLICKS, MemoryRecords(data), on_drain=lambda one: drained.append(one.bytes_read)
    )
    assert len(fetched.take()) == 5
    assert drained == [len(data)]
