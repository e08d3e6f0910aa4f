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
    state: str, problem: str = "", warnings: Sequence[str] = (), *, incomplete: bool = False
) -> Readiness:
    """Return the readiness of a process whose consumer is in this state.

    `problem` is the consumer's reason if it has no broker; an `incomplete` log is a warning.
    """
    unavailable_reason = _unavailable_reason(state, problem)
    conditions = [
        Condition("broker", not unavailable_reason, unavailable_reason or "it answers"),
        Condition("consumer", state == LIVE, "caught up" if state == LIVE else state),
    ]
    if incomplete:
        warnings = [*warnings, INCOMPLETE]
    return Readiness(conditions, warnings)


def _unavailable_reason(state: str, problem: str) -> str:
    if state in {LIVE, CATCHING_UP}:
        return ""
    stopped = "the consumer is stopped" if state == DISABLED else "no answer yet"
    return problem or stopped
