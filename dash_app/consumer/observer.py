"""Observers: they learn how the counting goes, and their errors do not stop it."""

import logging
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol, Self

from dash_app.consumer.published_state import PublishedState
from dash_app.counting.clicks import Click

logger = logging.getLogger(__name__)

SILENT_SECONDS = 60.0


class Observer(Protocol):
    """Learns how the counting goes. The consumer's thread calls all but `on_start`."""

    def on_start(self) -> None:
        """Forget the notes of threads that no longer run: the counting starts in this process.

        It also starts after a fork, and after a thread was killed.
        """

    def on_heartbeat(self, state: PublishedState) -> None:
        """Take note of the state: about a second has passed, or a reading has ended."""

    def on_counted(self, clicks: Sequence[Click]) -> None:
        """Take note of the drawn clicks that were just counted."""

    def on_restart(self) -> None:
        """Take note that a reading has ended and a new one begins."""


class NoObserver:
    """An observer that takes note of nothing."""

    def on_start(self) -> None:
        """Do nothing."""

    def on_heartbeat(self, state: PublishedState) -> None:
        """Do nothing."""

    def on_counted(self, clicks: Sequence[Click]) -> None:
        """Do nothing."""

    def on_restart(self) -> None:
        """Do nothing."""


class SwallowErrors:
    """A context manager that logs and swallows the errors inside, at most once a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._silent_until = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        now = self._clock()
        if now >= self._silent_until:
            self._silent_until = now + SILENT_SECONDS
            logger.error("an observer failed; the counting goes on", exc_info=error)
        return True


class GuardedObserver:
    """Passes on to an observer, and logs and swallows its errors; see SwallowErrors."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._swallow_errors = SwallowErrors()

    def on_start(self) -> None:
        """Pass on; see Observer."""
        with self._swallow_errors:
            self._observer.on_start()

    def on_heartbeat(self, state: PublishedState) -> None:
        """Pass on; see Observer."""
        with self._swallow_errors:
            self._observer.on_heartbeat(state)

    def on_counted(self, clicks: Sequence[Click]) -> None:
        """Pass on; see Observer."""
        with self._swallow_errors:
            self._observer.on_counted(clicks)

    def on_restart(self) -> None:
        """Pass on; see Observer."""
        with self._swallow_errors:
            self._observer.on_restart()
