"""The broker's clock, judged by records that were acknowledged."""

import pytest

from dash_app.brokers.kafka.clock_skew import ClockSkew

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("record_time", "skew"),
    [
        (NOW, None),
        (NOW + 0.001, 0),
        (NOW + 4, 0),
        (NOW + 8, 0),
        (NOW - 10, -10),
        (NOW + 18, 10),
    ],
)
def test_only_a_time_outside_of_the_sending_is_a_wrong_clock(
    record_time: float, skew: float | None
) -> None:
    clock_skew = ClockSkew()
    assert clock_skew.seconds is None

    clock_skew.note(NOW, record_time, NOW + 8)

    assert clock_skew.seconds == skew
