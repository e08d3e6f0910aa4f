"""A log in memory, and consumers of it, which end after the test."""

from collections.abc import Iterator

import pytest

from dash_app.consumer import consumer as supervision
from dash_app.consumer import reading
from dash_app.consumer.consumer import Consumer
from tests.consumer.memory_log import D, MemoryLog
from tests.consumer.watching import (
    Consume,
)
from tests.naive import NOW


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits of the consumer, from a second to a hundredth."""
    monkeypatch.setattr(reading, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(reading, "END_CHECK_SECONDS", 0.01)
    monkeypatch.setattr(supervision, "FIRST_BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr(supervision, "LAST_BACKOFF_SECONDS", 0.04)


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def consume(log: MemoryLog) -> Iterator[Consume]:
    """Start consumers of the log, and stop them after the test."""
    started: list[Consumer] = []

    def make(*, checkpoint_seconds: float = 3600, start: bool = True) -> Consumer:
        consumer = Consumer(
            log,
            dedup_offsets=D,
            recent_capacity=1000,
            checkpoint_seconds=checkpoint_seconds,
            clock=lambda: NOW,
        )
        started.append(consumer)
        if start:
            consumer.start()
        return consumer

    yield make
    for consumer in started:
        consumer.stop(10)
    assert log.open_readers == 0
