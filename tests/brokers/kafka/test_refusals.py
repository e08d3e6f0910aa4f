"""Why a broker refuses a client: the sentence for each reason."""

from dash_app.brokers.kafka.refusals import Refusals

SERVERS = "kafka:9092"


def test_a_refused_login_names_the_settings_of_logins() -> None:
    refusals = Refusals()
    refusals.login_failed(ConnectionError("wrong password"))

    assert refusals.sentence(SERVERS) == (
        "the broker at kafka:9092 refuses the login (wrong password); look at KAFKA_SASL_MECHANISM,"
        " KAFKA_SASL_PLAIN_USERNAME and KAFKA_SASL_PLAIN_PASSWORD"
    )


def test_failed_encryption_names_the_settings_of_certificates() -> None:
    refusals = Refusals()
    refusals.connection_failed(OSError("[SSL: WRONG_VERSION_NUMBER]"))

    assert refusals.sentence(SERVERS).startswith(
        "no encrypted connection to kafka:9092 ([SSL: WRONG_VERSION_NUMBER]); see KAFKA_SECURITY_"
    )


def test_a_broker_that_is_away_refused_nothing() -> None:
    refusals = Refusals()
    refusals.connection_failed(OSError("Connection refused"))

    assert refusals.sentence(SERVERS) == ""


def test_a_connection_that_succeeds_ends_all_earlier_reasons() -> None:
    refusals = Refusals()
    refusals.login_failed(ConnectionError("wrong password"))
    refusals.connection_failed(OSError("[SSL: WRONG_VERSION_NUMBER]"))
    refusals.connected()

    assert refusals.sentence(SERVERS) == ""
