"""A range that can be counted comes back, its end never in the future; others are named."""

import pytest

from dash_app.counting.ranges import LONGEST_SECONDS, BadRange, check_range

NOW = 1_800_000_000.5
SECOND = int(NOW)


@pytest.mark.parametrize(
    ("since", "until", "end"),
    [
        (0, 1, 1),
        (SECOND - 10, SECOND, SECOND),
        (SECOND - 10, SECOND + 3600, SECOND + 1),
        (SECOND - 10, None, SECOND + 1),
        (SECOND, None, SECOND + 1),
        (SECOND - LONGEST_SECONDS, SECOND, SECOND),
    ],
)
def test_a_range_ends_at_the_latest_with_the_second_that_is_under_way(
    since: int, until: int | None, end: int
) -> None:
    assert check_range(since, until, NOW) == (since, end)


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        (SECOND, SECOND, "2027-01-15T08:00:00Z is not before 2027-01-15T08:00:00Z"),
        (10**18, 5, "1000000000000000000 is not before 1970-01-01T00:00:05Z"),
        (-1, 5, "1969-12-31T23:59:59Z is before 1970"),
        (SECOND + 1, None, "2027-01-15T08:00:01Z is in the future"),
        (SECOND + 1, SECOND + 9, "in the future"),
        (SECOND - LONGEST_SECONDS - 1, SECOND, "longer than 24 h, the most that can be"),
        (SECOND - 365 * 86_400, SECOND, "2026-01-15T08:00:00Z to 2027-01-15T08:00:00Z is"),
        (0, None, "1970-01-01T00:00:00Z to 2027-01-15T08:00:01Z"),
    ],
)
def test_a_range_that_nobody_can_count_is_named(
    since: int, until: int | None, sentence: str
) -> None:
    with pytest.raises(BadRange) as raised:
        check_range(since, until, NOW)
    assert sentence in str(raised.value)
