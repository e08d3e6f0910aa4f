"""Flink is connected to Kafka as the sites are: what is encrypted, who logs in, what is hidden."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dash_app.settings import BadSetting, Settings
from ops.flink.java_client import connection, hide_secrets
from ops.flink.statements import statements
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.certificates import PASSWORD, make_certificate
from tests.brokers.kafka.secured import SCRAM, secured
from tests.flink.cluster import FlinkCluster
from tests.sites import open_site
from tests.waiting import eventually

VALUES = {
    "KAFKA_TOPIC": "it's",
    "LOG": "a",
    "DEDUP_OFFSETS": "7",
    "MAX_TYPES": "2",
    "STATE_TTL_SECONDS": "9",
}
MODULES = "org.apache.flink.kafka.shaded.org.apache.kafka.common.security"
ODD = "a'b\"c\\d ${LOG}\n\ne"


def settings(**variables: object) -> Settings:
    options = {"BOOTSTRAP_SERVERS": "kafka:9092", **variables}
    return Settings.from_environment(
        {f"KAFKA_{name}": str(value) for name, value in options.items()}
    )


def login(mechanism: str, password: str) -> Settings:
    return settings(
        SECURITY_PROTOCOL="SASL_PLAINTEXT",
        SASL_MECHANISM=mechanism,
        SASL_PLAIN_USERNAME="me",
        SASL_PLAIN_PASSWORD=password,
    )


def test_without_more_the_connection_is_plain() -> None:
    assert connection(settings()) == {
        "bootstrap.servers": "kafka:9092",
        "security.protocol": "PLAINTEXT",
    }


@pytest.mark.parametrize(
    ("mechanism", "module"),
    [
        ("PLAIN", "plain.PlainLoginModule"),
        ("SCRAM-SHA-256", "scram.ScramLoginModule"),
        ("SCRAM-SHA-512", "scram.ScramLoginModule"),
    ],
)
def test_a_login_is_that_of_the_sites(mechanism: str, module: str) -> None:
    properties = connection(login(mechanism, 'a"b\\c'))

    assert properties["sasl.mechanism"] == mechanism
    assert properties["sasl.jaas.config"] == (
        f'{MODULES}.{module} required username="me" password="a\\"b\\\\c";'
    )


@pytest.mark.parametrize("mechanism", ["GSSAPI", "AWS_MSK_IAM"])
def test_a_login_that_needs_more_than_texts_is_refused(mechanism: str) -> None:
    with pytest.raises(BadSetting, match=f"'{mechanism}'.*PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"):
        connection(login(mechanism, PASSWORD))


def test_certificates_and_keys_are_handed_over_as_texts(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    files = {
        "SSL_CAFILE": certificate.file,
        "SSL_CERTFILE": certificate.file,
        "SSL_KEYFILE": certificate.key,
    }
    properties = connection(
        settings(
            SECURITY_PROTOCOL="SSL", SSL_PASSWORD=PASSWORD, SSL_CHECK_HOSTNAME="false", **files
        )
    )

    assert properties["ssl.truststore.type"] == properties["ssl.keystore.type"] == "PEM"
    assert properties["ssl.truststore.certificates"] == certificate.file.read_text()
    assert properties["ssl.keystore.certificate.chain"] == certificate.file.read_text()
    assert properties["ssl.keystore.key"] == certificate.key.read_text()
    assert properties["ssl.key.password"] == PASSWORD
    assert properties["ssl.endpoint.identification.algorithm"] == ""
    assert "sasl.mechanism" not in properties


def test_one_file_may_hold_the_certificate_and_its_key(tmp_path: Path) -> None:
    both = make_certificate(tmp_path).store
    properties = connection(settings(SECURITY_PROTOCOL="SSL", SSL_CERTFILE=both))

    assert (
        properties["ssl.keystore.key"]
        == properties["ssl.keystore.certificate.chain"]
        == both.read_text()
    )


def test_every_table_gets_the_connection_whatever_is_in_it() -> None:
    tables = [one for one in statements(VALUES, {"x": ODD}) if one.startswith("CREATE TABLE")]

    assert len(tables) == 3
    for table in tables:
        assert "'properties.x' = 'a''b\"c\\d ${LOG}\n\ne'," in table
    assert "'topic' = 'it''s'" in tables[0]
    assert "'topic' = 'it''s-totals'" in tables[1]


def test_no_error_shows_a_password_or_a_key(tmp_path: Path) -> None:
    store = make_certificate(tmp_path).store
    properties = connection(login("PLAIN", f"'{PASSWORD}")) | {
        "ssl.keystore.key": store.read_text()
    }
    for text in (
        "\n".join(statements(VALUES, properties)),
        f"{properties['sasl.jaas.config']} refused",
    ):
        assert PASSWORD in text
        shown = hide_secrets(text, properties)
        assert "(hidden)" in shown
        assert PASSWORD not in shown
        assert "PRIVATE KEY" not in shown


@pytest.mark.timeout(240)
def test_clicks_are_counted_through_an_encrypted_connection_with_a_login(
    flink: FlinkCluster, make_broker: Callable[..., Broker], topic: str, tmp_path: Path
) -> None:
    certificate = make_certificate(tmp_path)
    mechanism, user, password = SCRAM
    secure = settings(
        BOOTSTRAP_SERVERS=make_broker(**secured(certificate)).bootstrap,
        TOPIC=topic,
        SECURITY_PROTOCOL="SASL_SSL",
        SASL_MECHANISM=mechanism,
        SASL_PLAIN_USERNAME=user,
        SASL_PLAIN_PASSWORD=password,
        SSL_CAFILE=certificate.file,
    )
    assert password not in flink.submit(secure)
    with open_site(secure.model_copy(update={"counts_from": "flink"})) as site:
        eventually(lambda: site.click({"type": "cheers"}).status_code == 200, 30, "refused")
        site.wait_for_totals(1, seconds=60)
    flink.cancel(secure)
