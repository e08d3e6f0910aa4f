"""What runs behind one site in one process: broker, consumer and bodies, started once."""

import logging
import os
import threading
import time
from collections.abc import Sequence
from multiprocessing import util

from dash_app.brokers import Broker
from dash_app.brokers.sqlite.broker import SqliteBroker
from dash_app.consumer.consumer import Consumer
from dash_app.consumer.latency import UNMEASURED, Latency, Measured
from dash_app.consumer.observer import Guard
from dash_app.consumer.reading import Shown
from dash_app.counting.clicks import Click
from dash_app.counting.flink_tally import CountedTally
from dash_app.counting.projection import Projection
from dash_app.operations.metrics import Metrics
from dash_app.operations.metrics_folder import check_folder
from dash_app.settings import Settings
from dash_app.web.bodies import Bodies

log = logging.getLogger(__name__)

STOP_SECONDS = 2.0


class Service:
    """The broker, the consumer and the bodies of this process; making one starts nothing.

    The first two are None if kafka-python cannot be imported. Raises BadSetting.
    """

    def __init__(self, settings: Settings) -> None:
        check_folder()
        self.settings = settings
        self._metrics: Metrics | None = None
        self._making_metrics = threading.Lock()
        self._guard = Guard()
        self._make()
        self._owner: int | None = None
        self._started = False
        self._stopped = False
        self._finalizer: util.Finalize | None = None
        self._starting = threading.Lock()

    def _make(self) -> None:
        # At most half of the web threads wait for Kafka: with these, one is left for readers.
        self.bodies = Bodies(max(1, (self.settings.web_threads - 1) // 2))
        self.latency = Latency()
        self.broker = _broker(self.settings)
        self.consumer: Consumer | None = None
        if self.broker is not None:
            self.consumer = Consumer(
                self.broker,
                dedup_offsets=self.settings.dedup_offsets,
                recent_capacity=self.settings.recent_capacity,
                checkpoint_seconds=self.settings.checkpoint_seconds,
                observer=self,
                counting=self._follow_flink if self.settings.counts_from == "flink" else None,
            )

    def _follow_flink(self, log: str) -> Projection:
        return CountedTally(log, self.settings.dedup_offsets)

    @property
    def metrics(self) -> Metrics:
        """The numbers of this process, made when first asked for; they may raise OSError."""
        made = self._metrics
        if made is not None:
            return made
        with self._making_metrics:
            if self._metrics is None:
                self._metrics = Metrics()
            return self._metrics

    @property
    def measured(self) -> Measured:
        """How long clicks took in the last minute, where single clicks are counted here."""
        return UNMEASURED if self.settings.counts_from == "flink" else self.latency.last_minute

    def looked(self, shown: Shown) -> None:
        """Pass on what the consumer shows, and measure what it counted; see Observer."""
        self.latency.measure()
        self.metrics.looked(shown)

    def counted(self, clicks: Sequence[Click]) -> None:
        """Measure those that this process received; see Observer."""
        self.metrics.counted(self.latency.counted(clicks))

    def restarted(self) -> None:
        """Pass on that the counting began anew; see Observer."""
        self.metrics.restarted()

    def answered(self, route: str, method: str, status: int) -> None:
        """Count a request; never fails."""
        with self._guard:
            self.metrics.answered(route, method, status)

    def appended(self, outcome: str, seconds: float) -> None:
        """Count what became of the clicks of a request; never fails."""
        with self._guard:
            self.metrics.appended(outcome, seconds)

    def start(self) -> None:
        """Start counting in the background; harmless when repeated.

        Anew where a fork took over objects without their threads, or force ended a thread.
        """
        if self._is_running():
            return
        with self._starting:
            if self._is_running():
                return
            if self._owner == os.getpid() and self._started:
                self._abandon()
                self._make()
            elif self._owner not in {None, os.getpid()}:
                self._make()
            self._owner, self._started, self._stopped = os.getpid(), False, False
            if self.broker is not None and self.consumer is not None:
                self.broker.start()
                self.consumer.start()
            if self._finalizer is not None:
                self._finalizer.cancel()
            # atexit alone never runs in the processes that multiprocessing starts.
            self._finalizer = util.Finalize(None, self.stop, exitpriority=100)
            self._started = True

    def _is_running(self) -> bool:
        """Say whether all that this process is to start lives; what was stopped stays so."""
        if self._owner != os.getpid() or not (self._started or self._stopped):
            return False
        if self._stopped or self.broker is None or self.consumer is None:
            return True
        return self.broker.is_running() and self.consumer.is_running()

    def _abandon(self) -> None:
        log.error("a thread of the counting was ended by force; it starts anew")
        if self.broker is not None and self.consumer is not None:
            self.consumer.stop(0)
            self.broker.stop(0)

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Finish what was accepted, write a checkpoint, end all threads; harmless when repeated."""
        if self._owner != os.getpid():
            return
        self._stopped = True
        if self._finalizer is not None:
            self._finalizer.cancel()
        if self.broker is not None and self.consumer is not None:
            deadline = time.monotonic() + timeout
            # Asked first, joined last: it ends while the broker does.
            self.consumer.ask_to_stop()
            self.broker.stop(timeout)
            self.consumer.stop(max(0, deadline - time.monotonic()))


def _broker(settings: Settings) -> Broker | None:
    if settings.kafka_bootstrap_servers is None:
        return SqliteBroker(settings)
    try:
        from dash_app.brokers.kafka.broker import KafkaBroker  # noqa: PLC0415 - it may be missing
    except ImportError:
        log.exception("kafka-python cannot be imported: the Kafka routes answer 503")
        return None
    return KafkaBroker(settings)
