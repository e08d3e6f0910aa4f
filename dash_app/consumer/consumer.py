"""The background thread that follows the log and counts it, until it is stopped."""

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from dash_app.brokers import BrokerError, Reader
from dash_app.consumer.lab import Lab
from dash_app.consumer.observer import GuardedObserver, NoObserver, Observer
from dash_app.consumer.published_state import (
    CATCHING_UP,
    CONNECTING,
    DISABLED,
    LIVE,
    RECONNECTING,
    PublishedState,
)
from dash_app.consumer.reading import Reading, unreadable_logger
from dash_app.consumer.talks import NoTalks, TalksSource
from dash_app.counting.projection import Projection
from dash_app.counting.ring import Recent
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.talk_totals import read_again
from dash_app.counting.tally import Tally
from dash_app.logs import LogThrottle

logger = logging.getLogger(__name__)

FIRST_BACKOFF_SECONDS = 0.1
LAST_BACKOFF_SECONDS = 2.0


class Source(Protocol):
    """What a consumer needs of a broker."""

    def reader(self) -> Reader:
        """Open a reading of the log. Raises BrokerUnavailable."""


class Consumer:
    """Counts the log in a named daemon thread, and starts a new reading after any error.

    `projection` creates what counts the log with a given id from an epoch second on, by default a
    Tally of its clicks.
    Any thread may read `snapshot`, `state` and `lag`, without a lock. `lab` shows what is counted,
    record by record, and `process` names the process and its start, as no other one's (empty: it
    has not started).
    """

    def __init__(
        self,
        source: Source,
        *,
        dedup_offsets: int,
        recent_capacity: int,
        checkpoint_seconds: float,
        clock: Callable[[], float] = time.time,
        observer: Observer | None = None,
        projection: Callable[[str, int], Projection] | None = None,
    ) -> None:
        self._source = source
        self._clock = clock
        self._talks: TalksSource = NoTalks()
        self._dedup_offsets = dedup_offsets
        self._recent_capacity = recent_capacity
        self._checkpoint_seconds = checkpoint_seconds
        self._observer = GuardedObserver(NoObserver() if observer is None else observer)
        self._create_projection = self._create_tally if projection is None else projection
        self._log_throttle = LogThrottle(times=5, seconds=10)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._published = PublishedState(clock)
        self.process = ""
        self.lab = Lab(clock)

    @property
    def state(self) -> str:
        """How far the counting is: one of the states in published_state."""
        return self._published.state

    @property
    def knows_repeats(self) -> bool:
        """Whether the counts know until when they recognise repeats."""
        return self._published.knows_repeats

    @property
    def snapshot(self) -> Snapshot:
        """The newest counts; before the first connection there are none."""
        return self._published.snapshot

    @property
    def log_id(self) -> str | None:
        """Which log there is now, also while it cannot be counted; None: not known yet."""
        return self._published.log_id

    @property
    def problem(self) -> str:
        """The reason why the broker does not answer, in a sentence; empty: it answers."""
        return self._published.problem

    @property
    def warnings(self) -> Sequence[str]:
        """What in the settings of the log breaks a promise, in a sentence each."""
        return self._published.warnings

    @property
    def lag(self) -> Mapping[int, int]:
        """How many records of each partition were still unread a second ago; empty: unknown."""
        return self._published.lag

    @property
    def ends(self) -> Mapping[int, int]:
        """Where each partition ended a second ago or earlier; empty: unknown."""
        return self._published.ends

    def recent(self, since: float) -> Recent:
        """Return the drawn clicks whose timestamp is at least `since` (epoch seconds)."""
        projection = self._published.projection
        return Recent([], truncated=False) if projection is None else projection.recent(since)

    def follow(self, talks: TalksSource) -> None:
        """Count the clicks of these talks apart; call it before `start`."""
        self._talks = talks

    def start(self) -> None:
        """Start the thread; harmless when repeated."""
        if self._thread is None:
            # In each container the only process may have the same number.
            self.process = f"{os.getpid()}-{secrets.token_hex(2)}"
            unreadable_logger.addFilter(self._log_throttle)
            thread = threading.Thread(target=self._run, name="clicks-consumer", daemon=True)
            thread.start()
            self._thread = thread

    def is_running(self) -> bool:
        """Return whether the thread runs; before `stop` it ends only if it is killed."""
        return self._thread is not None and self._thread.is_alive()

    def ask_to_stop(self) -> None:
        """Tell the thread to write a last checkpoint and end; do not wait for it."""
        self._stopping.set()

    def stop(self, timeout: float) -> None:
        """Write a last checkpoint and end within `timeout` seconds; harmless when repeated."""
        self.ask_to_stop()
        unreadable_logger.removeFilter(self._log_throttle)
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                # While the thread looks for a broker there is no checkpoint to lose.
                level = logging.WARNING if self.state in {CATCHING_UP, LIVE} else logging.DEBUG
                logger.log(level, "the consumer did not end within %s s", timeout)

    def _run(self) -> None:
        backoff = FIRST_BACKOFF_SECONDS
        try:
            while not self._stopping.is_set():
                began = time.monotonic()
                self._follow()
                self._published.lag = {}
                has_read = self._published.state != CONNECTING
                if has_read:
                    self._published.enter(RECONNECTING, self._published.problem)
                self._observer.on_heartbeat(self._published)
                if has_read and not self._stopping.is_set():
                    self._observer.on_restart()
                if time.monotonic() - began > LAST_BACKOFF_SECONDS:
                    backoff = FIRST_BACKOFF_SECONDS
                self._stopping.wait(backoff)
                backoff = min(2 * backoff, LAST_BACKOFF_SECONDS)
        finally:
            self._published.enter(DISABLED, self._published.problem)

    def _create_tally(self, log_id: str, since: int) -> Tally:
        capacity = self._recent_capacity
        return Tally(log_id, self._dedup_offsets, capacity, self._observer.on_counted, since)

    def _follow(self) -> None:
        try:
            with self._source.reader() as reader:
                self._published.log_id = reader.log_id
                self._talks.wait_until_read(self._stopping)
                now = self._clock()
                again = read_again(self._talks.talks.running(now), now)
                Reading(
                    reader,
                    self._create_projection(reader.log_id, again.since),
                    self._published,
                    self._observer,
                    self._checkpoint_seconds,
                    self._talks,
                    self.lab,
                ).run(self._stopping, again)
        except BrokerError as error:
            if self._published.problem != str(error):
                logger.warning("the consumer starts again: %s", error)
            self._published.problem = str(error)
        except Exception:
            self._published.problem = "the consumer failed; the log of the server says why"
            logger.exception("the consumer failed and starts again")
