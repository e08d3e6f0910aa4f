import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_app.counting.timeline import (
    AHEAD_SECONDS,
    CAPACITY,
    KEPT_SECONDS,
    Timeline,
    bins,
    is_timely,
    start_of_window,
)
from dash_app.counting.windows import BINS_PER_WINDOW, DEFAULT_WINDOW, WINDOWS
from tests import naive

NOW = 1_800_000_037.5

Step = tuple[str, float]
"""What is done with a timeline, and at which time."""

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


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_counts_by_second_are_those_of_a_naive_list_however_the_clock_jumps(
    steps: list[Step],
) -> None:
    timeline = Timeline()
    for what, time in steps:
        (timeline.add if what == "add" else timeline.discard_before)(time)

    assert timeline.copy() == count_naively(steps)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.floats(NOW - KEPT_SECONDS - 90, NOW + 90), max_size=200),
    st.sampled_from(list(WINDOWS)),
)
def test_each_click_of_the_window_stands_in_the_one_bin_that_holds_its_time(
    times: list[float], window: int
) -> None:
    timeline = Timeline()
    for time in times:
        timeline.add(time)

    heights = bins(timeline.copy(), start_of_window(NOW, window), window)

    width = WINDOWS[window]
    assert heights == [
        sum(left <= time < left + width for time in times) for left in naive.lefts(window, NOW)
    ]


@settings(max_examples=100, deadline=None)
@given(st.floats(4000, 4e9), st.sampled_from(list(WINDOWS)))
def test_bins_are_aligned_to_the_clock_and_the_newest_holds_now(now: float, window: int) -> None:
    start, width = start_of_window(now, window), WINDOWS[window]

    assert start % width == 0
    assert start + (BINS_PER_WINDOW - 1) * width <= now < start + BINS_PER_WINDOW * width


def test_the_windows_are_those_of_the_contract() -> None:
    assert WINDOWS == {120: 2, 900: 15, 3600: 60}
    assert {window // width for window, width in WINDOWS.items()} == {BINS_PER_WINDOW}
    assert DEFAULT_WINDOW == 120


def test_a_count_never_moves_between_two_refreshes() -> None:
    timeline = Timeline()
    timeline.add(NOW)
    counts = timeline.copy()

    drawn = set()
    for tick in range(400):
        now = NOW + tick / 4
        start = start_of_window(now, 120)
        drawn.add(start + 2 * bins(counts, start, 120).index(1))

    assert drawn == {1_800_000_036}


@settings(max_examples=10, deadline=None)
@given(st.integers(), st.integers(1, 5))
def test_a_bin_in_the_future_never_evicts_one_inside_the_window(seed: int, batches: int) -> None:
    dice = random.Random(seed)
    inside = [int(NOW) - back for back in range(KEPT_SECONDS + AHEAD_SECONDS + 1)]
    future = [int(NOW) + 6 + dice.randrange(10**6) for _ in range(CAPACITY + 200)]
    together = inside + future + inside
    dice.shuffle(together)
    timeline = Timeline()
    for batch in range(batches):
        for second in together[batch::batches]:
            timeline.add(second)
        timeline.discard_before(NOW - KEPT_SECONDS - AHEAD_SECONDS)
        assert len(timeline.copy()) <= CAPACITY

    counts = timeline.copy()

    assert {second: counts.get(second) for second in inside} == dict.fromkeys(inside, 2)


def test_a_batch_that_brings_hours_keeps_the_newest() -> None:
    timeline = Timeline()
    timeline.discard_before(NOW - 5 * 3600)
    for second in range(int(NOW) - 4 * 3600, int(NOW) + 1):
        timeline.add(second)

    timeline.discard_before(NOW - KEPT_SECONDS - AHEAD_SECONDS)

    assert timeline.copy() == dict.fromkeys(
        range(int(NOW) - KEPT_SECONDS - AHEAD_SECONDS, int(NOW) + 1), 1
    )


def test_what_was_discarded_does_not_come_back() -> None:
    timeline = Timeline()
    timeline.add(100.0)
    timeline.discard_before(101.9)
    timeline.add(100.0)
    timeline.add(101.0)

    assert timeline.copy() == {101: 1}


def test_a_clock_that_was_ahead_for_a_moment_does_not_keep_the_chart_empty() -> None:
    timeline = Timeline()
    timeline.discard_before(NOW + 86_400)
    timeline.discard_before(NOW)
    timeline.add(NOW, clicks=3)

    assert timeline.copy() == {int(NOW): 3}


@pytest.mark.parametrize(
    ("late", "timely"),
    [(0, True), (3600, True), (3600.001, False), (-5, True), (-5.001, False), (1e9, False)],
)
def test_a_click_is_timely_from_an_hour_before_its_record_to_five_seconds_after(
    late: float, timely: bool
) -> None:
    assert is_timely(NOW - late, NOW) is timely


def test_a_copy_is_detached_from_later_changes() -> None:
    timeline = Timeline()
    timeline.add(5)
    copy = timeline.copy()
    timeline.add(5)

    assert copy == {5: 1}
