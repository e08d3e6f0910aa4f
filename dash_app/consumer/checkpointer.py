"""Writing checkpoints beside the counting: what a commit waits for delays no count."""

import logging
import threading
import time
from collections.abc import Mapping

from dash_app.brokers import BrokerError, Reader
from dash_app.counting.checkpoint import Checkpoint
from dash_app.counting.projection import Projection

log = logging.getLogger(__name__)

REWRITE_SECONDS = 3600
"""A checkpoint is written again after this time even when nothing changed, lest it expire."""

LAST_SECONDS = 1.0
"""How long the stop waits for the last checkpoint; without it the next start reads more."""


class Checkpointer:
    """Commits what a tally states, every `seconds`, one commit at a time in a daemon thread.

    To be called by the thread that applies records to the tally.
    """

    def __init__(self, reader: Reader, tally: Projection, seconds: float) -> None:
        self._reader = reader
        self._tally = tally
        self._seconds = seconds
        self._committed: Mapping[int, Checkpoint] = {}
        self._began = self._looked = time.monotonic()
        self._problem = ""
        self._thread: threading.Thread | None = None

    def write_if_due(self) -> None:
        """Start to write a checkpoint if it is time, and the last one is done; return at once."""
        if time.monotonic() - self._looked >= self._seconds and not self._is_writing():
            self._write_if_changed()

    def write_last(self) -> None:
        """Write a checkpoint and wait for it, not for long."""
        self._wait()
        if not self._is_writing():
            self._write_if_changed()
            self._wait()

    def _write_if_changed(self) -> None:
        # 1. what is applied; 2. offset and counts in one commit. A crash in between costs only
        # time: the next start reads the same records again and counts the same.
        self._looked = now = time.monotonic()
        checkpoints = self._tally.checkpoints()
        if checkpoints == self._committed and now - self._began < REWRITE_SECONDS:
            return
        self._began = now
        self._thread = threading.Thread(
            target=self._commit, args=(checkpoints,), name="clicks-checkpoint", daemon=True
        )
        self._thread.start()

    def _commit(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        try:
            self._reader.commit(checkpoints)
        except BrokerError as error:
            self._report(str(error))
        except Exception:
            log.exception("no checkpoint of %s", self._reader.name)
        else:
            self._committed, self._problem = checkpoints, ""

    def _report(self, problem: str) -> None:
        if problem != self._problem:
            log.warning("no checkpoint of %s: %s", self._reader.name, problem)
        self._problem = problem

    def _is_writing(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _wait(self) -> None:
        if self._thread is not None:
            self._thread.join(LAST_SECONDS)
