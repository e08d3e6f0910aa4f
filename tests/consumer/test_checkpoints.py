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


def test_a_checkpoint_states_only_what_was_applied(kept: MemoryLog, consume: Consume) -> None:
    kept.most_polled = 7
    consumer = consume(checkpoint_seconds=0)
    for first in range(0, 60, 6):
        kept.append(*presses(first, first + 6), partition=first % 2)
    until_counted(consumer, kept)
    consumer.stop(10)

    assert len(kept.commits) > 1
    for checkpoints in kept.commits:
        for number, stated in checkpoints.items():
            prefix = [e for e in kept.entries[number] if e.record.offset < stated.offset]
            assert stated.counts == naive.count([prefix], D)
    assert {n: c.offset for n, c in kept.commits[-1].items()} == naive.ends(kept.entries)


def test_the_last_checkpoint_is_written_at_the_stop(kept: MemoryLog, consume: Consume) -> None:
    kept.append(*presses(0, 25))
    consumer = consume(checkpoint_seconds=3600)
    until_counted(consumer, kept)
    assert kept.commits == []

    consumer.stop(10)

    (checkpoints,) = kept.commits
    assert checkpoints[0].offset == 25
    assert checkpoints[0].counts == consumer.snapshot.counts


def test_who_comes_after_continues_at_the_checkpoint(
    kept: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    kept.append(*presses(0, 33))
    first = consume()
    until_counted(first, kept)
    first.stop(10)
    kept.append(*presses(33, 50))

    second = consume()
    until_counted(second, kept)
    until_state(second, LIVE)

    assert "clicks, partition 0: continuing at offset 33, reading again from 0" in messages(caplog)
    drawn = naive.drawn_clicks(kept.entries.values(), D)
    assert naive.charts_of(second.snapshot) == naive.charts(drawn)


def test_until_the_first_catch_up_the_totals_of_the_checkpoint_are_shown(
    kept: MemoryLog, consume: Consume
) -> None:
    kept.append(*presses(0, 40))
    first = consume()
    until_counted(first, kept)
    first.stop(10)

    kept.mute = BrokerUnavailable("slow to say where the log ends")
    second = consume()
    eventually(lambda: second.snapshot.log, 10, "it does not connect", pause_seconds=0.002)

    assert second.snapshot.counts == naive.count(kept.entries.values(), D)
    assert second.snapshot.as_of == {"0": 40}


def test_a_checkpoint_is_written_again_only_when_something_was_counted(
    kept: MemoryLog, consume: Consume
) -> None:
    kept.append(*presses(0, 5))
    consumer = consume(checkpoint_seconds=0)
    until_counted(consumer, kept)
    eventually(lambda: kept.kept.get(0, (0, ""))[0] == 5, 10, "no checkpoint", pause_seconds=0.002)

    written = len(kept.commits)
    until_polled(kept, 20)
    assert len(kept.commits) == written

    kept.append(*presses(5, 6))
    eventually(lambda: len(kept.commits) > written, 10, "no checkpoint", pause_seconds=0.002)
    assert all(one != other for one, other in itertools.pairwise(kept.commits))


def test_an_idle_tally_is_looked_at_no_more_often_than_asked() -> None:
    looks: list[float] = []

    class Looked(Tally):
        def checkpoints(self) -> dict[int, Checkpoint]:
            looks.append(time.monotonic())
            return super().checkpoints()

    tally = Looked("one", D, 10)
    with MemoryLog().reader() as reader:
        checkpointer = module.Checkpointer(reader, tally, 0.05)

        def look() -> bool:
            checkpointer.write_if_due()
            return len(looks) >= 5

        eventually(look, 10, "it is not looked at", pause_seconds=0.001)

    # From the one that is awaited to the one after the next two whole intervals pass.
    assert all(after - one >= 0.05 for one, after in zip(looks, looks[2:], strict=False))


def test_an_idle_checkpoint_is_written_again_before_it_expires(
    kept: MemoryLog, consume: Consume, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.REWRITE_SECONDS <= 3600
    monkeypatch.setattr(module, "REWRITE_SECONDS", 0.05)
    consume(checkpoint_seconds=0)

    eventually(lambda: len(kept.commits) > 3, 10, "it is left to expire", pause_seconds=0.002)

    assert all(one == other for one, other in itertools.pairwise(kept.commits))


def test_a_commit_that_fails_never_stops_counting(
    kept: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    kept.uncommitting = BrokerError("the group is read-only")
    consumer = consume(checkpoint_seconds=0.02)
    until_state(consumer, LIVE)

    kept.append(*presses(0, 12))
    until_counted(consumer, kept)
    eventually(lambda: kept.commits_tried > 2, 10, "it does not try again")
    assert messages(caplog) == ["no checkpoint of clicks: the group is read-only"]
    assert consumer.state == LIVE

    kept.uncommitting = None
    eventually(lambda: kept.kept, 10, "it gave up")
    assert kept.commits[-1][0].offset == 12
    assert len(kept.opened_at) == 1


def test_a_commit_that_is_not_answered_delays_neither_counts_nor_state(
    kept: MemoryLog, consume: Consume
) -> None:
    kept.committing.clear()
    kept.append(*presses(0, 5))
    consumer = consume(checkpoint_seconds=0)
    eventually(lambda: kept.commits_tried, 10, "no checkpoint", pause_seconds=0.002)

    kept.append(*presses(5, 30))
    until_counted(consumer, kept)
    kept.mute = BrokerUnavailable("the broker is frozen")
    until_state(consumer, RECONNECTING)
    kept.mute = None
    until_state(consumer, LIVE)
    assert kept.commits_tried == 1

    kept.committing.set()
    eventually(lambda: kept.kept.get(0, (0, ""))[0] == 30, 10, "no checkpoint of what came later")


def test_no_checkpoint_is_tried_while_the_broker_is_away(
    kept: MemoryLog, consume: Consume, caplog: pytest.LogCaptureFixture
) -> None:
    consumer = consume(checkpoint_seconds=0)
    until_state(consumer, LIVE)
    kept.mute = BrokerUnavailable("nobody there")
    until_state(consumer, RECONNECTING)
    kept.uncommitting = BrokerUnavailable("nobody there")
    tried = kept.commits_tried

    kept.append(*presses(0, 5))
    until_counted(consumer, kept)
    until_polled(kept, 20)
    consumer.stop(10)

    assert kept.commits_tried == tried
    assert messages(caplog) == ["the broker does not answer: nobody there"]
