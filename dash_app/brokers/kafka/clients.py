"""The clients of kafka-python, made with this project's settings and the user's."""

import contextlib
from collections.abc import Callable
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaConfigurationError, KafkaError
from kafka.net.compat import KafkaNetClient

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.options import BOUNDS, options_for, warn_of_unknown
from dash_app.brokers.kafka.refusals import Refusals
from dash_app.brokers.kafka.security import check_security
from dash_app.brokers.kafka.sockets import close_forgotten_sockets
from dash_app.settings import Settings

BOOTSTRAP_MS = 3000
REQUEST_MS = 5000
RECONNECT_MS = 500
"""Longest pause before the next attempt to connect: the broker is found soon after its return."""


class KafkaClients:
    """Makes clients; each connects when it is made, and raises BrokerUnavailable if it cannot.

    Raises BadSetting for a KAFKA_ variable that cannot work, without a connection.
    """

    def __init__(self, settings: Settings) -> None:
        close_forgotten_sockets()
        self.servers = str(settings.kafka_bootstrap_servers).split(",")
        self._variables = settings.kafka_options
        limit_ms = settings.answer_limit_ms
        third_ms = limit_ms // 3
        # A delivery may linger and then take a request's time: together no more than the limit.
        self._bounds = {**BOUNDS, "linger_ms": (0, third_ms)}
        check_security(str(settings.kafka_bootstrap_servers), self._variables)
        self._producer_options = self._options(
            KafkaProducer,
            {
                "acks": "all",
                "enable_idempotence": True,
                "delivery_timeout_ms": limit_ms,
                # Metadata is fetched before the first send; on a request's time it would wait.
                "max_block_ms": third_ms,
                # What arrives while a request is under way goes with the next one, as one batch.
                "max_in_flight_requests_per_connection": 1,
                "metadata_max_age_ms": 30_000,
                "allow_auto_create_topics": False,
            },
        )
        # The variable is for the other clients: above this one's stands the limit of the answer.
        self._producer_options["request_timeout_ms"] = 2 * third_ms
        self._consumer_options = self._options(
            KafkaConsumer,
            {
                "group_id": None,
                "enable_auto_commit": False,
                "auto_offset_reset": "none",
                "isolation_level": "read_committed",
                "request_timeout_ms": REQUEST_MS,
                "allow_auto_create_topics": False,
            },
        )
        self._admin_options = self._options(KafkaAdminClient, {"request_timeout_ms": REQUEST_MS})

    def _options(self, client: Any, ours: dict[str, Any]) -> dict[str, Any]:
        defaults = {"bootstrap_timeout_ms": BOOTSTRAP_MS, "reconnect_backoff_max_ms": RECONNECT_MS}
        if "metrics_enabled" in client.DEFAULT_CONFIG:
            # Nobody reads them, and each record pays for them.
            defaults["metrics_enabled"] = False
        asked = options_for(client.DEFAULT_CONFIG, self._variables, self._bounds)
        return defaults | ours | asked | {"bootstrap_servers": self.servers}

    def warn_of_unknown_options(self) -> None:
        """Log which KAFKA_ variables have no effect."""
        clients = (KafkaProducer, KafkaConsumer, KafkaAdminClient)
        warn_of_unknown([client.DEFAULT_CONFIG for client in clients], self._variables)

    def producer(self) -> Any:
        """Return a producer that is acknowledged by all in-sync replicas, without duplicates."""
        return self._connected(KafkaProducer, self._producer_options)

    def consumer(self) -> Any:
        """Return a consumer outside of any group, which reads committed records only."""
        return self._connected(KafkaConsumer, self._consumer_options)

    def admin(self) -> Any:
        """Return an admin client."""
        return self._connected(KafkaAdminClient, self._admin_options)

    def _connected(self, client: Callable[..., Any], options: dict[str, Any]) -> Any:
        refusals = Refusals()
        try:
            return _made(client, options, refusals)
        except (KafkaConfigurationError, AssertionError, TypeError, ValueError) as error:
            # Not every setting can be judged before the broker has said what it understands.
            raise BrokerUnavailable(
                f"kafka-python refuses its settings: {error}; look at {self._in_use()}"
            ) from error
        except (KafkaError, OSError) as error:
            if refused := refusals.sentence(",".join(self.servers)):
                raise BrokerUnavailable(refused) from error
            raise BrokerUnavailable(
                f"no broker answered at {','.join(self.servers)} ({error!r}); is Kafka running?"
            ) from error

    def _in_use(self) -> str:
        return ", ".join(["KAFKA_BOOTSTRAP_SERVERS", *sorted(self._variables)])


def _made(client: Callable[..., Any], options: dict[str, Any], refusals: Refusals) -> Any:
    """Make a client; one that cannot connect would leave its thread and its sockets behind."""
    with contextlib.ExitStack() as undo:

        def connect(**config: Any) -> KafkaNetClient:
            connection = KafkaNetClient(**config)
            refusals.watch(connection)
            undo.callback(_close_quietly, connection)
            return connection

        made = client(**options, kafka_client=connect)
        undo.pop_all()
    return made


def _close_quietly(connection: KafkaNetClient) -> None:
    with contextlib.suppress(Exception):
        connection.close()
