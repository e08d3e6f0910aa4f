"""What a host's site gives: an environment with other programs' variables, and keywords."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dash_app.settings import BadSetting, Settings

NEEDS_KAFKA = "clicks while KAFKA_BOOTSTRAP_SERVERS is unset"

SERVERS = {"KAFKA_BOOTSTRAP_SERVERS": "localhost:9092"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LOG_LEVEL", "warn"),
        ("LOG_FORMAT", "%(message)s"),
        ("SECRET_KEY", "dev"),
        ("PORT", "tcp://10.0.0.1:80"),
        ("HOST", "x86_64-conda-linux-gnu"),
        ("CORS_ORIGINS", "*"),
        ("DEMO", "staging"),
        ("URL_PREFIX", "/"),
        ("WEB_THREADS", "auto"),
        ("WEB_PROCESSES", "auto"),
        ("RATE_LIMITS", "50/hour"),
        ("TRUSTED_HOPS", "*"),
        ("FRAME_ANCESTORS", "'self'"),
        ("REFRESH_MS", "5"),
    ],
)
def test_a_variable_of_the_host_does_not_stop_the_host(variable: str, value: str) -> None:
    assert Settings.from_environment({variable: value}, mounted=True) == Settings()


def test_a_hosts_own_kafka_clients_may_have_their_variables() -> None:
    environ = {**SERVERS, "KAFKA_GROUP_ID": "orders", "KAFKA_ACKS": "1", "KAFKA_CLIENT_ID": "x"}

    settings = Settings.from_environment(environ, mounted=True)

    assert settings.kafka_options == {"KAFKA_CLIENT_ID": "x"}


def test_a_mounted_site_reads_common_names_with_a_prefix_and_its_own_without() -> None:
    settings = Settings.from_environment(
        {
            "CLICKER_URL_PREFIX": "/live",
            "CLICKER_SECRET_KEY": "s" * 16,
            "CLICKER_HOST": "x",
            "CLICKER_CODE": "1234",
            "CLICKS_DB": "a.db",
            "DASHBOARD_CODE": "5678",
            "KAFKA_TOPIC": "talk",
        },
        mounted=True,
    )

    assert settings == Settings(
        url_prefix="/live",
        secret_key=SecretStr("s" * 16),
        clicker_code=SecretStr("1234"),
        clicks_db=Path("a.db"),
        dashboard_code=SecretStr("5678"),
        kafka_topic="talk",
    )


def test_a_refusal_names_the_variable_that_a_mounted_site_reads() -> None:
    with pytest.raises(BadSetting, match=r"^CLICKER_SECRET_KEY is \(hidden\)"):
        Settings.from_environment({"CLICKER_SECRET_KEY": "dev"}, mounted=True)
    with pytest.raises(BadSetting, match=r"^CLICKS_PER_ID is '0'"):
        Settings.from_environment({"CLICKS_PER_ID": "0"}, mounted=True)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"port": 0}, "PORT is '0', which cannot work; allowed: 1 to 65535."),
        (
            {"secret_key": "hunter2"},
            "SECRET_KEY is (hidden), which cannot work; allowed: 16 characters or more, or unset.",
        ),
        ({"portt": 1}, "there is no setting 'portt'; docs/settings.md lists all."),
        (
            {"counts_from": "flink"},
            f"COUNTS_FROM is 'flink', which cannot work; allowed: {NEEDS_KAFKA}.",
        ),
    ],
)
def test_a_bad_keyword_is_refused_as_a_bad_variable_is(
    values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadSetting) as raised:
        Settings(**values)

    assert str(raised.value) == sentence
