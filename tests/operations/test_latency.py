import threading

import pytest

from dash_app.counting.clicks import Click
from dash_app.operations.latency import (
    MEASURED_CLICKS,
    PENDING_CLICKS,
    Latency,
    LatencySummary,
    quantiles,
)
from dash_app.settings.reactions import CHEERS
from tests.clock import Clock

RECEIVED_AT = 1_795_000_000.25
NO_CLICKS = LatencySummary(0, None, None, None)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def latency(clock: Clock) -> Latency:
    return Latency(clock)


def count(latency: Latency, *ages: float) -> int:
    """Count clicks of these ages at their receipt; return how many of them were measured."""
    return len(latency.note_counted([Click(CHEERS, RECEIVED_AT - age) for age in ages]))


def summarize(latency: Latency) -> LatencySummary:
    latency.summarize()
    return latency.last_minute


def test_each_leg_is_measured_and_both_together(latency: Latency, clock: Clock) -> None:
    latency.note_received([RECEIVED_AT - 0.5, RECEIVED_AT - 2], RECEIVED_AT)
    clock.now += 0.25
    count(latency, 0.5)
    clock.now += 0.25
    count(latency, 2)

    assert summarize(latency) == LatencySummary(2, [500, 2000], [250, 500], [750, 2500])


def test_a_click_is_measured_once_and_only_where_it_was_received(latency: Latency) -> None:
    latency.note_received([RECEIVED_AT - 1], RECEIVED_AT)
    count(latency, 3, 1, 1)

    assert summarize(latency).clicks == 1


def test_of_clicks_with_one_timestamp_the_first_is_measured(latency: Latency) -> None:
    latency.note_received([RECEIVED_AT, RECEIVED_AT], RECEIVED_AT)
    count(latency, 0, 0)

    assert summarize(latency).clicks == 1


def test_after_a_minute_it_is_forgotten(latency: Latency, clock: Clock) -> None:
    latency.note_received([RECEIVED_AT], RECEIVED_AT)
    count(latency, 0)
    clock.now += 59
    assert summarize(latency).clicks == 1
    clock.now += 2
    assert summarize(latency) == NO_CLICKS


def test_readers_see_the_newest_summary(latency: Latency) -> None:
    assert latency.last_minute == NO_CLICKS
    latency.note_received([RECEIVED_AT], RECEIVED_AT)
    count(latency, 0)
    assert latency.last_minute == NO_CLICKS
    latency.summarize()
    assert latency.last_minute.clicks == 1


def test_clicks_that_are_never_counted_take_bounded_room(latency: Latency) -> None:
    ages = [float(age) for age in range(PENDING_CLICKS + 100)]
    latency.note_received((RECEIVED_AT - age for age in ages), RECEIVED_AT)
    count(latency, *ages[:100])
    assert summarize(latency).clicks == 0

    assert count(latency, *ages[100:]) == PENDING_CLICKS
    assert count(latency, *ages) == 0
    assert summarize(latency).clicks == MEASURED_CLICKS


def test_threads_may_note_while_another_counts(latency: Latency) -> None:
    def receive(thread: int) -> None:
        for number in range(300):
            latency.note_received([RECEIVED_AT - thread - number / 1000], RECEIVED_AT)

    threads = [threading.Thread(target=receive, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count(latency, *(thread + number / 1000 for thread in range(4) for number in range(300)))

    assert summarize(latency).clicks == 1200


@pytest.mark.parametrize(
    ("count", "p50", "p95"),
    [(1, 1000, 1000), (2, 1000, 2000), (20, 10000, 19000), (100, 5e4, 95e3)],
)
def test_quantiles_are_times_that_were_there(count: int, p50: float, p95: float) -> None:
    assert quantiles([float(second) for second in range(count, 0, -1)]) == [p50, p95]
    assert quantiles([]) is None
