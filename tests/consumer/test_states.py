import itertools
import logging
import threading
from collections.abc import Mapping, Sequence

import pytest

from dash_app.brokers import BrokerUnavailable
from dash_app.consumer import consumer as module
from dash_app.consumer import reading
from dash_app.consumer.consumer import Consumer
from dash_app.consumer.observer import NoObserver
from dash_app.consumer.published_state import (
    CATCHING_UP,
    CONNECTING,
    DISABLED,
    LIVE,
    RECONNECTING,
    PublishedState,
)
from dash_app.counting.clicks import Click
from tests import naive
from tests.consumer.memory_log import D, MemoryLog, presses
from tests.consumer.watching import (
    LISTENING,
    Consume,
    messages,
    until_counted,
    until_polled,
    until_state,
)
from tests.naive import NOW, pressed
from tests.waiting import eventually


def test_a_consumer_connects_catches_up_and_is_live(kept: MemoryLog, consume: Consume) -> None:
    kept.append(*presses(0, 25))
    kept.most_polled = 10
    states = []
    consumer = Consumer(kept, dedup_offsets=D, recent_capacity=10, checkpoint_seconds=5)
    kept.watch = lambda: states.append(consumer.state)
    consumer.start()
    until_state(consumer, LIVE)
    until_polled(kept, 1)
    consumer.stop(10)

    assert [state for state, _ in itertools.groupby(states)] == [CONNECTING, CATCHING_UP, LIVE]
    until_counted(consumer, kept)


def test_it_tells_how_many_records_are_still_to_be_read(kept: MemoryLog) -> None:
    kept.append(*presses(0, 25))
    kept.most_polled = 10
    lags: list[Mapping[int, int]] = []
    consumer = Consumer(kept, dedup_offsets=D, recent_capacity=10, checkpoint_seconds=5)
    assert consumer.lag == {}
    kept.watch = lambda: lags.append(consumer.lag)
    consumer.start()
    until_state(consumer, LIVE)
    eventually(lambda: consumer.lag == {0: 0}, 5, lambda: f"{consumer.lag} are left")
    assert {0: 25} in lags

    kept.mute = BrokerUnavailable("gone")
    eventually(lambda: consumer.lag == {}, 5, "the lag of a log that is away is not known")
    consumer.stop(10)


class Failing(NoObserver):
    """An observer that fails whatever it is told."""

    def __init__(self) -> None:
        self.told: set[str] = set()

    def on_heartbeat(self, _: PublishedState) -> None:
        self._fail("heartbeat")

    def on_counted(self, _: Sequence[Click]) -> None:
        self._fail("counted")

    def on_restart(self) -> None:
        self._fail("restart")

    def _fail(self, what: str) -> None:
        self.told.add(what)
        raise OSError(f"no space left for {what}")


def test_an_observer_that_fails_ends_no_reading_and_is_named_once(
    kept: MemoryLog, caplog: pytest.LogCaptureFixture
) -> None:
    kept.append(*presses(0, 25))
    failing = Failing()
    consumer = Consumer(
        kept, dedup_offsets=D, recent_capacity=10, checkpoint_seconds=3600, observer=failing
    )
    consumer.start()
    until_state(consumer, LIVE)
    until_counted(consumer, kept)
    until_polled(kept, 3)
    assert len(kept.opened_at) == 1

    kept.failing = RuntimeError("an error of the reading")
    until_state(consumer, RECONNECTING)
    until_state(consumer, LIVE)
    kept.append(pressed(26))
    until_counted(consumer, kept)
    consumer.stop(10)
    assert failing.told == {"heartbeat", "counted", "restart"}
    assert messages(caplog).count("the metrics miss an event; everything else goes on") == 1


class Listening(NoObserver):
    """An observer that remembers what it was told."""

    def __init__(self) -> None:
        self.clicks: list[Click] = []
        self.states: list[str] = []
        self.restarts = 0

    def on_heartbeat(self, state: PublishedState) -> None:
        self.states.append(state.state)

    def on_counted(self, clicks: Sequence[Click]) -> None:
        self.clicks.extend(clicks)

    def on_restart(self) -> None:
        self.restarts += 1


def test_it_tells_of_clicks_as_they_are_counted(kept: MemoryLog) -> None:
    told = Listening()
    consumer = Consumer(
        kept, dedup_offsets=D, recent_capacity=10, checkpoint_seconds=5, observer=told
    )
    consumer.start()
    kept.append(pressed(0), pressed(0), pressed(1, "hate", age=2), pressed(2, age=4000))
    until_counted(consumer, kept)
    consumer.stop(10)

    assert told.clicks == naive.drawn_clicks(kept.entries.values(), D)
    assert LIVE in told.states
    assert not told.restarts


def test_before_it_is_started_it_counts_nothing_and_says_connecting(kept: MemoryLog) -> None:
    consumer = Consumer(kept, dedup_offsets=D, recent_capacity=10, checkpoint_seconds=5)

    assert consumer.state == CONNECTING
    assert (consumer.snapshot.log, consumer.snapshot.as_of) == (None, {})
    assert consumer.recent(0).clicks == []
    assert kept.opened_at == []
    consumer.stop(1)


def test_it_says_when_it_listens_and_where_each_partition_starts(
    kept: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    until_state(consume(), LIVE)

    assert messages(caplog)[:2] == [
        "clicks, partition 0: counting from the log's start, offset 0: there is no checkpoint",
        LISTENING,
    ]


def test_an_empty_log_is_live(kept: MemoryLog, consume: Consume) -> None:
    consumer = consume()

    until_state(consumer, LIVE)

    assert consumer.snapshot.as_of == {"0": 0}
    assert consumer.snapshot.log == "log-1"


def test_what_is_appended_while_it_is_live_is_counted_drawn_and_recent(
    kept: MemoryLog, consume: Consume
) -> None:
    consumer = consume()
    until_state(consumer, LIVE)

    kept.append(pressed(0, "hate", age=3), pressed(1), pressed(2, age=4000))

    until_counted(consumer, kept)
    drawn = naive.drawn_clicks(kept.entries.values(), D)
    assert naive.charts_of(consumer.snapshot) == naive.charts(drawn)
    assert consumer.recent(NOW - 120).clicks == drawn


def test_the_thread_has_a_name_and_keeps_no_process_alive(consume: Consume) -> None:
    consume()

    (thread,) = [thread for thread in threading.enumerate() if thread.name == "clicks-consumer"]
    assert thread.daemon


def test_a_second_start_starts_nothing(consume: Consume) -> None:
    consumer = consume()

    consumer.start()

    assert [thread.name for thread in threading.enumerate()].count("clicks-consumer") == 1


def test_a_consumer_stops_within_its_time_and_twice_is_harmless(
    kept: MemoryLog, consume: Consume
) -> None:
    consumer = consume()
    until_state(consumer, LIVE)

    consumer.stop(10)
    consumer.stop(10)

    assert consumer.state == DISABLED
    assert "clicks-consumer" not in [thread.name for thread in threading.enumerate()]


def test_a_consumer_that_waits_for_a_broker_stops_at_once(
    kept: MemoryLog, consume: Consume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_BACKOFF_SECONDS", 60)
    kept.refusing = BrokerUnavailable("no broker answers")
    consumer = consume()
    eventually(lambda: kept.opened_at, 10, "it does not try", pause_seconds=0.002)

    consumer.stop(10)

    assert consumer.state == DISABLED


def test_a_consumer_that_hangs_says_so(
    kept: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    consumer = consume()
    until_state(consumer, LIVE)
    with kept.changed:
        # Nobody can poll while this is held.
        consumer.stop(0.05)
        assert "the consumer did not end within 0.05 s" in messages(caplog)


def test_a_reader_that_lags_behind_says_catching_up(
    kept: MemoryLog, consume: Consume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAUSE_SECONDS", 0.02)
    consumer = consume()
    until_state(consumer, LIVE)
    kept.most_polled = 1

    kept.append(*presses(0, 40))

    until_state(consumer, CATCHING_UP)
    until_state(consumer, LIVE)
    until_counted(consumer, kept)


def test_who_is_behind_goes_on_without_a_pause(
    kept: MemoryLog, consume: Consume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAUSE_SECONDS", 60)
    monkeypatch.setattr(reading, "FULL_RECORDS", 10)
    kept.most_polled = 10
    kept.append(*presses(0, 40))
    consumer = consume()

    until_counted(consumer, kept)
