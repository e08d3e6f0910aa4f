"""The background thread that follows the log: broker to tally, with a life of its own."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from dash_app.brokers import BrokerError, BrokerUnavailable, Reader
from dash_app.checkpoint import FROM_THE_FIRST, Checkpoint
from dash_app.logs import Sparingly
from dash_app.ring import Recent
from dash_app.tally import Snapshot, Tally

log = logging.getLogger(__name__)
unreadable_log = logging.getLogger(f"{__name__}.unreadable")

CONNECTING = "connecting"
CATCHING_UP = "catching up"
LIVE = "live"
RECONNECTING = "reconnecting"
DISABLED = "disabled"

LISTENING = "[Consumer] ¡Conectado y escuchando!"

POLL_SECONDS = 0.25
PROBE_SECONDS = 1.0
REWRITE_SECONDS = 3600
"""A checkpoint is written again after this time even when nothing changed, lest it expire."""

BUSY_RECORDS = 5
BUSY_PAUSE_SECONDS = 0.01
"""A pause after each poll of that many records: many small fetches starve the web threads."""

FIRST_BACKOFF_SECONDS = 0.1
LAST_BACKOFF_SECONDS = 2.0


class Source(Protocol):
    """What a consumer needs of a broker."""

    def reader(self) -> Reader:
        """Open a reading of the log. Raises BrokerUnavailable."""


class Consumer:
    """Counts the log in a named daemon thread, and starts again whatever happens to it.

    `snapshot` and `state` may be read from any thread, without a lock.
    """

    def __init__(
        self,
        source: Source,
        *,
        dedup_offsets: int,
        recent_capacity: int,
        checkpoint_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._dedup_offsets = dedup_offsets
        self._recent_capacity = recent_capacity
        self._checkpoint_seconds = checkpoint_seconds
        self._clock = clock
        self._sparingly = Sparingly(times=5, seconds=10)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._tally = Tally("", dedup_offsets, recent_capacity)
        self.snapshot = Snapshot()
        self.state = CONNECTING

    def start(self) -> None:
        """Start the thread; harmless when repeated."""
        if self._thread is None:
            unreadable_log.addFilter(self._sparingly)
            thread = threading.Thread(target=self._run, name="clicks-consumer", daemon=True)
            thread.start()
            self._thread = thread

    def ask_to_stop(self) -> None:
        """Have the thread write a last checkpoint and end, without waiting for it."""
        self._stopping.set()

    def stop(self, timeout: float) -> None:
        """Write a last checkpoint and end within `timeout` seconds; harmless when repeated."""
        self.ask_to_stop()
        unreadable_log.removeFilter(self._sparingly)
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                log.warning("the consumer did not end within %s s", timeout)

    def recent(self, since: float) -> Recent:
        """Return the drawn clicks whose timestamp is at least `since` (epoch seconds)."""
        return self._tally.recent(since)

    def _run(self) -> None:
        backoff = FIRST_BACKOFF_SECONDS
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._follow()
            except BrokerError as error:
                log.warning("the consumer starts again: %s", error)
            except Exception:
                log.exception("the consumer failed and starts again")
            if self.state != CONNECTING:
                self.state = RECONNECTING
            if time.monotonic() - began > LAST_BACKOFF_SECONDS:
                backoff = FIRST_BACKOFF_SECONDS
            self._stopping.wait(backoff)
            backoff = min(2 * backoff, LAST_BACKOFF_SECONDS)
        self.state = DISABLED

    def _follow(self) -> None:
        with self._source.reader() as reader:
            tally = Tally(reader.log, self._dedup_offsets, self._recent_capacity)
            for partition, start in reader.starts().items():
                log.info("%s, partition %s: %s", reader.name, partition, start.note)
                tally.begin(partition, start)
            log.info(LISTENING)
            _Reading(self, reader, tally, self._checkpoint_seconds).go_on(self._stopping)

    def show(self, tally: Tally, *, caught_up: bool) -> None:
        """Make visible what a reading counted; of the log already shown, only once caught up."""
        snapshot = tally.publish(self._clock())
        if caught_up or tally is self._tally or snapshot.log != self.snapshot.log:
            self._tally, self.snapshot = tally, snapshot


class _Reading:
    """One reading of a log, from its start to the first error that it cannot sit out."""

    def __init__(
        self, consumer: Consumer, reader: Reader, tally: Tally, checkpoint_seconds: float
    ) -> None:
        self._consumer = consumer
        self._reader = reader
        self._tally = tally
        self._checkpoint_seconds = checkpoint_seconds
        self._ends: Mapping[int, int] | None = None
        self._next_probe = time.monotonic()
        self._committed: Mapping[int, Checkpoint] = {}
        self._committed_at = time.monotonic()

    def go_on(self, stopping: threading.Event) -> None:
        """Count until `stopping` is set; raises BrokerError where the reading must start anew."""
        self._consumer.state = CATCHING_UP
        self._consumer.show(self._tally, caught_up=False)
        while not stopping.is_set():
            self._probe()
            if self._count() > BUSY_RECORDS:
                stopping.wait(BUSY_PAUSE_SECONDS)
            if time.monotonic() - self._committed_at >= self._checkpoint_seconds:
                self._checkpoint()
        self._checkpoint()

    def _count(self) -> int:
        batches = self._reader.poll(POLL_SECONDS)
        for partition, records in batches.items():
            for problem in self._tally.apply(partition, records):
                unreadable_log.warning(
                    "passed over what is no click in %s, partition %s, offset %s: %s",
                    self._reader.name,
                    problem.partition,
                    problem.offset,
                    problem.reason,
                )
        if batches:
            self._consumer.show(self._tally, caught_up=self._has_caught_up())
        return sum(map(len, batches.values()))

    def _has_caught_up(self) -> bool:
        """Say whether everything is read that the log held at the last probe."""
        return self._ends is not None and all(
            self._reader.position(partition) >= end for partition, end in self._ends.items()
        )

    def _probe(self) -> None:
        if time.monotonic() >= self._next_probe:
            self._ask_for_ends()
        if self._consumer.state != LIVE and self._has_caught_up():
            self._consumer.show(self._tally, caught_up=True)
            self._consumer.state = LIVE

    def _ask_for_ends(self) -> None:
        if not self._has_caught_up() and self._consumer.state == LIVE:
            self._consumer.state = CATCHING_UP
        try:
            self._ends = self._reader.ends()
        except BrokerUnavailable as error:
            self._ends = None
            if self._consumer.state != RECONNECTING:
                log.warning("the broker does not answer: %s", error)
            self._consumer.state = RECONNECTING
        else:
            for partition in self._ends.keys() - self._tally.partitions:
                log.info("%s has a new partition, %s", self._reader.name, partition)
                self._tally.begin(partition, FROM_THE_FIRST)
            if self._consumer.state == RECONNECTING:
                log.info(LISTENING)
                self._consumer.state = CATCHING_UP
        self._next_probe = time.monotonic() + PROBE_SECONDS

    def _checkpoint(self) -> None:
        # 1. what is applied; 2. offset and counts in one commit. A crash in between costs only
        # time: the next start reads the same records again and counts the same.
        checkpoints = self._tally.checkpoints()
        age = time.monotonic() - self._committed_at
        if checkpoints == self._committed and age < REWRITE_SECONDS:
            return
        try:
            self._reader.commit(checkpoints)
            self._committed = checkpoints
        except BrokerError as error:
            log.warning("no checkpoint of %s: %s", self._reader.name, error)
        self._committed_at = time.monotonic()
