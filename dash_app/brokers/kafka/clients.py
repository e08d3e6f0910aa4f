"""The clients of kafka-python, with the settings that the promises need and the user's own."""

from collections.abc import Callable
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaConfigurationError, KafkaError

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka import oauth
from dash_app.brokers.kafka.internals import create_client, read_any_batch
from dash_app.brokers.kafka.options import BOUNDS, options_for, warn_of_unknown
from dash_app.brokers.kafka.refusals import LOGIN, Refusals
from dash_app.brokers.kafka.security import MECHANISM, check_security
from dash_app.brokers.kafka.selector import Selector
from dash_app.brokers.kafka.topic import new_clicks_topic
from dash_app.settings import Settings

CLIENT_ID = "kafka-clicker"
BOOTSTRAP_MS = 3000
REQUEST_MS = 5000
RECONNECT_MS = 500
"""The longest pause between two attempts to connect: a broker that returns is found soon."""


class KafkaClients:
    """Creates clients; each connects at once, and raises BrokerUnavailable if it cannot.

    `producer_options`, `consumer_options` and `admin_options` are what kafka-python is given, and
    `new_topic` says what a topic of clicks is to be if it does not exist.
    Raises BadSetting for a KAFKA_ variable that cannot work, without a connection.
    """

    def __init__(self, settings: Settings) -> None:
        self.servers = str(settings.kafka_bootstrap_servers).split(",")
        self.new_topic = new_clicks_topic(settings)
        self._variables = settings.kafka_options
        self.client_id = self._variables.get("KAFKA_CLIENT_ID", CLIENT_ID)
        limit_ms = settings.answer_limit_ms
        third_ms = limit_ms // 3
        # A delivery may linger and then take a request's time: both together within the limit.
        self._bounds = {**BOUNDS, "linger_ms": (0, third_ms)}
        check_security(str(settings.kafka_bootstrap_servers), self._variables)
        if self._variables.get(MECHANISM) == oauth.MECHANISM:
            self._tokens = oauth.token_provider(self._variables)
        self.producer_options = self._options(
            KafkaProducer,
            {
                "acks": "all",
                "enable_idempotence": True,
                "delivery_timeout_ms": limit_ms,
                # Metadata is fetched before the first send: a request rarely waits for it.
                "max_block_ms": third_ms,
                # Clicks that arrive while a request is under way share the next one as one batch.
                "max_in_flight_requests_per_connection": 1,
                "metadata_max_age_ms": 30_000,
                "allow_auto_create_topics": False,
            },
        )
        # KAFKA_REQUEST_TIMEOUT_MS is for the other clients: ANSWER_LIMIT_MS bounds this one.
        self.producer_options["request_timeout_ms"] = 2 * third_ms
        self.consumer_options = self._options(
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
        self.admin_options = self._options(KafkaAdminClient, {"request_timeout_ms": REQUEST_MS})

    def _options(self, client: Any, fixed: dict[str, Any]) -> dict[str, Any]:
        defaults: dict[str, Any] = {
            "bootstrap_timeout_ms": BOOTSTRAP_MS,
            "client_id": self.client_id,
            "reconnect_backoff_max_ms": RECONNECT_MS,
            "selector": Selector,
        }
        if "metrics_enabled" in client.DEFAULT_CONFIG:
            # Nobody reads kafka-python's metrics, and each record pays for them.
            defaults["metrics_enabled"] = False
        if self._variables.get(MECHANISM) == oauth.MECHANISM:
            defaults["sasl_oauth_token_provider"] = self._tokens
        users = options_for(client.DEFAULT_CONFIG, self._variables, self._bounds)
        return defaults | fixed | users | {"bootstrap_servers": self.servers}

    def warn_of_unknown_options(self) -> None:
        """Log which KAFKA_ variables have no effect."""
        clients = (KafkaProducer, KafkaConsumer, KafkaAdminClient)
        warn_of_unknown([client.DEFAULT_CONFIG for client in clients], self._variables)

    def producer(self) -> Any:
        """Return a producer that is acknowledged by all in-sync replicas, without duplicates."""
        return self._connect(KafkaProducer, self.producer_options)

    def consumer(self, *, with_keys: bool = False, **options: int) -> Any:
        """Return a consumer outside of any group, which polls Records, and committed ones only."""
        consumer = self._connect(KafkaConsumer, self.consumer_options | options)
        return read_any_batch(consumer, with_keys=with_keys)

    def admin(self, *, reaches_cluster: bool = True) -> Any:
        """Return an admin client, which may be one that reaches no advertised address."""
        return self._connect(KafkaAdminClient, self.admin_options, reaches_cluster=reaches_cluster)

    def _connect(
        self, client_class: Callable[..., Any], options: dict[str, Any], **how: bool
    ) -> Any:
        refusals = Refusals()
        try:
            return create_client(client_class, options, refusals, **how)
        except (KafkaConfigurationError, AssertionError, TypeError, ValueError) as error:
            # kafka-python can check some settings only once it knows the broker's version.
            raise BrokerUnavailable(
                f"kafka-python refuses its settings: {error}; look at {self._variables_in_use()}"
            ) from error
        except (KafkaError, OSError) as error:
            if refusal := refusals.sentence(",".join(self.servers), self._login_variables()):
                raise BrokerUnavailable(refusal) from error
            raise BrokerUnavailable(
                f"no broker answered at {','.join(self.servers)} ({error!r}); is Kafka running?"
            ) from error

    def _login_variables(self) -> str:
        if self._variables.get(MECHANISM) == oauth.MECHANISM:
            return ", ".join([MECHANISM, *sorted(oauth.VARIABLES & self._variables.keys())])
        return LOGIN

    def _variables_in_use(self) -> str:
        return ", ".join(["KAFKA_BOOTSTRAP_SERVERS", *sorted(self._variables)])
