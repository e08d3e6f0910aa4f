import logging

import pytest

from dash_app.consumer.published_state import LIVE
from tests import naive
from tests.consumer.memory_log import MemoryLog, presses
from tests.consumer.watching import (
    Consume,
    messages,
    until_counted,
    until_state,
)
from tests.naive import press, unreadable


def test_a_new_partition_is_counted_from_its_first_record(
    log: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    consumer = consume()
    until_state(consumer, LIVE)

    log.append(*presses(0, 5), partition=1)

    until_counted(consumer, log)
    assert consumer.snapshot.as_of == {"0": 0, "1": 5}
    assert "clicks has a new partition, 1" in messages(caplog)
    assert len(log.opened_at) == 1


def test_what_is_no_click_is_logged_with_topic_partition_offset_and_reason(
    log: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    log.append(press(0), unreadable(4, b"{", "not JSON"), press(5), partition=3)

    until_counted(consume(), log)

    assert messages(caplog) == [
        "passed over a record that is no click in clicks, partition 3, offset 4: not JSON"
    ]


def test_many_records_that_are_no_clicks_do_not_flood_the_log(
    log: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    log.append(*(unreadable(n, None, "no value") for n in range(300)))

    until_counted(consume(), log)

    assert 1 <= len(messages(caplog)) <= 10


def test_nothing_in_a_record_stops_the_consumer(log: MemoryLog, consume: Consume) -> None:
    consumer = consume()
    values = [value for value, _ in naive.NOT_CLICKS] + [b"[" * 10**5, b"\x00" * 10**6, b"1e999"]
    reasons = [reason for _, reason in naive.NOT_CLICKS] + [
        "not JSON",
        "schema registry bytes",
        "not JSON",
    ]
    strange = [
        unreadable(n, value, reason)
        for n, (value, reason) in enumerate(zip(values, reasons, strict=True))
    ]

    log.append(*strange, press(len(strange)))

    until_counted(consumer, log)
    assert len(log.opened_at) == 1
