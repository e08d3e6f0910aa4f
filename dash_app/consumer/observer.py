"""Who is told how the counting goes, and cannot harm it."""

import logging
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from dash_app.counting.clicks import Click

if TYPE_CHECKING:
    from dash_app.consumer.reading import Shown

log = logging.getLogger(__name__)

SILENT_SECONDS = 60.0


class Observer(Protocol):
    """Is told by the consumer's thread how the counting goes."""

    def looked(self, shown: "Shown") -> None:
        """Look at what is shown: about a second has passed, or the reading has ended."""

    def counted(self, clicks: Sequence[Click]) -> None:
        """Hear of the drawn clicks that were just counted."""

    def restarted(self) -> None:
        """Hear that a reading has ended and begins anew."""


class Guard:
    """Ends what fails inside, `with guard:`, and harms nobody else.

    The log says so, at most once a minute.
    """

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
            log.error("the metrics miss what happens; all else goes on", exc_info=error)
        return True


class Guarded:
    """An observer whose failures stay its own."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._guard = Guard()

    def looked(self, shown: "Shown") -> None:
        """Pass on; see Observer."""
        with self._guard:
            self._observer.looked(shown)

    def counted(self, clicks: Sequence[Click]) -> None:
        """Pass on; see Observer."""
        with self._guard:
            self._observer.counted(clicks)

    def restarted(self) -> None:
        """Pass on; see Observer."""
        with self._guard:
            self._observer.restarted()
