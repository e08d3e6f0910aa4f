"""The circuit breaker: closed, open, half open, and one probe at a time."""

import pytest

from dash_app.brokers.kafka.circuit_breaker import CircuitBreaker, CircuitOpen, State


@pytest.fixture
def half_open() -> CircuitBreaker:
    breaker = CircuitBreaker()
    breaker.record_failure()
    breaker.allow_probes()
    return breaker


def test_a_closed_one_permits_everything() -> None:
    breaker = CircuitBreaker()

    assert breaker.state is State.CLOSED
    assert [breaker.acquire() for _ in range(3)] == [False] * 3


def test_a_failure_opens_it_and_nothing_passes() -> None:
    breaker = CircuitBreaker()
    breaker.record_failure()

    assert breaker.state is State.OPEN
    for _ in range(2):
        with pytest.raises(CircuitOpen):
            breaker.acquire()


def test_half_open_it_permits_one_probe_at_a_time(half_open: CircuitBreaker) -> None:
    assert half_open.state is State.HALF_OPEN
    assert half_open.acquire()
    with pytest.raises(CircuitOpen):
        half_open.acquire()
    half_open.release_probe()

    assert half_open.acquire()


def test_a_success_closes_it_for_all_at_once(half_open: CircuitBreaker) -> None:
    half_open.acquire()
    half_open.record_success()

    assert half_open.state is State.CLOSED
    assert not half_open.acquire()


def test_a_probe_that_fails_opens_it_again(half_open: CircuitBreaker) -> None:
    half_open.acquire()
    half_open.record_failure()
    half_open.release_probe()

    with pytest.raises(CircuitOpen):
        half_open.acquire()
    half_open.allow_probes()
    assert half_open.acquire()


def test_a_probe_under_way_is_the_only_one_even_if_it_was_opened_meanwhile(
    half_open: CircuitBreaker,
) -> None:
    half_open.acquire()
    half_open.record_failure()
    half_open.allow_probes()

    with pytest.raises(CircuitOpen):
        half_open.acquire()


def test_there_is_nothing_to_probe_while_it_is_closed() -> None:
    breaker = CircuitBreaker()
    breaker.allow_probes()

    assert breaker.state is State.CLOSED
