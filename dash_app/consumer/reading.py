"""One reading of a log: it polls, counts, publishes, and states truthfully how far it is."""

import logging
import math
import threading
import time
from collections.abc import Mapping, Sequence

from dash_app.brokers import BrokerUnavailable, Reader
from dash_app.consumer.checkpointer import Checkpointer
from dash_app.consumer.lab import Lab
from dash_app.consumer.observer import Observer
from dash_app.consumer.published_state import (
    CATCHING_UP,
    LIVE,
    RECONNECTING,
    PublishedState,
)
from dash_app.consumer.talks import TalksSource
from dash_app.counting.checkpoint import FROM_THE_FIRST, ReadAgain
from dash_app.counting.progress import Progress
from dash_app.counting.projection import Projection
from dash_app.counting.records import Record

logger = logging.getLogger(__name__)
unreadable_logger = logging.getLogger(f"{__name__}.unreadable")

LISTENING = "[Consumer] ¡Conectado y escuchando!"

POLL_SECONDS = 0.5
END_CHECK_SECONDS = 1.0

FULL_RECORDS = 1000
PAUSED_SECONDS = 0.1
"""How often a reading that the laboratory pauses looks whether it is to go on."""

PAUSE_SECONDS = 0.01
UNPAUSED_PER_SECOND = 500
"""While more come, a poll of fewer than FULL_RECORDS is followed by a pause.

Many small fetches starve the web threads. A reading that is behind gets full polls, and whoever
taps again as soon as the last tap is seen is no crowd: neither waits for a pause.
"""

Batches = Mapping[int, Sequence[Record]]
"""The records of each partition that one poll returned."""


class Reading:
    """Counts a log from its start in the reader to the first error that ends the reading.

    It waits out a broker that does not answer.
    """

    def __init__(
        self,
        reader: Reader,
        projection: Projection,
        published: PublishedState,
        observer: Observer,
        checkpoint_seconds: float,
        talks: TalksSource,
        lab: Lab,
    ) -> None:
        self._lab = lab
        self._talks = talks
        self._ranges = talks.talks.ranges
        self._reader = reader
        self._projection = projection
        self._published = published
        self._observer = observer
        self._checkpointer = Checkpointer(reader, projection, checkpoint_seconds, lab.on_checkpoint)
        self._ends: Mapping[int, int] | None = None
        self._last_ends: dict[int, int] = {}
        self._progress: Progress | None = None
        self._records = 0
        self._held: Batches = {}
        self._last_polled = -math.inf
        self._next_end_check = time.monotonic()

    def run(self, stopping: threading.Event, again: ReadAgain) -> None:
        """Count until `stopping` is set. Raises BrokerError if a new reading must begin."""
        self._lab.begin(self._reader.log_id)
        self._projection.follow(self._ranges)
        for partition, start in self._reader.starts(again).items():
            logger.info("%s, partition %s: %s", self._reader.name, partition, start.note)
            self._projection.begin(partition, start)
        logger.info(LISTENING)
        self._published.enter(CATCHING_UP)
        self._published.warnings = self._reader.warnings
        self._published.publish(self._projection, caught_up=False)
        while not stopping.is_set():
            self._check_ends()
            self._follow_talks()
            self._pause_if_crowded(self._count(stopping), stopping)
            if self._ends is not None:
                self._checkpointer.write_if_due()
        if self._ends is not None:
            self._checkpointer.write_last()

    def _pause_if_crowded(self, polled: int, stopping: threading.Event) -> None:
        """Pause after a small poll, if its records came faster than UNPAUSED_PER_SECOND."""
        if polled:
            before, self._last_polled = self._last_polled, time.monotonic()
            is_crowded = polled > UNPAUSED_PER_SECOND * (self._last_polled - before)
            if is_crowded and polled < FULL_RECORDS:
                stopping.wait(PAUSE_SECONDS)

    def _count(self, stopping: threading.Event) -> int:
        """Count the records of one poll; return their number, 0 during a pause."""
        batches = self._held or self._reader.poll(POLL_SECONDS)
        if left := self._lab.pause_left:
            # A pause may begin while a poll waits for records.
            self._held = batches
            stopping.wait(min(left, PAUSED_SECONDS))
            return 0
        self._held = {}
        listener = self._lab.listener()
        for partition, records in batches.items():
            for problem in self._projection.apply(partition, records, listener):
                unreadable_logger.warning(
                    "passed over a record that is no click in %s, partition %s, offset %s: %s",
                    self._reader.name,
                    problem.partition,
                    problem.offset,
                    problem.reason,
                )
        if batches:
            self._publish()
        polled = sum(map(len, batches.values()))
        self._records += polled
        return polled

    def _follow_talks(self) -> None:
        ranges = self._talks.talks.ranges
        if ranges != self._ranges:
            self._ranges = ranges
            self._projection.follow(ranges)
            self._publish()

    def _publish(self) -> None:
        self._published.publish(
            self._projection,
            caught_up=self._has_caught_up(),
            only_forward=bool(self._leaderless()),
        )
        self._lab.on_published(self._published.snapshot)

    def _has_caught_up(self) -> bool:
        """Return whether the reader is past every record before the ends that were last read."""
        return self._ends is not None and self._is_past(self._ends)

    def _is_past(self, ends: Mapping[int, int]) -> bool:
        return all(self._position(partition) >= end for partition, end in ends.items())

    def _position(self, partition: int) -> int:
        """Return the next offset to be counted."""
        held = self._held.get(partition)
        return held[0].offset if held else self._reader.position(partition)

    def _leaderless(self) -> list[int]:
        """Return the partitions whose end nobody knows; they have no leader."""
        return sorted(self._projection.partitions - (self._ends or {}).keys())

    def _check_ends(self) -> None:
        is_due = time.monotonic() >= self._next_end_check
        if is_due:
            self._read_ends()
        if self._published.state != LIVE and self._has_caught_up():
            self._publish()
            self._say_caught_up()
        if is_due:
            self._say_progress()
            self._observer.on_heartbeat(self._published)

    def _say_caught_up(self) -> None:
        leaderless = self._leaderless()
        if not leaderless:
            self._published.enter(LIVE)
            return
        problem = f"no broker leads partition {', '.join(map(str, leaderless))}"
        if self._published.problem != problem:
            logger.warning("%s: %s", self._reader.name, problem)
        # Nothing can be appended without a leader: what was read to its end stays known.
        were_read = self._projection.partitions <= self._last_ends.keys()
        is_shown = self._published.projection is self._projection
        known = is_shown and were_read and self._is_past(self._last_ends)
        self._published.enter(CATCHING_UP, problem, knows_repeats=known)

    def _say_progress(self) -> None:
        if self._published.state != CATCHING_UP or self._published.problem:
            self._progress = None
            return
        now = time.monotonic()
        if self._progress is None:
            self._progress, self._records = Progress(self._reader.name, now), 0
        total = self._records + sum(self._published.lag.values())
        if line := self._progress.describe(self._records, total, now):
            logger.info("catching up with %s", line)

    def _read_ends(self) -> None:
        if not self._has_caught_up():
            self._published.knows_repeats = False
            if self._published.state == LIVE:
                self._published.enter(CATCHING_UP)
        try:
            self._ends = self._reader.ends()
            self._last_ends |= self._ends
        except BrokerUnavailable as error:
            self._ends, self._published.lag = None, {}
            if self._published.state != RECONNECTING:
                logger.warning("the broker does not answer: %s", error)
            self._published.enter(RECONNECTING, str(error))
        else:
            self._begin_new_partitions(self._ends)
            if self._published.state == RECONNECTING:
                logger.info(LISTENING)
                self._published.enter(CATCHING_UP)
            if self._published.state == LIVE and self._leaderless():
                self._published.enter(CATCHING_UP, knows_repeats=True)
            self._published.ends = self._ends
            self._published.lag = {
                partition: max(0, end - self._position(partition))
                for partition, end in self._ends.items()
            }
        self._next_end_check = time.monotonic() + END_CHECK_SECONDS

    def _begin_new_partitions(self, ends: Mapping[int, int]) -> None:
        new = ends.keys() - self._projection.partitions
        for partition in new:
            logger.info("%s has a new partition, %s", self._reader.name, partition)
            self._projection.begin(partition, FROM_THE_FIRST)
        if new:
            self._publish()
