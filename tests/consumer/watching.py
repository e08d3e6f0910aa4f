"""Wait for the states and counts of a consumer."""

from collections.abc import Callable

import pytest

from dash_app.consumer.consumer import Consumer
from tests import naive
from tests.consumer.memory_log import D, MemoryLog
from tests.waiting import eventually

LISTENING = "[Consumer] ¡Conectado y escuchando!"

Consume = Callable[..., Consumer]
"""Start a consumer: `consume(checkpoint_seconds=5)`."""


def until_state(consumer: Consumer, state: str) -> None:
    eventually(
        lambda: consumer.state == state,
        10,
        lambda: f"the consumer is {consumer.state}, not {state}",
        pause_seconds=0.002,
    )


def until_counted(consumer: Consumer, log: MemoryLog) -> None:
    """Wait until all of the log is counted, exactly."""
    ends = {str(number): end for number, end in naive.ends(log.entries).items()}
    eventually(
        lambda: consumer.snapshot.as_of == ends,
        10,
        lambda: f"counted to {consumer.snapshot.as_of} of {ends}",
        pause_seconds=0.002,
    )
    assert consumer.snapshot.counts == naive.count(log.entries.values(), D)


def until_polled(log: MemoryLog, times: int) -> None:
    goal = log.polls + times
    eventually(lambda: log.polls >= goal, 10, "nobody polls", pause_seconds=0.002)


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]
