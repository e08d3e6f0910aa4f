"""A crowd's clicks are fetched together, and nobody else's wait for a pause."""

import time
from functools import partial

import pytest

from dash_app.consumer import reading
from tests.consumer.memory_log import MemoryLog
from tests.consumer.watching import Consume, until_counted
from tests.naive import press
from tests.waiting import eventually

PAUSE_SECONDS = 0.3
CLICKS = 4


def is_past(moment: float) -> bool:
    return time.monotonic() > moment


def seconds_of_clicks_together(consume: Consume, log: MemoryLog) -> float:
    consumer = consume()
    until_counted(consumer, log)
    log.largest_poll = 1
    began = time.monotonic()
    log.append(*(press(seq) for seq in range(CLICKS)))
    until_counted(consumer, log)
    return time.monotonic() - began


def test_who_taps_again_when_a_tap_is_seen_meets_no_pause(
    consume: Consume, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Longer than anybody waits until it is counted.
    monkeypatch.setattr(reading, "PAUSE_SECONDS", 3600)
    consumer = consume()
    until_counted(consumer, log)
    for seq in range(CLICKS):
        log.append(press(seq))
        until_counted(consumer, log)
        # The next tap takes as long as a request or two.
        pressed = time.monotonic() + 5 / reading.UNPAUSED_PER_SECOND
        eventually(partial(is_past, pressed), 5, "time stands still", pause_seconds=0.002)
    assert consumer.snapshot.counts.clicks == {"cheers": CLICKS}


def test_small_polls_of_a_crowd_are_followed_by_pauses(
    consume: Consume, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "UNPAUSED_PER_SECOND", 0)
    monkeypatch.setattr(reading, "PAUSE_SECONDS", PAUSE_SECONDS)
    # None after the first one, before which nothing came, and none before the last one is counted.
    assert seconds_of_clicks_together(consume, log) >= (CLICKS - 2) * PAUSE_SECONDS


def test_full_polls_are_followed_by_none(
    consume: Consume, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "UNPAUSED_PER_SECOND", 0)
    monkeypatch.setattr(reading, "PAUSE_SECONDS", 3600)
    monkeypatch.setattr(reading, "FULL_RECORDS", 1)
    assert seconds_of_clicks_together(consume, log) > 0
