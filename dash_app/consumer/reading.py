"""One reading of a log: poll, count, show, and say truthfully how far it is."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from dash_app.brokers import BrokerUnavailable, Reader
from dash_app.consumer.checkpointer import Checkpointer
from dash_app.consumer.observer import Observer
from dash_app.counting.checkpoint import FROM_THE_FIRST
from dash_app.counting.projection import Projection
from dash_app.counting.snapshot import Snapshot

log = logging.getLogger(__name__)
unreadable_log = logging.getLogger(f"{__name__}.unreadable")

CONNECTING = "connecting"
CATCHING_UP = "catching up"
LIVE = "live"
RECONNECTING = "reconnecting"
DISABLED = "disabled"

LISTENING = "[Consumer] ¡Conectado y escuchando!"

POLL_SECONDS = 0.5
PROBE_SECONDS = 1.0

FULL_RECORDS = 1000
PAUSE_SECONDS = 0.01
"""A pause after a poll of fewer records: many small fetches starve the web threads.

Who is behind, and so gets full ones, goes on without a pause."""


class Shown:
    """What readers see: the state, and the counts of the reading that got furthest.

    `problem` says why the broker does not answer (empty: it does), `warnings` what about the log
    breaks a promise, `lag` how many records of a partition are still to be read, while known.
    One thread writes; all of it may be read from any thread, without a lock.
    """

    def __init__(self, clock: Callable[[], float], observer: Observer | None = None) -> None:
        self._clock = clock
        self._observer = observer
        self.state = CONNECTING
        self.snapshot = Snapshot()
        self.tally: Projection | None = None
        self.problem = ""
        self.warnings: Sequence[str] = ()
        self.lag: Mapping[int, int] = {}

    def looked(self, *, restarts: bool = False) -> None:
        """Tell the observer how things stand, and whether a reading begins anew."""
        if self._observer is not None:
            self._observer.looked(self)
            if restarts:
                self._observer.restarted()

    def show(self, tally: Projection, *, caught_up: bool) -> None:
        """Make visible what a reading counted; of the log already shown, only once caught up."""
        snapshot = tally.publish(self._clock())
        if caught_up or tally is self.tally or snapshot.log != self.snapshot.log:
            self.tally, self.snapshot = tally, snapshot


class Reading:
    """A reading from its start to the first error that it cannot sit out."""

    def __init__(
        self, reader: Reader, tally: Projection, shown: Shown, checkpoint_seconds: float
    ) -> None:
        self._reader = reader
        self._tally = tally
        self._shown = shown
        self._checkpointer = Checkpointer(reader, tally, checkpoint_seconds)
        self._ends: Mapping[int, int] | None = None
        self._next_probe = time.monotonic()

    def go_on(self, stopping: threading.Event) -> None:
        """Count until `stopping` is set; raises BrokerError where the reading must start anew."""
        for partition, start in self._reader.starts().items():
            log.info("%s, partition %s: %s", self._reader.name, partition, start.note)
            self._tally.begin(partition, start)
        log.info(LISTENING)
        self._shown.state, self._shown.problem = CATCHING_UP, ""
        self._shown.warnings = self._reader.warnings
        self._shown.show(self._tally, caught_up=False)
        while not stopping.is_set():
            self._probe()
            if 0 < self._count() < FULL_RECORDS:
                stopping.wait(PAUSE_SECONDS)
            if self._ends is not None:
                self._checkpointer.write_if_due()
        if self._ends is not None:
            self._checkpointer.write_last()

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
            self._shown.show(self._tally, caught_up=self._has_caught_up())
        return sum(map(len, batches.values()))

    def _has_caught_up(self) -> bool:
        """Say whether everything is read that the log held at the last probe."""
        return self._ends is not None and all(
            self._reader.position(partition) >= end for partition, end in self._ends.items()
        )

    def _probe(self) -> None:
        is_due = time.monotonic() >= self._next_probe
        if is_due:
            self._ask_for_ends()
        if self._shown.state != LIVE and self._has_caught_up():
            self._shown.show(self._tally, caught_up=True)
            self._shown.state = LIVE
        if is_due:
            self._shown.looked()

    def _ask_for_ends(self) -> None:
        if not self._has_caught_up() and self._shown.state == LIVE:
            self._shown.state = CATCHING_UP
        try:
            self._ends = self._reader.ends()
        except BrokerUnavailable as error:
            self._ends, self._shown.lag = None, {}
            if self._shown.state != RECONNECTING:
                log.warning("the broker does not answer: %s", error)
            self._shown.state, self._shown.problem = RECONNECTING, str(error)
        else:
            new = self._ends.keys() - self._tally.partitions
            for partition in new:
                log.info("%s has a new partition, %s", self._reader.name, partition)
                self._tally.begin(partition, FROM_THE_FIRST)
            if new:
                self._shown.show(self._tally, caught_up=self._has_caught_up())
            if self._shown.state == RECONNECTING:
                log.info(LISTENING)
                self._shown.state, self._shown.problem = CATCHING_UP, ""
            self._shown.lag = {
                partition: max(0, end - self._reader.position(partition))
                for partition, end in self._ends.items()
            }
        self._next_probe = time.monotonic() + PROBE_SECONDS
