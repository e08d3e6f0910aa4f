"""What runs behind one site in one process: its broker and its consumer, started once."""

import logging
import os
import threading
import time
from multiprocessing import util

from dash_app.brokers import Broker
from dash_app.brokers.sqlite import SqliteBroker
from dash_app.consumer import Consumer
from dash_app.settings import Settings

log = logging.getLogger(__name__)

STOP_SECONDS = 2.0


class Service:
    """The broker and the consumer of this process; making one starts nothing.

    Both are None if kafka-python cannot be imported. Raises BadSetting.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._make()
        self._started_in: int | None = None
        self._starting = threading.Lock()

    def _make(self) -> None:
        self.broker = _broker(self.settings)
        self.consumer: Consumer | None = None
        if self.broker is not None:
            self.consumer = Consumer(
                self.broker,
                dedup_offsets=self.settings.dedup_offsets,
                recent_capacity=self.settings.recent_capacity,
                checkpoint_seconds=self.settings.checkpoint_seconds,
            )

    def start(self) -> None:
        """Start counting in the background; harmless when repeated, and anew after a fork."""
        if self._started_in == os.getpid():
            return
        with self._starting:
            if self._started_in == os.getpid():
                return
            if self._started_in is not None:
                # A fork took over objects whose threads it has not.
                self._make()
            if self.broker is not None and self.consumer is not None:
                self.broker.start()
                self.consumer.start()
            # atexit alone never runs in the processes that multiprocessing starts.
            self._finalizer = util.Finalize(None, self.stop, exitpriority=100)
            self._started_in = os.getpid()

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Finish what was accepted, write a checkpoint, end all threads; harmless when repeated."""
        if self._started_in != os.getpid():
            return
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
        from dash_app.brokers.kafka import KafkaBroker  # noqa: PLC0415 - it may be missing
    except ImportError:
        log.exception("kafka-python cannot be imported: the Kafka routes answer 503")
        return None
    return KafkaBroker(settings)
