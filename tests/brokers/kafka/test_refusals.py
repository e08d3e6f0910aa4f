"""Why a broker refuses a client: the sentence for each reason."""

from typing import NamedTuple

from dash_app.brokers.kafka.refusals import Refusals

SERVERS = "kafka:9092"


class Node(NamedTuple):
    """A broker as the cluster describes it."""

    host: str
    port: int


def test_a_refused_login_names_the_settings_of_logins() -> None:
    refusals = Refusals()
    refusals.login_failed(ConnectionError("wrong password"))

    assert refusals.sentence(SERVERS) == (
        "the broker at kafka:9092 refuses the login (wrong password); look at KAFKA_SASL_MECHANISM,"
        " KAFKA_SASL_PLAIN_USERNAME and KAFKA_SASL_PLAIN_PASSWORD"
    )


def test_failed_encryption_names_the_settings_of_certificates() -> None:
    refusals = Refusals()
    refusals.connection_failed(OSError("[SSL: WRONG_VERSION_NUMBER]"), None)

    assert refusals.sentence(SERVERS).startswith(
        "no encrypted connection to kafka:9092 ([SSL: WRONG_VERSION_NUMBER]); see KAFKA_SECURITY_"
    )


def test_a_broker_that_is_away_refused_nothing() -> None:
    refusals = Refusals()
    refusals.connection_failed(OSError("Connection refused"), None)

    assert refusals.sentence(SERVERS) == ""


def test_a_connection_that_succeeds_ends_all_earlier_reasons() -> None:
    refusals = Refusals()
    refusals.login_failed(ConnectionError("wrong password"))
    refusals.connection_failed(OSError("[SSL: WRONG_VERSION_NUMBER]"), None)
    refusals.connected()

    assert refusals.sentence(SERVERS) == ""


def test_an_address_of_the_cluster_that_is_not_reached_is_named_with_ours() -> None:
    refusals = Refusals()
    refusals.connection_failed(OSError("the name broker-1 has no address"), Node("broker-1", 9092))

    assert refusals.sentence(SERVERS) == (
        "a broker answers at kafka:9092, but tells its clients to connect to broker-1:9092, which "
        "fails from here (the name broker-1 has no address); look at advertised.listeners of the "
        "broker"
    )
