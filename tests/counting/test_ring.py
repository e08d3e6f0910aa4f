from hypothesis import given, settings
from hypothesis import strategies as st

from dash_app.counting.clicks import Click
from dash_app.counting.ring import Recent, Ring

SECONDS = st.integers(0, 30).map(float)
CLICKS = st.builds(Click, st.sampled_from(["cheers", "hate"]), SECONDS)


def cheers(*timestamps: float) -> list[Click]:
    return [Click("cheers", timestamp) for timestamp in timestamps]


@settings(max_examples=200)
@given(st.lists(st.lists(CLICKS, max_size=8) | SECONDS), SECONDS, st.integers(1, 40))
def test_a_ring_has_all_that_arrived_or_says_that_it_was_too_small(
    steps: list[list[Click] | float], since: float, capacity: int
) -> None:
    ring, arrived = Ring(capacity), list[Click]()
    for step in steps:
        if isinstance(step, list):
            ring.add(step)
            arrived += step
        else:
            # The clock of whoever discards jumps; what is asked for is never older.
            ring.discard_before(min(step, since))

    recent = ring.since(since)

    expected = [click for click in arrived if click.timestamp >= since]
    everything = sorted(expected, key=lambda click: click.timestamp)
    if recent.truncated:
        assert len(recent.clicks) < len(everything)
        newest = expected[len(expected) - len(recent.clicks) :]
        assert recent.clicks == sorted(newest, key=lambda click: click.timestamp)
    else:
        assert recent.clicks == everything


@settings(max_examples=200)
@given(st.lists(CLICKS), st.integers(1, 10))
def test_a_ring_keeps_the_last_arrivals_up_to_its_capacity(
    arrived: list[Click], capacity: int
) -> None:
    ring = Ring(capacity)
    for click in arrived:
        ring.add([click])

    assert sorted(ring.since(0).clicks) == sorted(arrived[-capacity:])


def test_recent_clicks_come_oldest_first_and_equal_times_in_the_order_of_arrival() -> None:
    ring = Ring(10)
    ring.add([Click("hate", 7), Click("cheers", 5), Click("cheers", 7), Click("hate", 6)])

    assert ring.since(5) == Recent(
        [Click("cheers", 5), Click("hate", 6), Click("hate", 7), Click("cheers", 7)],
        truncated=False,
    )


def test_a_click_exactly_at_the_time_asked_for_is_recent() -> None:
    ring = Ring(10)
    ring.add(cheers(4.9, 5.0))

    assert ring.since(5.0).clicks == cheers(5.0)


def test_a_ring_pushed_full_is_truncated_only_for_times_that_it_lost() -> None:
    ring = Ring(2)
    ring.add(cheers(10, 11, 12))

    assert ring.since(10).truncated
    assert not ring.since(10.5).truncated


def test_what_was_discarded_was_not_pushed_out() -> None:
    ring = Ring(2)
    ring.add(cheers(10, 11))
    ring.discard_before(12)
    ring.add(cheers(12, 13))

    assert ring.since(0) == Recent(cheers(12, 13), truncated=False)


def test_a_click_from_the_future_delays_forgetting_and_loses_nothing() -> None:
    ring = Ring(10)
    ring.add(cheers(1000, 5, 6))

    ring.discard_before(7)

    assert ring.since(0).clicks == cheers(5, 6, 1000)


def test_recent_clicks_stay_as_they_were_taken() -> None:
    ring = Ring(10)
    ring.add(cheers(1))
    recent = ring.since(0)

    ring.add(cheers(2))
    ring.discard_before(2)

    assert recent.clicks == cheers(1)
