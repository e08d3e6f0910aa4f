import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_app.counting.second_counts import (
    CAPACITY,
    KEPT_SECONDS,
    MOST_TYPES,
    SecondCounts,
    TypeCounts,
    drawn_at,
)

NOW = 1_800_000_037.5

Step = tuple[str, float]
"""A click or a discarding, and its time."""

STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "add", "discard"]), st.floats(0, 40)), max_size=40
)


def count_naively(steps: list[Step]) -> dict[int, int]:
    """Count a click iff its second lies not before the floor then, nor before any later one."""
    counts: Counter[int] = Counter()
    for index, (what, time) in enumerate(steps):
        before = [int(floor) for earlier, floor in steps[:index] if earlier == "discard"][-1:]
        later = [int(floor) for other, floor in steps[index:] if other == "discard"]
        if what == "add" and all(int(time) >= floor for floor in before + later):
            counts[int(time)] += 1
    return dict(counts)


@settings(max_examples=300)
@given(STEPS)
def test_counts_by_second_are_those_of_a_naive_list_however_the_clock_jumps(
    steps: list[Step],
) -> None:
    second_counts = SecondCounts()
    for what, time in steps:
        (second_counts.add if what == "add" else second_counts.discard_before)(time)

    assert second_counts.copy() == count_naively(steps)


@settings(max_examples=10)
@given(st.integers(), st.integers(1, 5))
def test_a_bin_in_the_future_never_evicts_one_inside_the_window(seed: int, batches: int) -> None:
    dice = random.Random(seed)
    inside = [int(NOW) - back for back in range(KEPT_SECONDS + 1)]
    future = [int(NOW) + 6 + dice.randrange(10**6) for _ in range(CAPACITY + 200)]
    together = inside + future + inside
    dice.shuffle(together)
    second_counts = SecondCounts()
    for batch in range(batches):
        for second in together[batch::batches]:
            second_counts.add(second)
        second_counts.discard_before(NOW - KEPT_SECONDS)
        assert len(second_counts.copy()) <= CAPACITY

    counts = second_counts.copy()

    assert {second: counts.get(second) for second in inside} == dict.fromkeys(inside, 2)


def test_a_batch_that_brings_hours_keeps_the_newest() -> None:
    second_counts = SecondCounts()
    second_counts.discard_before(NOW - 5 * 3600)
    for second in range(int(NOW) - 4 * 3600, int(NOW) + 1):
        second_counts.add(second)

    second_counts.discard_before(NOW - KEPT_SECONDS)

    assert second_counts.copy() == dict.fromkeys(range(int(NOW) - KEPT_SECONDS, int(NOW) + 1), 1)


def test_what_was_discarded_does_not_come_back() -> None:
    second_counts = SecondCounts()
    second_counts.add(100.0)
    second_counts.discard_before(101.9)
    second_counts.add(100.0)
    second_counts.add(101.0)

    assert second_counts.copy() == {101: 1}


def test_a_clock_that_was_ahead_for_a_moment_does_not_keep_the_chart_empty() -> None:
    second_counts = SecondCounts()
    second_counts.discard_before(NOW + 86_400)
    second_counts.discard_before(NOW)
    second_counts.add(NOW, clicks=3)

    assert second_counts.copy() == {int(NOW): 3}


@pytest.mark.parametrize(
    ("late", "drawn"), [(0, 0), (3600, 3600), (3600.001, None), (1e9, None), (-0.001, 0), (-1e9, 0)]
)
def test_a_click_is_drawn_when_it_was_tapped_but_never_after_its_record(
    late: float, drawn: float | None
) -> None:
    assert drawn_at(NOW - late, NOW) == (None if drawn is None else NOW - drawn)


@pytest.mark.parametrize("no_time", [0.0, -0.001])
@pytest.mark.parametrize("tapped", [0.0, NOW - 90_000, NOW])
def test_a_click_whose_record_has_no_time_is_drawn_when_it_was_tapped(
    no_time: float, tapped: float
) -> None:
    assert drawn_at(tapped, no_time) == tapped


def test_a_copy_is_detached_from_later_changes() -> None:
    second_counts = SecondCounts()
    second_counts.add(5)
    copy = second_counts.copy()
    second_counts.add(5)

    assert copy == {5: 1}


def test_hostile_types_are_bounded_and_push_out_no_type_that_people_tap() -> None:
    counts = TypeCounts()
    for second in range(200):
        for kind in ("cheers", "ok"):
            counts[kind].raise_to(int(NOW) - second, 5)
        for number in range(64):
            counts[f"hostile-{second}-{number}"].raise_to(int(NOW) - second, 1)
        assert len(counts.publish(NOW - KEPT_SECONDS)) <= MOST_TYPES
    published = counts.publish(NOW - KEPT_SECONDS)

    assert published["cheers"] == published["ok"]
    assert published["cheers"] == dict.fromkeys(range(int(NOW) - 199, int(NOW) + 1), 5)


def test_a_type_whose_seconds_are_over_takes_no_memory() -> None:
    counts = TypeCounts()
    counts["cheers"].add(NOW - 10)
    counts["ok"].add(NOW)

    assert counts.publish(NOW - 5) == {"ok": {int(NOW): 1}}
    assert counts.publish(NOW + 5) == {}
    counts["cheers"].add(NOW + 6)
    assert counts.publish(NOW + 5) == {"cheers": {int(NOW) + 6: 1}}
