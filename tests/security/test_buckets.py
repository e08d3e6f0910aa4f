"""Token buckets: so much a second, so much at once, and memory for so many at most."""

import threading
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerSecond
from limits.strategies import MovingWindowRateLimiter

from dash_app.security.buckets import MOST_BUCKETS, Buckets
from tests.clock import Clock

LIMIT, SECONDS = 60, 3
"""20 a second, 60 at once."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def buckets(clock: Clock) -> Buckets:
    return Buckets(clock=clock)


def taken(buckets: Buckets, tries: int, amount: int = 1, key: str = "a") -> int:
    """Return how many of the tries were let in."""
    return sum(buckets.acquire_entry(key, LIMIT, SECONDS, amount) for _ in range(tries))


def test_sixty_come_at_once_and_then_twenty_a_second(buckets: Buckets, clock: Clock) -> None:
    assert taken(buckets, 100) == 60
    for _ in range(10):
        clock.now += 1
        assert taken(buckets, 100) == 20
    clock.now += 3
    assert taken(buckets, 100) == 60


def test_what_is_refused_is_not_counted(buckets: Buckets, clock: Clock) -> None:
    assert taken(buckets, 1000, 7) == 8
    clock.now += 0.15
    assert taken(buckets, 1000, 7) == 1


def test_one_key_takes_nothing_from_another(buckets: Buckets) -> None:
    assert taken(buckets, 100, key="flooder") == 60
    assert taken(buckets, 60, key="honest") == 60


def test_more_than_a_bucket_holds_is_taken_while_it_is_empty_and_paid_off(
    buckets: Buckets, clock: Clock
) -> None:
    assert taken(buckets, 3, 500) == 1
    clock.now += 22
    assert taken(buckets, 1) == 0
    clock.now += 0.1
    assert taken(buckets, 1) == 1
    clock.now += 2
    assert taken(buckets, 1, 500) == 0
    clock.now += 1
    assert taken(buckets, 1, 500) == 1


@given(st.lists(st.tuples(st.floats(0, 2), st.integers(1, 500)), max_size=200))
def test_no_pattern_of_requests_gets_more_than_the_rate_and_one_burst(
    requests: list[tuple[float, int]],
) -> None:
    clock = Clock()
    buckets = Buckets(clock=clock)
    began, most, let_in = clock.now, 0, 0
    for pause, amount in requests:
        clock.now += pause
        if buckets.acquire_entry("a", LIMIT, SECONDS, amount):
            # The rest of a batch larger than the bucket is a debt, not yet let in by the rate.
            let_in += amount
            most = max(most, amount)
        assert let_in <= LIMIT + 20 * (clock.now - began) + max(0, most - LIMIT) + 1e-3


def test_limits_own_strategy_says_what_is_left_and_until_when(
    buckets: Buckets, clock: Clock
) -> None:
    strategy, item = MovingWindowRateLimiter(buckets), RateLimitItemPerSecond(LIMIT, SECONDS)
    assert strategy.get_window_stats(item, "a").remaining == 60
    assert strategy.hit(item, "a", cost=45)
    assert strategy.get_window_stats(item, "a").remaining == 15
    assert not strategy.test(item, "a", cost=16)
    clock.now += 1
    assert strategy.get_window_stats(item, "a").remaining == 35
    buckets.clear(item.key_for("a"))
    assert strategy.get_window_stats(item, "a").remaining == 60


def test_an_empty_bucket_is_forgotten(buckets: Buckets, clock: Clock) -> None:
    for number in range(1000):
        taken(buckets, 1, key=str(number))
    assert len(buckets) == 1000
    clock.now += 1
    taken(buckets, 1)
    assert len(buckets) == 1
    assert buckets.reset() == 1


def test_the_memory_for_hundreds_of_thousands_of_keys_is_bounded(buckets: Buckets) -> None:
    keys = iter(range(10**6))

    def megabytes_after_another(many: int) -> float:
        for _ in range(many):
            assert taken(buckets, 1, key=f"LIMITER/id/{next(keys):016}/60/3/second")
        return tracemalloc.get_traced_memory()[0] / 1e6

    tracemalloc.start()
    try:
        first = megabytes_after_another(MOST_BUCKETS)
        assert len(buckets) == MOST_BUCKETS
        second = megabytes_after_another(MOST_BUCKETS // 2)
    finally:
        tracemalloc.stop()

    assert len(buckets) == MOST_BUCKETS
    assert max(first, second) < 50
    assert taken(buckets, 100, key="new") == 60


def test_threads_that_fill_one_bucket_get_no_more_than_it_holds(buckets: Buckets) -> None:
    let_in: list[int] = []
    threads = [
        threading.Thread(target=lambda: let_in.append(taken(buckets, 200))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(let_in) == 60


def test_fixed_windows_are_refused(buckets: Buckets) -> None:
    with pytest.raises(NotImplementedError, match="moving window"):
        buckets.incr("a", 1)
    with pytest.raises(NotImplementedError, match="moving window"):
        buckets.get("a")
