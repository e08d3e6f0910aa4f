"""The plan where a range is read: a head that was deleted may have held clicks of it."""

import pytest

from dash_app.counting.range_log import RangePart, plan_part

D = 10


@pytest.mark.parametrize(
    ("first", "end", "log_start", "expected"),
    [
        (0, 0, 0, RangePart(0, 0)),
        (25, 40, 0, RangePart(10, 40)),
        # The oldest record that is left is not older than the range.
        (25, 25, 25, RangePart(25, 25, whole_from=40)),
        (25, 40, 25, RangePart(25, 40, whole_from=40)),
        # It is older, and of a range without records nothing has to be remembered.
        (25, 25, 24, RangePart(24, 25)),
        (25, 40, 11, RangePart(11, 40, whole_from=30)),
        (25, 40, 10, RangePart(10, 40)),
    ],
)
def test_a_range_is_whole_if_an_older_record_is_left_and_the_two_generations_before_it(
    first: int, end: int, log_start: int, expected: RangePart
) -> None:
    plan = plan_part(first, end, dedup_offsets=D, log_start=log_start, is_final=False)

    assert plan == expected
