"""The bins of a window hold exactly the clicks of their time, and never move."""

from hypothesis import given
from hypothesis import strategies as st

from dash_app.counting.second_counts import KEPT_SECONDS, SecondCounts
from dash_app.counting.windows import (
    BINS_PER_WINDOW,
    DEFAULT_WINDOW,
    WINDOWS,
    bins,
    start_of_window,
)
from tests import naive
from tests.naive import NOW


@given(
    st.lists(st.floats(NOW - KEPT_SECONDS - 90, NOW + 90), max_size=200),
    st.sampled_from(list(WINDOWS)),
)
def test_each_click_of_the_window_stands_in_the_one_bin_that_holds_its_time(
    times: list[float], window: int
) -> None:
    second_counts = SecondCounts()
    for time in times:
        second_counts.add(time)

    heights = bins(second_counts.copy(), start_of_window(NOW, window), window)

    width = WINDOWS[window]
    assert heights == [
        sum(left <= time < left + width for time in times) for left in naive.lefts(window, NOW)
    ]


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
    second_counts = SecondCounts()
    second_counts.add(NOW)
    counts = second_counts.copy()

    drawn = set()
    for tick in range(400):
        now = NOW + tick / 4
        start = start_of_window(now, 120)
        drawn.add(start + 2 * bins(counts, start, 120).index(1))

    assert drawn == {1_800_000_036}
