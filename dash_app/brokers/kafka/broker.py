"""The Kafka broker: clicks in a topic of a real cluster."""

import logging
import secrets
from collections.abc import Sequence

from dash_app.brokers import Outgoing, Place, Reader
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.flink_reader import FlinkReader
from dash_app.brokers.kafka.producer import ClickProducer
from dash_app.brokers.kafka.rare_records import RareRecord, append_rarely
from dash_app.brokers.kafka.reader import KafkaReader
from dash_app.brokers.kafka.talks import KafkaChanges
from dash_app.brokers.kafka.time_index import TimeIndex
from dash_app.logs import LogThrottle
from dash_app.settings import Settings
from dash_app.slots import BRISK_BROKER_SECONDS, BURST_SECONDS, Slots, shares

OUR_THREADS = "clicks-"
"""The threads of a site that call kafka-python's clients have names that start so."""


class KafkaBroker:
    """Keeps clicks in the topic `settings.kafka_topic`; see Broker. Creating it connects nowhere.

    Raises BadSetting for a KAFKA_ variable that cannot work.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clients = KafkaClients(settings)
        self.changes = KafkaChanges(self._clients, settings.kafka_topic)
        self._time_index = TimeIndex()
        split = shares(settings.web_threads)
        slots = Slots(
            split.broker,
            split.broker_spare,
            split.broker_queue,
            BRISK_BROKER_SECONDS,
            BURST_SECONDS,
        )
        self._producer = ClickProducer(self._clients, settings.kafka_topic, slots)

    def start(self) -> None:
        """Start to connect; see Broker.start."""
        _limit_kafka_logging(self._clients.client_id)
        self._clients.warn_of_unknown_options()
        self._producer.start()

    def is_running(self) -> bool:
        """Say whether the thread that creates producers lives; see Broker.is_running."""
        return self._producer.is_running()

    @property
    def clock_skew(self) -> float | None:
        """How far ahead the broker's clock is; see Broker.clock_skew."""
        return self._producer.clock_skew.seconds

    def append(self, batch: Sequence[Outgoing], deadline: float) -> Sequence[Place]:
        """Return once every click is acknowledged by all in-sync replicas; see Broker.append."""
        return self._producer.append(batch, deadline)

    def append_value(self, value: bytes | None, deadline: float) -> Place:
        """Return the place of a record with any value; see Broker.append_value."""
        # A compacted topic takes no record without a key.
        record = RareRecord(secrets.token_hex(8).encode(), value)
        (place,) = append_rarely(self._clients, self._settings.kafka_topic, [record], deadline)
        return place

    def reader(self) -> Reader:
        """Open a reading of the topic, or of Flink's counts of it; see Broker.reader."""
        topic = self._settings.kafka_topic
        if self._settings.counts_from == "flink":
            return FlinkReader(self._clients, topic)
        return KafkaReader(self._clients, topic, self._settings.dedup_offsets, self._time_index)

    def stop(self, timeout: float) -> None:
        """Deliver the accepted clicks and disconnect; see Broker.stop."""
        self._producer.stop(timeout)


class _ClientThrottle(LogThrottle):
    """Throttles what the clients with one id log, and passes what those of a host log."""

    def __init__(self, client_id: str) -> None:
        super().__init__(times=2, seconds=60)
        self.client_id = client_id

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is logged."""
        thread = str(record.threadName)
        # kafka-python names the threads of a client after its id.
        is_ours = self.client_id in thread or thread.startswith(OUR_THREADS)
        return not is_ours or super().filter(record)


def _limit_kafka_logging(client_id: str) -> None:
    """Limit how often kafka-python logs the same message, as it does while the broker is away.

    Python applies a logger's filters to no child of it, so each logger gets the filter.
    """
    limit = _ClientThrottle(client_id)
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if name.split(".")[0] != "kafka" or not isinstance(logger, logging.Logger):
            continue
        known = [one for one in logger.filters if isinstance(one, _ClientThrottle)]
        if client_id not in {one.client_id for one in known}:
            logger.addFilter(limit)
