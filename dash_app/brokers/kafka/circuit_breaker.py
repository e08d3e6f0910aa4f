"""A circuit breaker: after a failure, one attempt at a time until one has succeeded."""

from enum import Enum


class State(Enum):
    """What a circuit breaker lets through: everything, nothing, or one probe at a time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


class CircuitOpen(Exception):
    """The circuit breaker lets nothing through now."""


class CircuitBreaker:
    """Refuses attempts after a failure; it starts closed. Its owner's lock guards it."""

    def __init__(self) -> None:
        self.state = State.CLOSED
        self._is_probing = False

    def acquire(self) -> bool:
        """Permit an attempt; return whether it is the probe, which ends with `release_probe`.

        Raises CircuitOpen.
        """
        if self.state is State.CLOSED:
            return False
        if self.state is State.OPEN or self._is_probing:
            raise CircuitOpen
        self._is_probing = True
        return True

    def release_probe(self) -> None:
        """End the probe, whatever became of it: while half open, the next one may start."""
        self._is_probing = False

    def record_failure(self) -> None:
        """Open: nothing passes until `allow_probes`."""
        self.state = State.OPEN

    def allow_probes(self) -> None:
        """Half open if it is open: there is reason to try again."""
        if self.state is State.OPEN:
            self.state = State.HALF_OPEN

    def record_success(self) -> None:
        """Close: everything passes."""
        self.state = State.CLOSED
