import itertools
import logging
import threading
import time

import pytest

from dash_app.brokers import BrokerError, BrokerUnavailable
from dash_app.consumer import consumer as module
from dash_app.consumer.published_state import CONNECTING, LIVE, RECONNECTING
from dash_app.counting.counts import Counts
from tests.consumer.memory_log import MemoryLog, presses
from tests.consumer.watching import (
    LISTENING,
    Consume,
    messages,
    until_counted,
    until_polled,
    until_state,
)
from tests.naive import press
from tests.waiting import eventually


def test_a_broker_that_is_not_there_is_tried_again_with_growing_capped_pauses(
    log: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    log.open_error = BrokerUnavailable("no broker answers at localhost:9")
    consumer = consume()
    eventually(lambda: len(log.opened_at) > 12, 10, "it gave up", pause_seconds=0.002)

    assert consumer.state == CONNECTING
    pauses = [later - earlier for earlier, later in itertools.pairwise(log.opened_at)]
    for pause, least in zip(pauses, [0.01, 0.02, 0.04, 0.04, 0.04, 0.04], strict=False):
        assert pause >= 0.9 * least
    # Without a cap the last pause would be 20 s.
    assert pauses[11] < 5
    assert "the consumer starts again: no broker answers at localhost:9" in messages(caplog)


def test_a_thread_that_could_not_start_is_started_the_next_time(
    log: MemoryLog, consume: Consume, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.append(*presses(0, 7))
    consumer = consume(start=False)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            consumer.start()

    consumer.start()
    until_counted(consumer, log)


def refuse(thread: threading.Thread) -> None:
    raise RuntimeError(f"can't start new thread {thread.name}")


def test_it_connects_when_the_broker_comes(log: MemoryLog, consume: Consume) -> None:
    log.open_error = BrokerUnavailable("no broker answers")
    log.append(*presses(0, 7))
    consumer = consume()
    eventually(lambda: len(log.opened_at) > 2, 10, "it gave up", pause_seconds=0.002)

    log.open_error = None

    until_state(consumer, LIVE)
    until_counted(consumer, log)


def test_a_loss_after_a_long_reading_is_followed_by_a_short_pause(
    log: MemoryLog, consume: Consume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LAST_BACKOFF_SECONDS", 60)
    log.open_error = BrokerUnavailable("no broker answers")
    consumer = consume()
    eventually(lambda: len(log.opened_at) > 5, 10, "it gave up", pause_seconds=0.002)
    log.open_error = None
    until_state(consumer, LIVE)
    grown = 2 * (log.opened_at[-1] - log.opened_at[-2])
    monkeypatch.setattr(module, "LAST_BACKOFF_SECONDS", 0.02)
    opened, read_since = len(log.opened_at), log.opened_at[-1]
    eventually(lambda: time.monotonic() - read_since > 0.05, 10, "time stands still")

    lost_at = time.monotonic()
    log.poll_error = BrokerUnavailable("a short loss")
    eventually(lambda: len(log.opened_at) > opened, 10, "it gave up", pause_seconds=0.002)

    assert log.opened_at[-1] - lost_at < grown


def test_a_broker_that_stops_answering_is_logged_and_so_is_its_return(
    log: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    log.append(*presses(0, 5))
    consumer = consume()
    until_state(consumer, LIVE)

    log.ends_error = BrokerUnavailable("no answer in 2 s")
    until_state(consumer, RECONNECTING)
    assert consumer.snapshot.as_of == {"0": 5}
    until_polled(log, 20)
    assert messages(caplog).count("the broker does not answer: no answer in 2 s") == 1

    log.ends_error = None
    log.append(*presses(5, 8))
    until_state(consumer, LIVE)
    until_counted(consumer, log)
    assert len(log.opened_at) == 1
    assert messages(caplog).count(LISTENING) == 2


@pytest.mark.parametrize("error", [BrokerUnavailable("lost"), RuntimeError("a bug"), KeyError(1)])
def test_whatever_a_poll_raises_counting_goes_on_and_stays_exact(
    log: MemoryLog, consume: Consume, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    log.append(*presses(0, 15))
    consumer = consume()
    until_state(consumer, LIVE)

    log.poll_error = error
    eventually(lambda: len(log.opened_at) > 1, 10, "it is not started again", pause_seconds=0.002)
    log.append(*presses(15, 31))

    until_counted(consumer, log)
    until_state(consumer, LIVE)
    (record,) = [record for record in caplog.records if "starts again" in record.getMessage()]
    assert bool(record.exc_info) is not isinstance(error, BrokerError)


def test_what_was_counted_stays_shown_until_a_restarted_reading_has_caught_up(
    log: MemoryLog, consume: Consume
) -> None:
    log.append(*presses(0, 30))
    consumer = consume()
    until_state(consumer, LIVE)
    shown, recent = consumer.snapshot, consumer.recent(0)

    log.largest_poll, log.ends_error = 1, BrokerUnavailable("slow to say where the log ends")
    log.poll_error = BrokerUnavailable("lost")
    eventually(lambda: len(log.opened_at) > 1, 10, "it is not started again", pause_seconds=0.002)
    until_polled(log, 40)

    assert consumer.snapshot is shown
    assert consumer.recent(0) == recent
    assert consumer.state == RECONNECTING

    log.ends_error = None
    until_state(consumer, LIVE)
    assert consumer.snapshot is not shown
    assert consumer.snapshot.counts == shown.counts
    assert consumer.recent(0) == recent


def test_another_log_in_the_place_of_the_first_is_counted_anew(
    log: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    log.append(*presses(0, 30))
    consumer = consume(checkpoint_seconds=0)
    until_state(consumer, LIVE)
    until_counted(consumer, log)
    eventually(lambda: log.stored, 10, "no checkpoint was written")

    log.replace("log-2")
    log.append(press(0), press(1, "hate"))

    eventually(lambda: consumer.snapshot.log_id == "log-2", 10, "the first log is still shown")
    until_counted(consumer, log)
    assert consumer.snapshot.counts == Counts({"cheers": 1, "hate": 1})
    assert len(consumer.recent(0).clicks) == 2
    assert "the consumer starts again: log-1 is gone" in messages(caplog)
