"""The settings of the log: Kafka, its topic, and every option of the Kafka clients."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator

from dash_app.settings.fields import DecimalNumber, WholeNumber, setting

KAFKA_PREFIX = "KAFKA_"
"""The Kafka clients take every variable with this prefix that is no field of Settings."""

FIXED_KAFKA_VARIABLES = {
    "KAFKA_ACKS",
    "KAFKA_ALLOW_AUTO_CREATE_TOPICS",
    "KAFKA_API_VERSION",
    "KAFKA_AUTO_OFFSET_RESET",
    "KAFKA_CHECK_CRCS",
    "KAFKA_DELIVERY_TIMEOUT_MS",
    "KAFKA_ENABLE_AUTO_COMMIT",
    "KAFKA_ENABLE_IDEMPOTENCE",
    "KAFKA_GROUP_ID",
    "KAFKA_GROUP_INSTANCE_ID",
    "KAFKA_ISOLATION_LEVEL",
    "KAFKA_KEY_DESERIALIZER",
    "KAFKA_KEY_SERIALIZER",
    "KAFKA_MAX_BLOCK_MS",
    "KAFKA_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION",
    "KAFKA_RETRIES",
    "KAFKA_TRANSACTIONAL_ID",
    "KAFKA_VALUE_DESERIALIZER",
    "KAFKA_VALUE_SERIALIZER",
}
"""The site sets these itself, so that no click is lost, counted twice or answered too late."""

_SERVER = r"(\w+://)?(\[[0-9a-fA-F:]+\]|[^\s:,/]+):(?P<port>\d{1,5})"


class KafkaSettings(BaseModel, defer_build=True):
    """The part of Settings about Kafka."""

    kafka_bootstrap_servers: Annotated[
        str | None,
        setting(
            "host:port, several separated by commas, or unset",
            "Kafka brokers to connect to; unset: the embedded broker.",
        ),
    ] = None
    kafka_topic: Annotated[
        str,
        setting(
            "1 to 249 letters, digits, dots, underscores and hyphens",
            "Topic that holds the clicks.",
        ),
    ] = "clicks"
    kafka_topic_partitions: Annotated[
        WholeNumber | None,
        setting(
            "1 to 10000, or unset",
            "Partitions of a topic that the site creates; unset: as many as the brokers choose.",
            ge=1,
            le=10_000,
        ),
    ] = None
    kafka_topic_replicas: Annotated[
        WholeNumber | None,
        setting(
            "1 to 100, or unset",
            "Replicas of topics that the site creates; unset: 3, or as many as there are brokers.",
            ge=1,
            le=100,
        ),
    ] = None
    kafka_topic_retention_hours: Annotated[
        WholeNumber | None,
        setting(
            "1 to 1000000, or unset",
            "Hours after which a topic that the site creates forgets clicks; unset: never.",
            ge=1,
            le=1_000_000,
        ),
    ] = None
    counts_from: Annotated[
        Literal["clicks", "flink"],
        setting(
            "clicks, or flink with Kafka", "Who counts the topic: each process, or Apache Flink."
        ),
    ] = "clicks"
    checkpoint_seconds: Annotated[
        DecimalNumber,
        setting("0.1 to 3600", "Seconds between two checkpoints on Kafka.", ge=0.1, le=3600),
    ] = 5
    kafka_options: Annotated[
        Mapping[str, str],
        setting(
            "settings of kafka-python in capitals after KAFKA_, such as KAFKA_SECURITY_PROTOCOL",
            "Every other KAFKA_ variable, passed to the Kafka clients.",
        ),
    ] = Field(default_factory=dict, repr=False)

    @field_validator("kafka_bootstrap_servers")
    @classmethod
    def _check_servers(cls, value: str | None) -> str | None:
        if value is None:
            return None
        servers = [server.strip() for server in value.split(",")]
        matches = [re.fullmatch(_SERVER, server) for server in servers]
        if not all(match and 0 < int(match["port"]) < 65536 for match in matches):
            raise ValueError("not a list of servers")
        return ",".join(servers)

    @field_validator("kafka_topic")
    @classmethod
    def _check_topic(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,249}", value) or value in {".", ".."}:
            raise ValueError("not a topic's name")
        return value
