import traceback
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from dash_app.settings import FIXED_KAFKA_VARIABLES, BadSetting, Settings
from dash_app.settings.reactions import ALLOWED

PREFIX = "a path such as /live, without a slash at the end, or /"

JOIN_URL = "an http:// or https:// address of at most 300 characters, or unset"

FRAMES = "none, self, or origins such as https://example.org, separated by commas"

ORIGINS = "origins such as https://example.org, separated by commas, or unset"

SERVERS = {"KAFKA_BOOTSTRAP_SERVERS": "localhost:9092"}

OF_THE_ARCHIVE = {"archive_folder", "archive_records"}


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(BadSetting) as raised:
        Settings.from_environment(environ)
    return str(raised.value)


def test_the_defaults_are_those_that_people_were_told() -> None:
    # Those of the archive stand in test_archive.py.
    assert Settings.from_environment({}).model_dump(exclude=OF_THE_ARCHIVE) == {
        "rate_limits": "on",
        "clicks_per_id": 20,
        "burst_seconds": 3,
        "clicks_per_address": 2000,
        "new_ids_per_address": 50,
        "trusted_hops": 0,
        "frame_ancestors": "none",
        "cors_origins": None,
        "clicker_code": None,
        "dashboard_code": None,
        "presenter_code": None,
        "host": "127.0.0.1",
        "join_host": None,
        "port": 8050,
        "url_prefix": "/visualization-tools-ii",
        "join_url": None,
        "kafka_bootstrap_servers": None,
        "kafka_topic": "clicks",
        "kafka_topic_partitions": None,
        "kafka_topic_replicas": None,
        "kafka_topic_retention_hours": None,
        "counts_from": "clicks",
        "clicks_db": Path("var/clicks.sqlite3"),
        "reactions": (("cheers", "Cheers 👍"), ("hate", "Hate 👎")),
        "title": None,
        "theme": None,
        "refresh_ms": 1000,
        "recent_capacity": 100_000,
        "dedup_offsets": 100_000,
        "answer_limit_ms": 3000,
        "checkpoint_seconds": 5,
        "web_threads": 16,
        "web_processes": 1,
        "secret_key": None,
        "log_level": "INFO",
        "log_format": "text",
        "demo": False,
        "kafka_options": {},
    }


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("HOST", "0.0.0.0", "0.0.0.0"),
        ("PORT", "1", 1),
        ("PORT", "65535", 65535),
        ("URL_PREFIX", "/live/2026_11.a~b-c", "/live/2026_11.a~b-c"),
        ("URL_PREFIX", "/", ""),
        ("JOIN_URL", "http://192.168.1.7:8050/j", "http://192.168.1.7:8050/j"),
        ("JOIN_URL", "https://clicks.example.org", "https://clicks.example.org"),
        ("JOIN_URL", "http://a/".ljust(300, "ä"), "http://a/".ljust(300, "ä")),
        ("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092", "kafka:9092"),
        ("KAFKA_BOOTSTRAP_SERVERS", "a:1, b.example.org:65535", "a:1,b.example.org:65535"),
        ("KAFKA_BOOTSTRAP_SERVERS", "SASL_SSL://[::1]:9092", "SASL_SSL://[::1]:9092"),
        ("KAFKA_TOPIC", "a" * 249, "a" * 249),
        ("KAFKA_TOPIC_PARTITIONS", "10000", 10_000),
        ("KAFKA_TOPIC_REPLICAS", "1", 1),
        ("KAFKA_TOPIC_RETENTION_HOURS", "1000000", 1_000_000),
        ("CLICKS_DB", "/tmp/a b.db", Path("/tmp/a b.db")),  # noqa: S108 - never opened
        ("REACTIONS", " ok = ¡Más! 🎉,hate=x", (("ok", "¡Más! 🎉"), ("hate", "x"))),
        ("REFRESH_MS", "20", 20),
        ("REFRESH_MS", "60000", 60_000),
        ("RECENT_CAPACITY", "1", 1),
        ("DEDUP_OFFSETS", "250000", 250_000),
        ("ANSWER_LIMIT_MS", "100", 100),
        ("CHECKPOINT_SECONDS", "0.1", 0.1),
        ("WEB_THREADS", "4", 4),
        ("WEB_PROCESSES", "64", 64),
        ("SECRET_KEY", "s" * 16, SecretStr("s" * 16)),
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("RATE_LIMITS", "off", "off"),
        ("CLICKS_PER_ID", "1", 1),
        ("BURST_SECONDS", "60", 60),
        ("CLICKS_PER_ADDRESS", "1000000", 1_000_000),
        ("NEW_IDS_PER_ADDRESS", "100000", 100_000),
        ("TRUSTED_HOPS", "10", 10),
        ("FRAME_ANCESTORS", "self", "self"),
        ("FRAME_ANCESTORS", "https://A.example:8443, http://b", "https://a.example:8443 http://b"),
        ("CORS_ORIGINS", "https://A.example,http://[::1]:80", "https://a.example http://[::1]:80"),
        ("CLICKER_CODE", "1234", SecretStr("1234")),
        ("DASHBOARD_CODE", "~" * 100, SecretStr("~" * 100)),
        ("DEMO", "1", True),
        ("DEMO", "0", False),
    ],
)
def test_a_variable_sets_its_field(variable: str, text: str, value: Any) -> None:
    settings = Settings.from_environment({variable: text})

    assert getattr(settings, variable.lower()) == value
    assert settings.model_dump(exclude={variable.lower()}) == Settings().model_dump(
        exclude={variable.lower()}
    )


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("PORT", "0", "1 to 65535"),
        ("PORT", "65536", "1 to 65535"),
        ("PORT", "http", "1 to 65535"),
        ("PORT", "8050.5", "1 to 65535"),
        ("PORT", "8050.0", "1 to 65535"),
        ("PORT", "80_50", "1 to 65535"),
        ("PORT", "٨٠٥٠", "1 to 65535"),
        ("PORT", "9" * 5000, "1 to 65535"),
        ("REFRESH_MS", "+50", "20 to 60000"),
        ("WEB_THREADS", "1e1", "4 to 256"),
        ("URL_PREFIX", "live", PREFIX),
        ("URL_PREFIX", "/live/", PREFIX),
        ("URL_PREFIX", "/li ve", PREFIX),
        ("URL_PREFIX", "/<path>", PREFIX),
        ("URL_PREFIX", "/li\nve", PREFIX),
        ("JOIN_URL", "192.168.1.7:8050", JOIN_URL),
        ("JOIN_URL", "ftp://example.org", JOIN_URL),
        ("JOIN_URL", "http://", JOIN_URL),
        ("JOIN_URL", "http://a b", JOIN_URL),
        ("JOIN_URL", 'http://a/"><script>', JOIN_URL),
        ("JOIN_URL", "http://a<b", JOIN_URL),
        ("JOIN_URL", "http://?a", JOIN_URL),
        ("JOIN_URL", "http://a/\x07", JOIN_URL),
        ("JOIN_URL", "http://a/\u202e", JOIN_URL),
        ("JOIN_URL", "http://a/".ljust(301, "a"), JOIN_URL),
        ("JOIN_URL", "javascript:alert(1)//", JOIN_URL),
        ("KAFKA_BOOTSTRAP_SERVERS", "kafka", "host:port, several separated by commas, or unset"),
        ("KAFKA_BOOTSTRAP_SERVERS", "a:1,,b:2", "host:port, several separated by commas, or unset"),
        ("KAFKA_BOOTSTRAP_SERVERS", "a:x", "host:port, several separated by commas, or unset"),
        ("KAFKA_TOPIC", "a b", "1 to 249 letters, digits, dots, underscores and hyphens"),
        ("KAFKA_TOPIC", "..", "1 to 249 letters, digits, dots, underscores and hyphens"),
        ("KAFKA_TOPIC", "a" * 250, "1 to 249 letters, digits, dots, underscores and hyphens"),
        ("KAFKA_TOPIC_PARTITIONS", "0", "1 to 10000, or unset"),
        ("KAFKA_TOPIC_REPLICAS", "three", "1 to 100, or unset"),
        ("KAFKA_TOPIC_RETENTION_HOURS", "-1", "1 to 1000000, or unset"),
        ("REACTIONS", "ok", ALLOWED),
        ("REFRESH_MS", "19", "20 to 60000"),
        ("REFRESH_MS", "60001", "20 to 60000"),
        ("RECENT_CAPACITY", "0", "1 to 10000000"),
        ("RECENT_CAPACITY", "10000001", "1 to 10000000"),
        ("DEDUP_OFFSETS", "0", "1 to 250000"),
        ("DEDUP_OFFSETS", "250001", "1 to 250000"),
        ("ANSWER_LIMIT_MS", "99", "100 to 60000"),
        ("ANSWER_LIMIT_MS", "60001", "100 to 60000"),
        ("CHECKPOINT_SECONDS", "0.09", "0.1 to 3600"),
        ("CHECKPOINT_SECONDS", "3601", "0.1 to 3600"),
        *(
            ("CHECKPOINT_SECONDS", text, "0.1 to 3600")
            for text in ("nan", "inf", "1_0", "1e1", "+1", "0x1", "1.")
        ),
        ("WEB_THREADS", "3", "4 to 256"),
        ("WEB_THREADS", "257", "4 to 256"),
        ("WEB_PROCESSES", "0", "1 to 64"),
        ("WEB_PROCESSES", "65", "1 to 64"),
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING or ERROR"),
        ("RATE_LIMITS", "0", "on or off"),
        ("CLICKS_PER_ID", "0", "1 to 100000"),
        ("BURST_SECONDS", "61", "1 to 60"),
        ("CLICKS_PER_ADDRESS", "1000001", "1 to 1000000"),
        ("NEW_IDS_PER_ADDRESS", "0", "1 to 100000"),
        ("TRUSTED_HOPS", "-1", "0 to 10"),
        *(("FRAME_ANCESTORS", text, FRAMES) for text in ("*", "a.example", "https://a; b", ",")),
        *(("CORS_ORIGINS", text, ORIGINS) for text in ("*", "null", "a.example", "https://a/")),
        ("DEMO", "perhaps", "1 or 0"),
        ("COUNTS_FROM", "spark", "clicks, or flink with Kafka"),
        ("COUNTS_FROM", "flink", "clicks while KAFKA_BOOTSTRAP_SERVERS is unset"),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence(variable: str, value: str, allowed: str) -> None:
    assert refusal({variable: value}) == (
        f"{variable} is {value!r}, which cannot work; allowed: {allowed}."
    )


def test_every_field_that_can_be_bad_is_told_apart_by_name() -> None:
    message = refusal({"PORT": "8050", "WEB_THREADS": "many", "HOST": "127.0.0.1"})

    assert message.startswith("WEB_THREADS is 'many'")


def test_an_empty_variable_counts_as_absent() -> None:
    empty = {name.upper(): "" for name in Settings.model_fields}

    assert Settings.from_environment(empty | {"KAFKA_ACKS": ""}) == Settings()


def test_variables_of_other_programs_change_nothing() -> None:
    environ = {"PATH": "/bin", "port": "9", "MY_PORT": "9", "KAFKA_OPTIONS": "x", "TOPIC": "x"}

    assert Settings.from_environment(environ) == Settings()


def test_a_short_secret_is_refused_without_being_shown() -> None:
    secret = "hunter2hunter2!"
    with pytest.raises(BadSetting) as raised:
        Settings.from_environment({"SECRET_KEY": secret})

    assert str(raised.value) == (
        "SECRET_KEY is (hidden), which cannot work; allowed: 16 characters or more, or unset."
    )
    assert secret not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("variable", ["CLICKER_CODE", "DASHBOARD_CODE"])
@pytest.mark.parametrize("code", ["abc", "a b c", "código", "x" * 101])
def test_a_code_that_cannot_work_is_refused_without_being_shown(variable: str, code: str) -> None:
    assert refusal({variable: code}) == (
        f"{variable} is (hidden), which cannot work; allowed:"
        " 4 to 100 letters, digits and signs of ASCII, without spaces, or unset."
    )


def test_secrets_are_not_shown_with_the_settings() -> None:
    settings = Settings.from_environment(
        {**SERVERS, "SECRET_KEY": "hunter2" * 3, "KAFKA_SASL_PLAIN_PASSWORD": "hunter2"}
    )

    assert "hunter2" not in f"{settings} {settings!r}"
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == "hunter2" * 3


def test_every_other_kafka_variable_is_passed_on_as_it_is() -> None:
    options = {
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_PLAIN_PASSWORD": " p ",
        "KAFKA_PORT": "tcp://10.0.0.1:9092",
    }

    settings = Settings.from_environment({**SERVERS, **options, "KAFKA_TOPIC": "x", "KAFKAX": "y"})

    assert settings.kafka_options == options
    assert settings.broker == "kafka"


@pytest.mark.parametrize("variable", sorted(FIXED_KAFKA_VARIABLES))
def test_what_a_promise_rests_on_stops_the_start_only_where_kafka_is_used(variable: str) -> None:
    assert Settings.from_environment({variable: "x"}).broker == "embedded"

    assert refusal({**SERVERS, variable: "x"}) == (
        f"{variable} is 'x', but the site sets it itself, so that no click is lost "
        "or counted twice; allowed: unset."
    )


def test_what_promises_rest_on_is_complete() -> None:
    promised = (
        *("ACKS", "IDEMPOTENCE", "ISOLATION", "GROUP", "AUTO_COMMIT", "RESET", "SERIALIZER"),
        *("RETRIES", "DELIVERY_TIMEOUT", "IN_FLIGHT", "MAX_BLOCK", "AUTO_CREATE", "CRCS"),
        "API_VERSION",
    )

    assert all(any(promise in name for name in FIXED_KAFKA_VARIABLES) for promise in promised)


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="portt"):
        Settings.model_validate({"portt": 8050})
