"""The `KAFKA_*` variables as settings of kafka-python's clients, typed and within bounds."""

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any

from dash_app.brokers.kafka.oauth import VARIABLES
from dash_app.settings import KAFKA_PREFIX, BadSetting, bad_setting, is_secret

logger = logging.getLogger(__name__)

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}

CHOICES = {
    "client_dns_lookup": ("use_all_dns_ips", "resolve_canonical_bootstrap_servers_only"),
    "compression_type": ("gzip", "lz4", "snappy", "zstd"),
}

PATTERNS = {
    "proxy_url": (r"(http|socks5h?)://\S+:[0-9]+/?", "http://, socks5:// or socks5h://host:port"),
    "socks5_proxy": (r"socks5h?://\S+:[0-9]+/?", "socks5:// or socks5h://host:port"),
}

OBJECTS = {"sasl_oauth_token_provider", "ssl_context"}
"""Python objects, although their defaults look like those of texts."""

LARGEST = 2**31 - 1

Bounds = Mapping[str, tuple[int, int]]

BOUNDS: Bounds = {
    "batch_size": (0, LARGEST),
    "bootstrap_timeout_ms": (100, 60_000),
    "connections_max_idle_ms": (120_000, LARGEST),
    # Beyond half a second clicks would not be counted within one.
    "fetch_max_wait_ms": (0, 500),
    "max_request_size": (16_384, LARGEST),
    "metadata_max_age_ms": (1000, LARGEST),
    "receive_message_max_bytes": (10_000_000, LARGEST),
    "reconnect_backoff_max_ms": (10, 60_000),
    "reconnect_backoff_ms": (10, 60_000),
    "request_timeout_ms": (1000, 60_000),
    "retry_backoff_ms": (10, 1000),
}
"""Outside of these bounds a client refuses to start, never connects, or breaks a promise."""


class Hidden(str):
    """A secret text: where kafka-python logs its settings, it shows as (hidden)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(hidden)"


def options_for(
    defaults: Mapping[str, Any], variables: Mapping[str, str], bounds: Bounds = BOUNDS
) -> dict[str, Any]:
    """Return the variables that a client with these defaults knows, as values of their types.

    Raises BadSetting.
    """
    options = {}
    for variable, value in variables.items():
        name = option_name(variable)
        if name in defaults:
            within = bounds.get(name, (1, LARGEST))
            options[name] = _convert(variable, value, defaults[name], within)
    return options


def option_name(variable: str) -> str:
    """Return kafka-python's name for the option that a variable sets."""
    return variable.removeprefix(KAFKA_PREFIX).lower()


def one_of(names: Iterable[str]) -> str:
    """Return the names as a text: `a, b or c`."""
    *others, last = names
    return f"{', '.join(others)} or {last}"


def warn_of_unknown(all_defaults: list[Mapping[str, Any]], variables: Mapping[str, str]) -> None:
    """Log which variables no client knows; some platforms set such variables themselves."""
    for variable in variables:
        if variable in VARIABLES:
            continue
        if not any(option_name(variable) in defaults for defaults in all_defaults):
            logger.warning("%s is no setting of kafka-python and has no effect", variable)


def _convert(variable: str, value: str, default: Any, bounds: tuple[int, int]) -> Any:
    if isinstance(default, bool):
        return _to_bool(variable, value)
    if isinstance(default, int | float):
        return _to_int(variable, value, bounds)
    if (default is None or isinstance(default, str)) and option_name(variable) not in OBJECTS:
        return _to_text(variable, value)
    raise BadSetting(f"{variable} is {value!r}, but cannot be set through the environment.")


def _to_bool(variable: str, value: str) -> bool:
    if value.lower() in TRUE | FALSE:
        return value.lower() in TRUE
    raise bad_setting(variable, value, "true or false")


def _to_int(variable: str, value: str, bounds: tuple[int, int]) -> int:
    least, most = bounds
    # No allowed number has more digits, and int() raises on thousands of them.
    if re.fullmatch(r"[0-9]{1,10}", value) and least <= int(value) <= most:
        return int(value)
    raise bad_setting(variable, value, f"{least} to {most}")


def _to_text(variable: str, value: str) -> str:
    name = option_name(variable)
    if name in CHOICES and value not in CHOICES[name]:
        raise bad_setting(variable, value, one_of(CHOICES[name]))
    if name in PATTERNS and not re.fullmatch(PATTERNS[name][0], value):
        raise bad_setting(variable, value, PATTERNS[name][1])
    return Hidden(value) if is_secret(variable) else value
