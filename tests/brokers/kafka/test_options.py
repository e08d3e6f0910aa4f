"""The KAFKA_ variables: typed for the clients, and refused at the start if they cannot work."""

import threading
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from dash_app import create_app
from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.options import BOUNDS, CHOICES, LARGEST
from dash_app.settings import FIXED_KAFKA_VARIABLES, KAFKA_PREFIX, BadSetting, Settings
from tests.brokers.kafka.conftest import MakeSite
from tests.waiting import eventually

SERVERS = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"}


def clients(**variables: str) -> KafkaClients:
    return KafkaClients(Settings.from_environment(SERVERS | variables))


def test_variables_reach_the_clients_under_their_own_names_and_with_their_types() -> None:
    kafka_clients = clients(
        KAFKA_CLIENT_ID="room-1",
        KAFKA_LINGER_MS="7",
        KAFKA_ENABLE_INCREMENTAL_FETCH_SESSIONS="false",
        KAFKA_CLIENT_RACK="1234",
    )

    assert kafka_clients.producer_options["linger_ms"] == 7
    assert kafka_clients.producer_options["client_id"] == "room-1"
    assert kafka_clients.consumer_options["enable_incremental_fetch_sessions"] is False
    assert kafka_clients.consumer_options["client_rack"] == "1234"
    assert "linger_ms" not in kafka_clients.consumer_options


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("KAFKA_REQUEST_TIMEOUT_MS", "soon", "1000 to 60000"),
        ("KAFKA_REQUEST_TIMEOUT_MS", "999", "1000 to 60000"),
        ("KAFKA_REQUEST_TIMEOUT_MS", "5_000", "1000 to 60000"),
        ("KAFKA_REQUEST_TIMEOUT_MS", "5000.0", "1000 to 60000"),
        ("KAFKA_REQUEST_TIMEOUT_MS", "9" * 5000, "1000 to 60000"),
        ("KAFKA_LINGER_MS", "1001", "0 to 1000"),
        ("KAFKA_LINGER_MS", "-1", "0 to 1000"),
        ("KAFKA_BOOTSTRAP_TIMEOUT_MS", "0", "100 to 60000"),
        ("KAFKA_FETCH_MAX_WAIT_MS", "501", "0 to 500"),
        ("KAFKA_CONNECTIONS_MAX_IDLE_MS", "10", "120000 to 2147483647"),
        ("KAFKA_MAX_REQUEST_SIZE", "1", "16384 to 2147483647"),
        ("KAFKA_RECEIVE_MESSAGE_MAX_BYTES", "1", "10000000 to 2147483647"),
        ("KAFKA_METRICS_NUM_SAMPLES", "0", "1 to 2147483647"),
        ("KAFKA_METRICS_ENABLED", "perhaps", "true or false"),
        ("KAFKA_COMPRESSION_TYPE", "foo", "gzip, lz4, snappy or zstd"),
        (
            "KAFKA_CLIENT_DNS_LOOKUP",
            "x",
            "use_all_dns_ips or resolve_canonical_bootstrap_servers_only",
        ),
        ("KAFKA_SOCKS5_PROXY", "http://a:1", "socks5:// or socks5h://host:port"),
        ("KAFKA_PROXY_URL", "a:1", "http://, socks5:// or socks5h://host:port"),
    ],
)
def test_a_variable_that_cannot_work_stops_the_start_and_is_named(
    name: str, value: str, allowed: str
) -> None:
    with pytest.raises(BadSetting) as raised:
        create_app(Settings.from_environment(SERVERS | {name: value}))

    shown = "(hidden)" if "PROXY" in name else repr(value)
    assert str(raised.value) == f"{name} is {shown}, which cannot work; allowed: {allowed}."


@pytest.mark.parametrize(
    "name", ["KAFKA_PARTITIONER", "KAFKA_SASL_OAUTH_TOKEN_PROVIDER", "KAFKA_SSL_CONTEXT"]
)
def test_a_python_object_cannot_be_set(name: str) -> None:
    login = {"SASL_PLAIN_USERNAME": "me", "SASL_PLAIN_PASSWORD": "x", "SASL_MECHANISM": "PLAIN"}
    secured = {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"} | {f"KAFKA_{k}": v for k, v in login.items()}
    with pytest.raises(BadSetting, match=f"{name} is 'my.module', but cannot be set"):
        clients(**secured, **{name: "my.module"})


@pytest.mark.parametrize(
    ("limit_ms", "asked_ms"), [("100", "1000"), ("3000", "60000"), ("60000", "1000")]
)
def test_no_variable_lets_a_delivery_take_longer_than_the_limit(
    limit_ms: str, asked_ms: str
) -> None:
    third = int(limit_ms) // 3
    kafka_clients = clients(
        ANSWER_LIMIT_MS=limit_ms, KAFKA_REQUEST_TIMEOUT_MS=asked_ms, KAFKA_LINGER_MS=str(third)
    )
    options = kafka_clients.producer_options

    assert options["linger_ms"] + options["request_timeout_ms"] <= options["delivery_timeout_ms"]
    assert options["delivery_timeout_ms"] == int(limit_ms)
    assert kafka_clients.consumer_options["request_timeout_ms"] == int(asked_ms)
    with pytest.raises(BadSetting, match=f"allowed: 0 to {third}"):
        clients(ANSWER_LIMIT_MS=limit_ms, KAFKA_LINGER_MS=str(third + 1))


def test_the_names_of_options_are_those_of_kafka_python() -> None:
    known = {*KafkaProducer.DEFAULT_CONFIG, *KafkaConsumer.DEFAULT_CONFIG}
    fixed = {name.removeprefix(KAFKA_PREFIX).lower() for name in FIXED_KAFKA_VARIABLES}

    assert known >= fixed | BOUNDS.keys() | CHOICES.keys()
    assert known >= KafkaAdminClient.DEFAULT_CONFIG.keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fetch_max_wait_ms", 10_000),
        ("client_dns_lookup", "never"),
        ("group_protocol", "x"),
    ],
)
def test_what_only_kafka_python_can_check_is_told_from_a_broker_that_is_away(
    name: str, value: Any
) -> None:
    kafka_clients = clients(KAFKA_CLIENT_ID="room-1")
    kafka_clients.consumer_options[name] = value
    before = threading.active_count()

    with pytest.raises(BrokerUnavailable) as raised:
        kafka_clients.consumer()
    assert "kafka-python refuses its settings" in str(raised.value)
    assert "KAFKA_BOOTSTRAP_SERVERS, KAFKA_CLIENT_ID" in str(raised.value)
    assert "no broker answered" not in str(raised.value)
    assert threading.active_count() == before


@pytest.mark.parametrize("end", [0, 1])
def test_a_site_counts_with_every_number_at_an_end_of_what_is_allowed(
    end: int, make_site: MakeSite
) -> None:
    bounds = {**BOUNDS, "linger_ms": (0, 1000), "fetch_min_bytes": (1, LARGEST)}
    options = {f"KAFKA_{name.upper()}": str(ends[end]) for name, ends in bounds.items()}
    site = make_site(kafka_options=options)

    eventually(lambda: site.click({"type": "cheers"}).status_code == 200, 10, "refused")
    site.wait_for_totals(1)
