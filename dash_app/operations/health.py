"""Whether a process can do its work: each condition, and the reason where it is not met."""

from collections.abc import Sequence
from typing import NamedTuple

from dash_app.consumer.published_state import CATCHING_UP, DISABLED, LIVE

READY = "ready"
NOT_READY = "not ready"


class Condition(NamedTuple):
    """Something that must hold for the process to be ready, and why it does or does not."""

    name: str
    ok: bool
    reason: str


class Readiness(NamedTuple):
    """All conditions, and warnings that do not keep a process from being ready."""

    conditions: Sequence[Condition]
    warnings: Sequence[str]

    @property
    def ready(self) -> bool:
        """Say whether every condition is met."""
        return all(condition.ok for condition in self.conditions)

    def fields(self) -> dict[str, object]:
        """Return what is answered as JSON."""
        return {
            "status": READY if self.ready else NOT_READY,
            "conditions": [condition._asdict() for condition in self.conditions],
            "warnings": list(self.warnings),
        }


def readiness(
    state: str, problem: str = "", warnings: Sequence[str] = (), *, incomplete: bool = False
) -> Readiness:
    """Judge a process by its consumer's state, and by what it says about broker and log."""
    away = _why_away(state, problem)
    conditions = [
        Condition("broker", not away, away or "it answers"),
        Condition("consumer", state == LIVE, "caught up" if state == LIVE else state),
    ]
    if incomplete:
        warnings = [*warnings, "the head of the log was gone before anyone counted it"]
    return Readiness(conditions, warnings)


def _why_away(state: str, problem: str) -> str:
    if state in {LIVE, CATCHING_UP}:
        return ""
    stopped = "the consumer is stopped" if state == DISABLED else "no answer yet"
    return problem or stopped
