import itertools
import logging
import time

import pytest

from dash_app.brokers import BrokerError, BrokerUnavailable
from dash_app.consumer import checkpointer as module
from dash_app.consumer.published_state import LIVE, RECONNECTING
from dash_app.counting.checkpoint import Checkpoint
from dash_app.counting.tally import Tally
from tests import naive
from tests.consumer.memory_log import D, MemoryLog, presses
from tests.consumer.watching import (
    Consume,
    messages,
    until_counted,
    until_polled,
    until_state,
)
from tests.waiting import eventually


def test_a_checkpoint_states_only_what_was_applied(log: MemoryLog, consume: Consume) -> None:
    log.largest_poll = 7
    consumer = consume(checkpoint_seconds=0)
    for first in range(0, 60, 6):
        log.append(*presses(first, first + 6), partition=first % 2)
    until_counted(consumer, log)
    consumer.stop(10)

    assert len(log.commits) > 1
    for checkpoints in log.commits:
        for number, checkpoint in checkpoints.items():
            prefix = [e for e in log.entries[number] if e.record.offset < checkpoint.offset]
            assert checkpoint.counts == naive.count([prefix], D)
    assert {n: c.offset for n, c in log.commits[-1].items()} == naive.ends(log.entries)


def test_the_last_checkpoint_is_written_at_the_stop(log: MemoryLog, consume: Consume) -> None:
    log.append(*presses(0, 25))
    consumer = consume(checkpoint_seconds=3600)
    until_counted(consumer, log)
    assert log.commits == []

    consumer.stop(10)

    (checkpoints,) = log.commits
    assert checkpoints[0].offset == 25
    assert checkpoints[0].counts == consumer.snapshot.counts


def test_the_next_consumer_continues_at_the_checkpoint(
    log: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    log.append(*presses(0, 33))
    first = consume()
    until_counted(first, log)
    first.stop(10)
    log.append(*presses(33, 50))

    second = consume()
    until_counted(second, log)
    until_state(second, LIVE)

    assert "clicks, partition 0: continuing at offset 33, reading again from 0" in messages(caplog)
    drawn = naive.drawn_clicks(log.entries.values(), D)
    assert naive.charts_of(second.snapshot) == naive.charts(drawn)


def test_until_the_first_catch_up_the_totals_of_the_checkpoint_are_shown(
    log: MemoryLog, consume: Consume
) -> None:
    log.append(*presses(0, 40))
    first = consume()
    until_counted(first, log)
    first.stop(10)

    log.ends_error = BrokerUnavailable("slow to say where the log ends")
    second = consume()
    eventually(lambda: second.snapshot.log_id, 10, "it does not connect", pause_seconds=0.002)

    assert second.snapshot.counts == naive.count(log.entries.values(), D)
    assert second.snapshot.as_of == {"0": 40}


def test_a_checkpoint_is_written_again_only_when_something_was_counted(
    log: MemoryLog, consume: Consume
) -> None:
    log.append(*presses(0, 5))
    consumer = consume(checkpoint_seconds=0)
    until_counted(consumer, log)
    eventually(lambda: log.stored.get(0, (0, ""))[0] == 5, 10, "no checkpoint", pause_seconds=0.002)

    written = len(log.commits)
    until_polled(log, 20)
    assert len(log.commits) == written

    log.append(*presses(5, 6))
    eventually(lambda: len(log.commits) > written, 10, "no checkpoint", pause_seconds=0.002)
    assert all(one != other for one, other in itertools.pairwise(log.commits))


def test_an_idle_tally_is_checked_no_more_often_than_every_checkpoint_seconds() -> None:
    checks: list[float] = []

    class WatchedTally(Tally):
        def checkpoints(self) -> dict[int, Checkpoint]:
            checks.append(time.monotonic())
            return super().checkpoints()

    tally = WatchedTally("one", D, 10)
    with MemoryLog().reader() as reader:
        checkpointer = module.Checkpointer(reader, tally, 0.05, lambda _: None)

        def check() -> bool:
            checkpointer.write_if_due()
            return len(checks) >= 5

        eventually(check, 10, "it is not checked", pause_seconds=0.001)

    # From the one that is awaited to the one after the next two whole intervals pass.
    assert all(after - one >= 0.05 for one, after in zip(checks, checks[2:], strict=False))


def test_an_idle_checkpoint_is_written_again_before_it_expires(
    log: MemoryLog, consume: Consume, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.REWRITE_SECONDS <= 3600
    monkeypatch.setattr(module, "REWRITE_SECONDS", 0.05)
    consume(checkpoint_seconds=0)

    eventually(lambda: len(log.commits) > 3, 10, "it is left to expire", pause_seconds=0.002)

    assert all(one == other for one, other in itertools.pairwise(log.commits))


def test_a_commit_that_fails_never_stops_counting(
    log: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    log.commit_error = BrokerError("the group is read-only")
    consumer = consume(checkpoint_seconds=0.02)
    until_state(consumer, LIVE)

    log.append(*presses(0, 12))
    until_counted(consumer, log)
    eventually(lambda: log.commit_attempts > 2, 10, "it does not try again")
    assert messages(caplog) == ["no checkpoint of clicks: the group is read-only"]
    assert consumer.state == LIVE

    log.commit_error = None
    eventually(lambda: log.stored, 10, "it gave up")
    assert log.commits[-1][0].offset == 12
    assert len(log.opened_at) == 1


def test_a_commit_that_is_not_answered_delays_neither_counts_nor_state(
    log: MemoryLog, consume: Consume
) -> None:
    log.committing.clear()
    log.append(*presses(0, 5))
    consumer = consume(checkpoint_seconds=0)
    eventually(lambda: log.commit_attempts, 10, "no checkpoint", pause_seconds=0.002)

    log.append(*presses(5, 30))
    until_counted(consumer, log)
    log.ends_error = BrokerUnavailable("the broker is frozen")
    until_state(consumer, RECONNECTING)
    log.ends_error = None
    until_state(consumer, LIVE)
    assert log.commit_attempts == 1

    log.committing.set()
    eventually(lambda: log.stored.get(0, (0, ""))[0] == 30, 10, "no checkpoint of what came later")


def test_no_checkpoint_is_tried_while_the_broker_is_away(
    log: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    consumer = consume(checkpoint_seconds=0)
    until_state(consumer, LIVE)
    log.ends_error = BrokerUnavailable("nobody there")
    until_state(consumer, RECONNECTING)
    log.commit_error = BrokerUnavailable("nobody there")
    tried = log.commit_attempts

    log.append(*presses(0, 5))
    until_counted(consumer, log)
    until_polled(log, 20)
    consumer.stop(10)

    assert log.commit_attempts == tried
    assert messages(caplog) == ["the broker does not answer: nobody there"]
