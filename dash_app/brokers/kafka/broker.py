"""The Kafka broker: clicks in a topic of a real cluster."""

import logging
from collections.abc import Sequence

from dash_app.brokers import Outgoing, Reader
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.flink_reader import KafkaCountedReader
from dash_app.brokers.kafka.producer import KafkaAppender
from dash_app.brokers.kafka.reader import KafkaReader
from dash_app.logs import LogThrottle
from dash_app.settings import Settings


class KafkaBroker:
    """Keeps clicks in the topic `settings.kafka_topic`; see Broker. Making one connects nowhere.

    Raises BadSetting for a KAFKA_ variable that cannot work.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clients = KafkaClients(settings)
        # At most half of the web threads wait for the broker: the others answer readers.
        slots = max(1, settings.web_threads // 2)
        self._appender = KafkaAppender(self._clients, settings.kafka_topic, slots)

    def start(self) -> None:
        """Start to connect; see Broker.start."""
        _quieten()
        self._clients.warn_of_unknown_options()
        self._appender.start()

    def is_running(self) -> bool:
        """Say whether the thread that makes producers lives; see Broker.is_running."""
        return self._appender.is_running()

    def append(self, batch: Sequence[Outgoing], deadline: float) -> None:
        """Return once every click is acknowledged by all in-sync replicas; see Broker.append."""
        self._appender.append(batch, deadline)

    def reader(self) -> Reader:
        """Open a reading of the topic, or of what Flink counted of it; see Broker.reader."""
        topic = self._settings.kafka_topic
        if self._settings.counts_from == "flink":
            return KafkaCountedReader(self._clients, topic)
        return KafkaReader(self._clients, topic, self._settings.dedup_offsets)

    def stop(self, timeout: float) -> None:
        """Deliver what was accepted and disconnect; see Broker.stop."""
        self._appender.stop(timeout)


def _quieten() -> None:
    """Limit what kafka-python logs: while the broker is away it repeats itself all the time.

    A filter of a logger does not hold for its children, so each gets it.
    """
    limit = LogThrottle(times=2, seconds=60)
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if name.split(".")[0] != "kafka" or not isinstance(logger, logging.Logger):
            continue
        if not any(isinstance(known, LogThrottle) for known in logger.filters):
            logger.addFilter(limit)
