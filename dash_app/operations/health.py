"""Whether a process is ready: its conditions, each with a reason."""

from collections.abc import Sequence
from typing import NamedTuple

from dash_app.consumer.published_state import CATCHING_UP, DISABLED, LIVE

READY = "ready"
NOT_READY = "not ready"

INCOMPLETE = "the broker had deleted the oldest records before this site counted them"


class Condition(NamedTuple):
    """A condition of readiness, whether it is met, and why."""

    name: str
    ok: bool
    reason: str


class Readiness(NamedTuple):
    """All conditions, and warnings that do not keep a process from being ready."""

    conditions: Sequence[Condition]
    warnings: Sequence[str]

    @property
    def ready(self) -> bool:
        """Whether every condition is met."""
        return all(condition.ok for condition in self.conditions)

    def fields(self) -> dict[str, object]:
        """Return the fields of the JSON response."""
        return {
            "status": READY if self.ready else NOT_READY,
            "conditions": [condition._asdict() for condition in self.conditions],
            "warnings": list(self.warnings),
        }


def readiness(
    state: str,
    problem: str = "",
    warnings: Sequence[str] = (),
    *,
    incomplete: bool = False,
    clock_skew: float | None = None,
) -> Readiness:
    """Return the readiness of a process whose consumer is in this state.

    `problem` is the reason if the consumer has no broker, not all of it, or pauses. An
    `incomplete` log is a warning, and so is a broker whose clock is `clock_skew` seconds ahead of
    this machine's.
    """
    unavailable_reason = _unavailable_reason(state, problem)
    behind = f"{state}: {problem}" if state == CATCHING_UP and problem else state
    conditions = [
        Condition("broker", not unavailable_reason, unavailable_reason or "it answers"),
        Condition("consumer", state == LIVE, "caught up" if state == LIVE else behind),
    ]
    if incomplete:
        warnings = [*warnings, INCOMPLETE]
    if clock_skew is not None:
        warnings = [*warnings, skew_sentence(clock_skew)]
    return Readiness(conditions, warnings)


def skew_sentence(seconds: float) -> str:
    """Return what is wrong with the broker's clock, which is so far ahead, and the way out."""
    where = "ahead of" if seconds > 0 else "behind"
    return (
        f"the broker's clock is {abs(seconds):.1f} s {where} this machine's, so the curve may be "
        "drawn late or not at all; set both clocks by NTP"
    )


def _unavailable_reason(state: str, problem: str) -> str:
    if state in {LIVE, CATCHING_UP}:
        return ""
    stopped = "the consumer is stopped" if state == DISABLED else "no answer yet"
    return problem or stopped
