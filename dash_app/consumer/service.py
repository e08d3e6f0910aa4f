"""The life of one process behind a site: its broker and its consumer, started once."""

import logging
import os
import sys
import threading
import time
from collections.abc import Sequence
from multiprocessing import util

from dash_app.brokers import LARGEST_SKEW_SECONDS, Broker
from dash_app.brokers.selection import create_broker
from dash_app.consumer.archive import Archive
from dash_app.consumer.consumer import Consumer
from dash_app.consumer.observer import NoObserver, Observer
from dash_app.consumer.talks import TalksFollower
from dash_app.counting.flink_tally import FlinkTally
from dash_app.counting.projection import Projection
from dash_app.counting.talks import Talks
from dash_app.settings import Settings
from dash_app.slots import BRISK_BODY_SECONDS, Slots, shares

logger = logging.getLogger(__name__)

STOP_SECONDS = 2.0

NO_THREADS = (
    "uWSGI runs the threads of this process only while it answers a request, so clicks are counted"
    " late or not at all; start it with --enable-threads"
)


class Service:
    """The broker and the consumer of this process; creating a service starts nothing.

    Both are None if kafka-python cannot be imported. `observer` learns how the counting goes.
    Raises BadSetting.
    """

    def __init__(self, settings: Settings, observer: Observer | None = None) -> None:
        self.settings = settings
        self._types = frozenset(reaction.key for reaction in settings.reactions)
        self._types_of_talks = Talks(), self._types
        self._observer = NoObserver() if observer is None else observer
        self._create()
        self.archive = Archive(settings)
        self._owner: int | None = None
        self._started = False
        self._stopped = False
        self._finalizer: util.Finalize | None = None
        self._starting = threading.Lock()

    def _create(self) -> None:
        split = shares(self.settings.web_threads)
        self.body_slots = Slots(split.click_bodies, queue=0, brisk_seconds=BRISK_BODY_SECONDS)
        self.code_slots = Slots(split.code_bodies, queue=0)
        self.broker = _broker(self.settings)
        self.consumer: Consumer | None = None
        self.talks: TalksFollower | None = None
        if self.broker is not None:
            self.talks = TalksFollower(self.broker.changes)
            self.consumer = Consumer(
                self.broker,
                dedup_offsets=self.settings.dedup_offsets,
                recent_capacity=self.settings.recent_capacity,
                checkpoint_seconds=self.settings.checkpoint_seconds,
                observer=self._observer,
                projection=self._flink_tally if self.settings.counts_from == "flink" else None,
            )
            self.consumer.follow(self.talks)

    def _flink_tally(self, log_id: str, since: int) -> Projection:
        return FlinkTally(log_id, self.settings.dedup_offsets, since)

    def known_talks(self) -> Talks:
        """Return the talks that this process knows; it never waits."""
        return Talks() if self.talks is None else self.talks.talks

    @property
    def types(self) -> frozenset[str]:
        """The types of clicks that are taken: those of the settings and of every talk."""
        talks, types = self._types_of_talks
        if talks is not (now := self.known_talks()):
            # A thousand talks have thousands of types, and each click asks.
            types = self._types | now.types
            self._types_of_talks = now, types
        return types

    @property
    def clock_skew(self) -> float | None:
        """How many seconds the log's clock is ahead of this machine's; None: unknown or little."""
        seconds = None if self.broker is None else self.broker.clock_skew
        is_large = seconds is not None and abs(seconds) > LARGEST_SKEW_SECONDS
        return seconds if is_large else None

    @property
    def warnings(self) -> Sequence[str]:
        """What in this process or in the log's settings breaks a promise, in a sentence each."""
        of_process = [] if _threads_run() else [NO_THREADS]
        return of_process if self.consumer is None else [*of_process, *self.consumer.warnings]

    def start(self) -> None:
        """Start to count in the background; harmless when repeated.

        It creates broker and consumer again after a fork, which copies no thread, and after a
        thread was killed.
        """
        if self._is_running():
            return
        with self._starting:
            if self._is_running():
                return
            if self._owner == os.getpid() and self._started:
                self._abandon()
                self._create()
            elif self._owner not in {None, os.getpid()}:
                self._create()
                self.archive = Archive(self.settings)
            self._owner, self._started, self._stopped = os.getpid(), False, False
            self._observer.on_start()
            if not _threads_run():
                logger.error(NO_THREADS)
            if self.broker is not None and self.consumer is not None and self.talks is not None:
                self.broker.start()
                self.talks.start()
                self.consumer.start()
            if self._finalizer is not None:
                self._finalizer.cancel()
            # atexit alone never runs in the processes that multiprocessing starts.
            self._finalizer = util.Finalize(None, self.stop, exitpriority=100)
            self._started = True

    def totals(self) -> dict[str, int]:
        """Return how many clicks of each reaction this process has counted, by its key.

        It never waits. Before the first connection to the broker, and without a broker, all are 0.
        """
        clicks = {} if self.consumer is None else self.consumer.snapshot.counts.clicks
        return {key: clicks.get(key, 0) for key, _ in self.settings.reactions}

    def _is_running(self) -> bool:
        """Return whether the threads of this process run, or were stopped on purpose."""
        if self._owner != os.getpid() or not (self._started or self._stopped):
            return False
        if self._stopped:
            return True
        threads = (self.broker, self.talks, self.consumer)
        return all(each is None or each.is_running() for each in threads)

    def _abandon(self) -> None:
        logger.error("a thread of the counting was killed; the counting starts again")
        for each in (self.consumer, self.talks, self.broker):
            if each is not None:
                each.stop(0)

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Deliver the accepted clicks, write a checkpoint and end all threads.

        Repeated calls do nothing.
        """
        if self._owner != os.getpid():
            return
        self._stopped = True
        self.archive.stop()
        if self._finalizer is not None:
            self._finalizer.cancel()
        if self.broker is not None and self.consumer is not None and self.talks is not None:
            deadline = time.monotonic() + timeout
            # The consumer writes its last checkpoint while the broker ends.
            self.consumer.ask_to_stop()
            self.talks.ask_to_stop()
            self.broker.stop(timeout)
            self.consumer.stop(max(0, deadline - time.monotonic()))
            self.talks.stop(max(0, deadline - time.monotonic()))


def _threads_run() -> bool:
    # uWSGI says it to Python code in a module of its own, which no other server has.
    return bool(getattr(sys.modules.get("uwsgi"), "has_threads", True))


def _broker(settings: Settings) -> Broker | None:
    try:
        return create_broker(settings)
    except ImportError:
        logger.exception("kafka-python cannot be imported: the Kafka routes answer 503")
        return None
