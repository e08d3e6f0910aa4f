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
from dash_app.counting import progress
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
from tests.naive import NOW, press
from tests.waiting import eventually


def test_a_consumer_connects_catches_up_and_is_live(log: MemoryLog, consume: Consume) -> None:
    log.append(*presses(0, 25))
    log.largest_poll = 10
    states = []
    consumer = Consumer(log, dedup_offsets=D, recent_capacity=10, checkpoint_seconds=5)
    log.watch = lambda: states.append(consumer.state)
    consumer.start()
    until_state(consumer, LIVE)
    until_polled(log, 1)
    consumer.stop(10)

    assert [state for state, _ in itertools.groupby(states)] == [CONNECTING, CATCHING_UP, LIVE]
    until_counted(consumer, log)


def test_a_long_catching_up_is_logged_now_and_then_and_a_quick_one_is_not(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    log.append(*presses(0, 500))
    log.largest_poll = 1
    for every, is_said in ((10.0, False), (0.0, True)):
        monkeypatch.setattr(progress, "EVERY_SECONDS", every)
        consumer = Consumer(log, dedup_offsets=D, recent_capacity=10, checkpoint_seconds=5)
        consumer.start()
        until_state(consumer, LIVE)
        consumer.stop(10)
        assert ("catching up with " in caplog.text) == is_said


def test_the_lag_is_the_number_of_unread_records_of_each_partition(log: MemoryLog) -> None:
    log.append(*presses(0, 25))
    log.largest_poll = 10
    lags: list[Mapping[int, int]] = []
    consumer = Consumer(log, dedup_offsets=D, recent_capacity=10, checkpoint_seconds=5)
    assert consumer.lag == {}
    log.watch = lambda: lags.append(consumer.lag)
    consumer.start()
    until_state(consumer, LIVE)
    eventually(lambda: consumer.lag == {0: 0}, 5, lambda: f"{consumer.lag} are left")
    assert {0: 25} in lags

    log.ends_error = BrokerUnavailable("gone")
    eventually(lambda: consumer.lag == {}, 5, "the lag of a log that is away is not known")
    consumer.stop(10)


class Failing(NoObserver):
    """An observer whose methods all fail."""

    def __init__(self) -> None:
        self.calls: set[str] = set()

    def on_heartbeat(self, _: PublishedState) -> None:
        self._fail("heartbeat")

    def on_counted(self, _: Sequence[Click]) -> None:
        self._fail("counted")

    def on_restart(self) -> None:
        self._fail("restart")

    def _fail(self, what: str) -> None:
        self.calls.add(what)
        raise OSError(f"no space left for {what}")


def test_an_observer_that_fails_ends_no_reading_and_is_logged_once(
    log: MemoryLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.append(*presses(0, 25))
    failing = Failing()
    consumer = Consumer(
        log, dedup_offsets=D, recent_capacity=10, checkpoint_seconds=3600, observer=failing
    )
    consumer.start()
    until_state(consumer, LIVE)
    until_counted(consumer, log)
    until_polled(log, 3)
    assert len(log.opened_at) == 1

    log.poll_error = RuntimeError("an error of the reading")
    until_state(consumer, RECONNECTING)
    until_state(consumer, LIVE)
    log.append(press(26))
    until_counted(consumer, log)
    consumer.stop(10)
    assert failing.calls == {"heartbeat", "counted", "restart"}
    assert messages(caplog).count("an observer failed; the counting goes on") == 1


class Listening(NoObserver):
    """An observer that remembers what it learned."""

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


def test_the_observer_learns_of_the_drawn_clicks(log: MemoryLog) -> None:
    observer = Listening()
    consumer = Consumer(
        log, dedup_offsets=D, recent_capacity=10, checkpoint_seconds=5, observer=observer
    )
    consumer.start()
    log.append(press(0), press(0), press(1, "hate", age=2), press(2, age=4000))
    until_counted(consumer, log)
    consumer.stop(10)

    assert observer.clicks == naive.drawn_clicks(log.entries.values(), D)
    assert LIVE in observer.states
    assert not observer.restarts


def test_before_its_start_it_counts_nothing_and_is_connecting(log: MemoryLog) -> None:
    consumer = Consumer(log, dedup_offsets=D, recent_capacity=10, checkpoint_seconds=5)

    assert consumer.state == CONNECTING
    assert (consumer.snapshot.log_id, consumer.snapshot.as_of) == (None, {})
    assert consumer.recent(0).clicks == []
    assert log.opened_at == []
    consumer.stop(1)


def test_it_logs_when_it_listens_and_where_each_partition_starts(
    log: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    until_state(consume(), LIVE)

    start = "clicks, partition 0: counting from the log's start, offset 0"
    assert messages(caplog)[:2] == [
        f"{start}: there is no checkpoint of version 4",
        LISTENING,
    ]


def test_an_empty_log_is_live(log: MemoryLog, consume: Consume) -> None:
    consumer = consume()

    until_state(consumer, LIVE)

    assert consumer.snapshot.as_of == {"0": 0}
    assert consumer.snapshot.log_id == "log-1"


def test_what_is_appended_while_it_is_live_is_counted_drawn_and_recent(
    log: MemoryLog, consume: Consume
) -> None:
    consumer = consume()
    until_state(consumer, LIVE)

    log.append(press(0, "hate", age=3), press(1), press(2, age=4000))

    until_counted(consumer, log)
    drawn = naive.drawn_clicks(log.entries.values(), D)
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
    log: MemoryLog, consume: Consume
) -> None:
    consumer = consume()
    until_state(consumer, LIVE)

    consumer.stop(10)
    consumer.stop(10)

    assert consumer.state == DISABLED
    assert "clicks-consumer" not in [thread.name for thread in threading.enumerate()]


def test_a_consumer_that_waits_for_a_broker_stops_at_once(
    log: MemoryLog, consume: Consume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_BACKOFF_SECONDS", 60)
    log.open_error = BrokerUnavailable("no broker answers")
    consumer = consume()
    eventually(lambda: log.opened_at, 10, "it does not try", pause_seconds=0.002)

    consumer.stop(10)

    assert consumer.state == DISABLED


def test_a_consumer_that_hangs_is_logged(
    log: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    consumer = consume()
    until_state(consumer, LIVE)
    with log.changed:
        # Nobody can poll while this is held.
        consumer.stop(0.05)
        assert "the consumer did not end within 0.05 s" in messages(caplog)


def test_a_consumer_that_lags_behind_is_catching_up(
    log: MemoryLog, consume: Consume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAUSE_SECONDS", 0.02)
    consumer = consume()
    until_state(consumer, LIVE)
    log.largest_poll = 1

    log.append(*presses(0, 40))

    until_state(consumer, CATCHING_UP)
    until_state(consumer, LIVE)
    until_counted(consumer, log)


def test_a_consumer_that_lags_behind_makes_no_pause(
    log: MemoryLog, consume: Consume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAUSE_SECONDS", 60)
    monkeypatch.setattr(reading, "FULL_RECORDS", 10)
    log.largest_poll = 10
    log.append(*presses(0, 40))
    consumer = consume()

    until_counted(consumer, log)
