"""Writes checkpoints in a separate thread, so that a slow commit delays no count."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from dash_app.brokers import BrokerError, Reader
from dash_app.counting.checkpoint import Checkpoint
from dash_app.counting.projection import Projection

logger = logging.getLogger(__name__)

REWRITE_SECONDS = 3600
"""After this time a checkpoint is written again even if nothing changed, lest it expire."""

LAST_WRITE_SECONDS = 1.0
"""How long the stop waits for the last checkpoint; without it the next start reads more."""


class Checkpointer:
    """Commits the checkpoints of a projection every `seconds`, one commit at a time.

    The thread that applies records to the projection calls it; a daemon thread commits, and calls
    `on_written`.
    """

    def __init__(
        self,
        reader: Reader,
        projection: Projection,
        seconds: float,
        on_written: Callable[[Mapping[int, Checkpoint]], None],
    ) -> None:
        self._on_written = on_written
        self._reader = reader
        self._projection = projection
        self._seconds = seconds
        self._committed: Mapping[int, Checkpoint] = {}
        self._written_at = self._checked_at = time.monotonic()
        self._problem = ""
        self._thread: threading.Thread | None = None

    def write_if_due(self) -> None:
        """Start to write a checkpoint if it is time and no write is under way; return at once."""
        if time.monotonic() - self._checked_at >= self._seconds and not self._is_writing():
            self._write_if_changed()

    def write_last(self) -> None:
        """Write a checkpoint, and wait for it for at most LAST_WRITE_SECONDS."""
        self._wait()
        if not self._is_writing():
            self._write_if_changed()
            self._wait()

    def _write_if_changed(self) -> None:
        # 1. Take the counts; 2. commit them with their offset, in one record. A crash in between
        # costs only time: the next start reads the same records again and counts the same.
        self._checked_at = now = time.monotonic()
        checkpoints = self._projection.checkpoints()
        if checkpoints == self._committed and now - self._written_at < REWRITE_SECONDS:
            return
        self._written_at = now
        self._thread = threading.Thread(
            target=self._commit, args=(checkpoints,), name="clicks-checkpoint", daemon=True
        )
        self._thread.start()

    def _commit(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        try:
            self._reader.commit(checkpoints)
        except BrokerError as error:
            self._warn(str(error))
        except Exception:
            logger.exception("no checkpoint of %s", self._reader.name)
        else:
            self._committed, self._problem = checkpoints, ""
            self._on_written(checkpoints)

    def _warn(self, problem: str) -> None:
        if problem != self._problem:
            logger.warning("no checkpoint of %s: %s", self._reader.name, problem)
        self._problem = problem

    def _is_writing(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _wait(self) -> None:
        if self._thread is not None:
            self._thread.join(LAST_WRITE_SECONDS)
