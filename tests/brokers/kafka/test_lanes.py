"""Lanes: what fails in one partition is refused there, by name, from whichever thread."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dash_app.brokers.kafka import lanes as module
from dash_app.brokers.kafka.circuit_breaker import CircuitBreaker, CircuitOpen
from dash_app.brokers.kafka.lanes import Lanes


def test_what_is_refused_names_the_partition() -> None:
    lanes, producer = Lanes(), object()
    lanes.record_failure(3, producer)

    with pytest.raises(CircuitOpen, match="partition 3 failed"), lanes.enter(3, producer):
        pytest.fail("it passes")
    with lanes.enter(2, producer):
        pass


def test_a_failure_stays_known_while_another_thread_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, fails = threading.Event(), threading.Event()

    class Slow(CircuitBreaker):
        def __init__(self) -> None:
            super().__init__()
            if not looks.is_set():
                looks.set()
                fails.wait(5)

    monkeypatch.setattr(module, "CircuitBreaker", Slow)
    lanes = Lanes()
    with ThreadPoolExecutor(1) as threads:
        looking = threads.submit(lanes.is_open, 0)
        looks.wait(0.2)
        lanes.record_failure(0, object())
        fails.set()
        looking.result(5)

    assert not lanes.is_open(0)
