"""A process is ready only while the broker answers and everything is counted."""

import pytest

from dash_app.consumer.published_state import CATCHING_UP, CONNECTING, DISABLED, LIVE, RECONNECTING
from dash_app.operations.health import readiness


@pytest.mark.parametrize(
    ("state", "problem", "broker", "consumer"),
    [
        (LIVE, "", (True, "it answers"), (True, "caught up")),
        (CATCHING_UP, "", (True, "it answers"), (False, "catching up")),
        (CATCHING_UP, "half is off", (True, "it answers"), (False, "catching up: half is off")),
        (CONNECTING, "", (False, "no answer yet"), (False, "connecting")),
        (CONNECTING, "it is off", (False, "it is off"), (False, "connecting")),
        (RECONNECTING, "it is off", (False, "it is off"), (False, "reconnecting")),
        (DISABLED, "", (False, "the consumer is stopped"), (False, "disabled")),
    ],
)
def test_each_condition_has_its_reason(
    state: str, problem: str, broker: tuple[bool, str], consumer: tuple[bool, str]
) -> None:
    result = readiness(state, problem)

    assert result.ready is (broker[0] and consumer[0])
    assert result.fields() == {
        "status": "ready" if result.ready else "not ready",
        "conditions": [
            {"name": "broker", "ok": broker[0], "reason": broker[1]},
            {"name": "consumer", "ok": consumer[0], "reason": consumer[1]},
        ],
        "warnings": [],
    }


def test_a_warning_is_listed_and_does_not_keep_a_process_from_being_ready() -> None:
    result = readiness(LIVE, warnings=["it is compacted"])

    assert result.ready
    assert result.fields()["warnings"] == ["it is compacted"]


def test_a_lost_head_of_the_log_is_a_warning() -> None:
    result = readiness(LIVE, incomplete=True)

    assert result.ready
    assert result.warnings == [
        "the broker had deleted the oldest records before this site counted them"
    ]


@pytest.mark.parametrize(("skew", "said"), [(-5.08, "5.1 s behind"), (3600, "3600.0 s ahead of")])
def test_a_wrong_clock_of_the_broker_is_a_warning(skew: float, said: str) -> None:
    result = readiness(LIVE, clock_skew=skew)

    assert result.ready
    (warning,) = result.warnings
    assert f"the broker's clock is {said} this machine's" in warning
