"""Token buckets: so much a second, so much at once, and memory for so many at most."""

import threading
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_app.security.buckets import MAX_BUCKETS, Limit, TokenBuckets
from tests.clock import Clock

LIMIT = Limit("id", per_second=20, burst=60)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def buckets(clock: Clock) -> TokenBuckets:
    return TokenBuckets(clock=clock)


def taken(buckets: TokenBuckets, tries: int, amount: int = 1, visitor: str = "a") -> int:
    """Return how many of the tries were let in."""
    return sum(not buckets.take(LIMIT, visitor, amount) for _ in range(tries))


def test_sixty_come_at_once_and_then_twenty_a_second(buckets: TokenBuckets, clock: Clock) -> None:
    assert taken(buckets, 100) == 60
    for _ in range(10):
        clock.now += 1
        assert taken(buckets, 100) == 20
    clock.now += 3
    assert taken(buckets, 100) == 60


def test_what_is_refused_is_not_counted(buckets: TokenBuckets, clock: Clock) -> None:
    assert taken(buckets, 1000, 7) == 8
    clock.now += 0.15
    assert taken(buckets, 1000, 7) == 1


def test_one_visitor_takes_nothing_from_another(buckets: TokenBuckets) -> None:
    assert taken(buckets, 100, visitor="flooder") == 60
    assert taken(buckets, 60, visitor="honest") == 60


def test_one_limit_takes_nothing_from_another(buckets: TokenBuckets) -> None:
    assert taken(buckets, 100) == 60
    assert buckets.take(LIMIT._replace(kind="address"), "a", 60) == 0


def test_more_than_a_bucket_holds_is_taken_while_it_is_full_and_paid_off(
    buckets: TokenBuckets, clock: Clock
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
    buckets = TokenBuckets(clock=clock)
    began, most, let_in = clock.now, 0, 0
    for pause, amount in requests:
        clock.now += pause
        if not buckets.take(LIMIT, "a", amount):
            # The rest of a batch larger than the bucket is a debt, not yet let in by the rate.
            let_in += amount
            most = max(most, amount)
        paid_later = max(0, most - LIMIT.burst)
        assert let_in <= LIMIT.burst + 20 * (clock.now - began) + paid_later + 1e-3


@given(st.lists(st.integers(1, 500), max_size=20), st.floats(0, 2), st.integers(1, 500))
def test_a_visitor_waits_as_many_seconds_as_it_is_told_and_not_one_less(
    before: list[int], pause: float, amount: int
) -> None:
    clock = Clock()
    buckets = TokenBuckets(clock=clock)
    for earlier in before:
        buckets.take(LIMIT, "a", earlier)
    clock.now += pause

    seconds = buckets.wait(LIMIT, "a", amount)
    if seconds:
        assert buckets.take(LIMIT, "a", amount) == seconds
        clock.now += seconds - 1
        assert buckets.wait(LIMIT, "a", amount) == 1
        clock.now += 1
    assert buckets.take(LIMIT, "a", amount) == 0


def test_who_asks_how_long_to_wait_takes_nothing(buckets: TokenBuckets, clock: Clock) -> None:
    assert [buckets.wait(LIMIT, "a", 60) for _ in range(100)] == [0] * 100
    assert len(buckets) == 0
    assert buckets.take(LIMIT, "a", 45) == 0
    assert [buckets.wait(LIMIT, "a", amount) for amount in (15, 16, 60, 500)] == [0, 1, 3, 3]
    clock.now += 1
    assert [buckets.wait(LIMIT, "a", amount) for amount in (35, 36, 60)] == [0, 1, 2]


def test_a_full_bucket_is_forgotten(buckets: TokenBuckets, clock: Clock) -> None:
    for number in range(1000):
        taken(buckets, 1, visitor=str(number))
    assert len(buckets) == 1000
    clock.now += 1
    taken(buckets, 1)
    assert len(buckets) == 1


@pytest.mark.slow
def test_the_memory_for_hundreds_of_thousands_of_visitors_is_bounded(buckets: TokenBuckets) -> None:
    visitors = iter(range(10**6))

    def megabytes_after_another(many: int) -> float:
        for _ in range(many):
            assert taken(buckets, 1, visitor=f"{next(visitors):016}")
        return tracemalloc.get_traced_memory()[0] / 1e6

    tracemalloc.start()
    try:
        first = megabytes_after_another(MAX_BUCKETS)
        assert len(buckets) == MAX_BUCKETS
        second = megabytes_after_another(MAX_BUCKETS // 2)
    finally:
        tracemalloc.stop()

    assert len(buckets) == MAX_BUCKETS
    assert max(first, second) < 50
    assert taken(buckets, 100, visitor="new") == 60


def test_threads_that_fill_one_bucket_get_no_more_than_it_holds(buckets: TokenBuckets) -> None:
    let_in: list[int] = []
    threads = [
        threading.Thread(target=lambda: let_in.append(taken(buckets, 200))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(let_in) == 60
