"""Follows the talks in a thread of its own, so that trouble with them stops no click."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from dash_app.brokers import BrokerError, ChangeLog, ChangeReader
from dash_app.counting.talks import Change, TalkLog, Talks

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
CHECK_SECONDS = 2.0
"""How often the broker is asked whether the changes are still those that are read."""

WAKE_INTERVAL_SECONDS = 0.1

FIRST_BACKOFF_SECONDS = 0.1
LAST_BACKOFF_SECONDS = 2.0

FIRST_READING_SECONDS = 5.0
"""How long the counting of clicks waits for the talks, of which one may have begun long ago."""

FRESH_FAILURES = 2
"""After so many it waits no longer: the first may have begun before the broker was back."""

SHOW_SECONDS = 1.0
"""How long an append waits until the change is seen in this process, too."""


class TalksSource(Protocol):
    """What the counting needs of the talks."""

    talks: Talks

    def wait_until_read(self, stopping: threading.Event) -> None:
        """Return once the talks are read or cannot be, or after FIRST_READING_SECONDS."""


class NoTalks:
    """A source without talks."""

    talks = Talks()

    def wait_until_read(self, stopping: threading.Event) -> None:
        """Return at once."""


class TalksFollower:
    """Reads the changes of the talks in a named daemon thread, and begins anew after any error.

    `talks` are those that were read last; any thread may take them. `problem` says why they cannot
    be read or changed, in a sentence; empty: they can.
    """

    def __init__(self, changes: ChangeLog, clock: Callable[[], float] = time.time) -> None:
        self._changes = changes
        self._clock = clock
        self.talks = Talks()
        self.problem = "the talks are not read yet"
        self._position = -1
        self._failures = 0
        self._retry = threading.Event()
        self._moved = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; harmless when repeated."""
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="clicks-talks", daemon=True)
            thread.start()
            self._thread = thread

    def is_running(self) -> bool:
        """Say whether the thread runs; before `stop` only force ends it."""
        return self._thread is not None and self._thread.is_alive()

    def ask_to_stop(self) -> None:
        """Tell the thread to end; do not wait for it."""
        self._stopping.set()
        self._retry.set()

    def stop(self, timeout: float) -> None:
        """End within `timeout` seconds; harmless when repeated."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                logger.debug("the reading of the talks did not end within %s s", timeout)

    def wait_until_read(self, stopping: threading.Event) -> None:
        """Return once the talks are read or cannot be, or after FIRST_READING_SECONDS."""
        deadline = time.monotonic() + FIRST_READING_SECONDS
        enough = self._failures + FRESH_FAILURES
        with self._moved:
            while self.problem and self._failures < enough and time.monotonic() < deadline:
                if stopping.is_set() or not self.is_running():
                    return
                self._retry.set()
                self._moved.wait(WAKE_INTERVAL_SECONDS)

    def append(self, changes: Sequence[Change], deadline: float) -> bool:
        """Write the changes, wait for them SHOW_SECONDS at most; return whether `talks` have them.

        `deadline` is a time of the monotonic clock. Raises NotAppended, NotAllowed, OutcomeUnknown.
        """
        end = self._changes.append(changes, deadline)
        with self._moved:
            return self._moved.wait_for(lambda: self._position >= end, SHOW_SECONDS)

    def _run(self) -> None:
        backoff = FIRST_BACKOFF_SECONDS
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                with self._changes.reader() as reader:
                    self._follow(reader)
            except BrokerError as error:
                self._report(str(error))
            except Exception:
                logger.exception("reading the talks failed and begins anew")
                self._report("reading the talks failed; the log of the server says why")
            if time.monotonic() - began > 2 * LAST_BACKOFF_SECONDS:
                backoff = FIRST_BACKOFF_SECONDS
            self._retry.clear()
            self._retry.wait(0 if self._stopping.is_set() else backoff)
            backoff = min(2 * backoff, LAST_BACKOFF_SECONDS)

    def _follow(self, reader: ChangeReader) -> None:
        log = TalkLog()
        is_shown, next_check = False, time.monotonic() + CHECK_SECONDS
        changes: Sequence[tuple[bytes, bytes | None]] = ()
        while not self._stopping.is_set():
            # Those that were shown before an outage stay until all have been read again.
            if changes or not is_shown:
                is_shown |= reader.position >= reader.end
                if is_shown:
                    self._show(log.talks(self._clock()), reader.position)
            changes = reader.poll(POLL_SECONDS)
            for key, value in changes:
                log.apply(key, value)
            if time.monotonic() >= next_check:
                reader.check()
                next_check = time.monotonic() + CHECK_SECONDS

    def _show(self, talks: Talks, position: int) -> None:
        with self._moved:
            self.talks, self.problem, self._position = talks, "", position
            self._moved.notify_all()

    def _report(self, problem: str) -> None:
        if self.problem != problem:
            logger.warning("talks can be neither read nor changed now: %s", problem)
        with self._moved:
            self.problem, self._failures = problem, self._failures + 1
            self._moved.notify_all()
