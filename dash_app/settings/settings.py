"""Every setting: name, default, unit and help, read from the environment once."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, SecretStr, ValidationError, field_validator

from dash_app.settings.fields import DecimalNumber, WholeNumber, setting
from dash_app.settings.security import SecuritySettings

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

SECRET_WORDS = ("PASSWORD", "PROXY", "SECRET", "_CODE")
"""The value of a variable with one of these in its name is never shown; a proxy's address may
hold a password."""

JOIN_URL_LIMIT = 300
"""Characters; a phone's camera cannot tell the points of a longer address's QR code apart."""

_SERVER = r"(\w+://)?(\[[0-9a-fA-F:]+\]|[^\s:,/]+):(?P<port>\d{1,5})"


class BadSetting(ValueError):
    """A setting cannot work; the message names the variable, its value and what is allowed."""


def is_secret(variable: str) -> bool:
    """Return whether the value of this variable is secret and so never shown."""
    return any(word in variable for word in SECRET_WORDS)


def bad_setting(variable: str, value: str | None, allowed: str, reason: object = "") -> BadSetting:
    """Return the error for a variable that cannot work; it hides the value of a secret."""
    shown = "unset" if value is None else "(hidden)" if is_secret(variable) else repr(value)
    because = f" ({reason})" if reason else ""
    return BadSetting(f"{variable} is {shown}, which cannot work; allowed: {allowed}{because}.")


class Settings(SecuritySettings):
    """All settings of one application, validated and immutable.

    Each field is read from the variable with its name in capitals: `refresh_ms` from `REFRESH_MS`.
    An empty variable counts as absent.
    """

    # pydantic's own error would show a secret that is too short.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Annotated[
        str, setting("an address or host name", "Address to listen on; 0.0.0.0 is every network.")
    ] = "127.0.0.1"
    port: Annotated[
        WholeNumber, setting("1 to 65535", "TCP port to listen on.", ge=1, le=65535)
    ] = 8050
    url_prefix: Annotated[
        str,
        setting(
            "a path such as /live, without a slash at the end", "Path of all pages and routes."
        ),
    ] = "/visualization-tools-ii"
    join_url: Annotated[
        str | None,
        setting(
            "an http:// or https:// address of at most 300 characters, or unset",
            "Address that the audience opens; shown with a QR code.",
            max_length=JOIN_URL_LIMIT,
        ),
    ] = None
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
    counts_from: Annotated[
        Literal["clicks", "flink"],
        setting(
            "clicks, or flink with Kafka", "Who counts the topic: each process, or Apache Flink."
        ),
    ] = "clicks"
    clicks_db: Annotated[
        Path,
        setting(
            "a new file or one with clicks, on a local disk, that can be written",
            "SQLite file of the embedded broker.",
        ),
    ] = Path("var/clicks.sqlite3")
    cheers_label: Annotated[
        str | None,
        setting(
            "1 to 40 characters, or unset", "Text of the first button.", min_length=1, max_length=40
        ),
    ] = None
    hate_label: Annotated[
        str | None,
        setting(
            "1 to 40 characters, or unset",
            "Text of the second button.",
            min_length=1,
            max_length=40,
        ),
    ] = None
    refresh_ms: Annotated[
        WholeNumber,
        setting(
            "20 to 60000", "Milliseconds between two redraws of the dashboard.", ge=20, le=60_000
        ),
    ] = 1000
    recent_capacity: Annotated[
        WholeNumber,
        setting("1 to 10000000", "Recent clicks kept for /kafka/data.", ge=1, le=10_000_000),
    ] = 100_000
    dedup_offsets: Annotated[
        WholeNumber,
        setting(
            "1 to 250000",
            "Offsets in a generation of the memory for repeats; the same in all processes.",
            ge=1,
            le=250_000,
        ),
    ] = 100_000
    answer_limit_ms: Annotated[
        WholeNumber,
        setting(
            "100 to 60000",
            "Milliseconds after which the site answers a click with 503.",
            ge=100,
            le=60_000,
        ),
    ] = 3000
    checkpoint_seconds: Annotated[
        DecimalNumber,
        setting("0.1 to 3600", "Seconds between two checkpoints on Kafka.", ge=0.1, le=3600),
    ] = 5
    web_threads: Annotated[
        WholeNumber, setting("2 to 256", "Threads per process that answer requests.", ge=2, le=256)
    ] = 16
    web_processes: Annotated[
        WholeNumber, setting("1 to 64", "Processes that answer requests.", ge=1, le=64)
    ] = 1
    secret_key: Annotated[
        SecretStr | None,
        setting(
            "16 characters or more, or unset",
            "Signs cookies; the same in all processes. Unset: created once and stored in var/.",
            min_length=16,
        ),
    ] = None
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        setting("DEBUG, INFO, WARNING or ERROR", "Least severe level that is logged."),
    ] = "INFO"
    log_format: Annotated[
        Literal["text", "json"],
        setting("text or json", "Form of the log: key=value or JSON, one line per event."),
    ] = "text"
    demo: Annotated[
        bool, setting("1 or 0", "Shows a banner that says that the clicks are simulated.")
    ] = False
    kafka_options: Annotated[
        Mapping[str, str],
        setting(
            "settings of kafka-python in capitals after KAFKA_, such as KAFKA_SECURITY_PROTOCOL",
            "Every other KAFKA_ variable, passed to the Kafka clients.",
        ),
    ] = Field(default_factory=dict, repr=False)

    @field_validator("url_prefix")
    @classmethod
    def _check_path(cls, value: str) -> str:
        if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", value) or {".", ".."} & {*value.split("/")}:
            raise ValueError("not a path")
        return value

    @field_validator("join_url")
    @classmethod
    def _check_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.isprintable() or not re.fullmatch(r"https?://[^\s/?#]+([/?#]\S*)?", value):
            raise ValueError("not an address")
        return value

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

    @field_validator("log_level", mode="before")
    @classmethod
    def _to_upper_case(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings from environment variables.

        Raises BadSetting with one sentence that names the variable, its value and what is allowed.
        """
        values: dict[str, Any] = {
            name: environ[name.upper()].strip()
            for name in cls.model_fields
            if name != "kafka_options" and environ.get(name.upper(), "").strip()
        }
        values["kafka_options"] = {
            name: value
            for name, value in environ.items()
            if name.startswith(KAFKA_PREFIX) and value and name.lower() not in cls.model_fields
        }
        try:
            settings = cls.model_validate(values)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_context=False)[0]
            raise bad_field(str(problem["loc"][0]), problem["input"]) from error
        if settings.counts_from == "flink" and not settings.kafka_bootstrap_servers:
            raise bad_setting(
                "COUNTS_FROM", "flink", "clicks while KAFKA_BOOTSTRAP_SERVERS is unset"
            )
        for name in sorted(FIXED_KAFKA_VARIABLES & settings.kafka_options.keys()):
            if settings.kafka_bootstrap_servers:
                value = settings.kafka_options[name]
                raise BadSetting(
                    f"{name} is {value!r}, but the site sets it itself, so that no click is lost "
                    "or counted twice; allowed: unset."
                )
        return settings

    @property
    def broker(self) -> str:
        """The broker in use: "kafka" or "embedded"."""
        return "kafka" if self.kafka_bootstrap_servers else "embedded"


def bad_field(name: str, value: object, reason: object = "") -> BadSetting:
    """Return the error for the field `name` of Settings, with the values that it allows."""
    extra = Settings.model_fields[name].json_schema_extra
    allowed = str(extra["allowed"]) if isinstance(extra, dict) else ""
    return bad_setting(name.upper(), str(value), allowed, reason)
