"""Encryption and logins: settings that cannot work stop the start; those accepted work."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.settings import BadSetting, Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.certificates import PASSWORD, Certificate, make_certificate
from tests.programs import run_program
from tests.sites import open_live_site

SASL = {
    "SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    "SASL_MECHANISM": "PLAIN",
    "SASL_PLAIN_USERNAME": "me",
    "SASL_PLAIN_PASSWORD": PASSWORD,
}
SSL = {"SECURITY_PROTOCOL": "SSL"}
MECHANISMS = "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, GSSAPI, AWS_MSK_IAM or OAUTHBEARER"
PEM = "a PEM file that kafka-python can load, with its key and password"

CHECK_AT_A_TERMINAL = """
import json, os, pty, sys
from dash_app.brokers.kafka.security import check_security
from dash_app.settings import BadSetting

child, terminal = pty.fork()
if not child:
    try:
        check_security("127.0.0.1:9", json.loads(sys.argv[1]))
    except BadSetting as error:
        print(error, flush=True)
    os._exit(0)
output = b""
try:
    while b"Enter" not in output and (read := os.read(terminal, 1000)):
        output += read
except OSError:
    pass
os.close(terminal)
os.waitpid(child, 0)
print(json.dumps(output.decode()))
"""


def clients(**variables: object) -> KafkaClients:
    named = {"BOOTSTRAP_SERVERS": "127.0.0.1:9", **variables}
    return KafkaClients(
        Settings.from_environment({f"KAFKA_{name}": str(value) for name, value in named.items()})
    )


def refusal(**variables: object) -> str:
    with pytest.raises(BadSetting) as raised:
        clients(**variables)
    assert PASSWORD not in str(raised.value)
    return str(raised.value)


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path)


@pytest.mark.parametrize("protocol", ["SASL-SSL", "ssl", "TLS", "PLAIN", " SSL"])
def test_a_misspelt_protocol_is_refused_instead_of_meaning_plaintext(protocol: str) -> None:
    assert refusal(SECURITY_PROTOCOL=protocol) == (
        f"KAFKA_SECURITY_PROTOCOL is {protocol!r}, which cannot work; "
        "allowed: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."
    )


@pytest.mark.parametrize(
    ("variables", "problem", "allowed"),
    [
        (
            SASL | {"SASL_MECHANISM": "NOPE"},
            "KAFKA_SASL_MECHANISM is 'NOPE'",
            MECHANISMS,
        ),
        (
            SASL | {"SASL_MECHANISM": ""},
            "KAFKA_SASL_MECHANISM is unset",
            MECHANISMS,
        ),
        (
            SASL | {"SASL_MECHANISM": "OAUTHBEARER"},
            "KAFKA_OAUTH_TOKEN_URL is unset",
            "the address of a token endpoint, or set KAFKA_OAUTH_TOKEN_PROVIDER",
        ),
        (
            SASL | {"SASL_PLAIN_USERNAME": ""},
            "KAFKA_SASL_PLAIN_USERNAME is unset",
            "a text, since KAFKA_SASL_MECHANISM is PLAIN",
        ),
        (
            SASL | {"SASL_MECHANISM": "SCRAM-SHA-512", "SASL_PLAIN_PASSWORD": ""},
            "KAFKA_SASL_PLAIN_PASSWORD is unset",
            "a text, since KAFKA_SASL_MECHANISM is SCRAM-SHA-512",
        ),
        (
            SASL | {"SASL_MECHANISM": "AWS_MSK_IAM"},
            "KAFKA_SECURITY_PROTOCOL is 'SASL_PLAINTEXT'",
            "SASL_SSL while KAFKA_SASL_MECHANISM is AWS_MSK_IAM",
        ),
        (
            SASL | {"SASL_MECHANISM": "GSSAPI"},
            "KAFKA_SASL_MECHANISM is 'GSSAPI'",
            "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER while there is no package gssapi",
        ),
        (
            {"SASL_PLAIN_PASSWORD": PASSWORD},
            "KAFKA_SASL_PLAIN_PASSWORD is (hidden)",
            "unset while KAFKA_SECURITY_PROTOCOL is PLAINTEXT",
        ),
        (
            SASL | {"SSL_CAFILE": "/ca.pem"},
            "KAFKA_SSL_CAFILE is '/ca.pem'",
            "unset while KAFKA_SECURITY_PROTOCOL is SASL_PLAINTEXT",
        ),
        (
            SSL | {"SSL_PASSWORD": PASSWORD},
            "KAFKA_SSL_PASSWORD is (hidden)",
            "unset while KAFKA_SSL_CERTFILE is unset",
        ),
        (
            {"BOOTSTRAP_SERVERS": "kafka:9092,SSL://kafka:9093"},
            "KAFKA_BOOTSTRAP_SERVERS is 'kafka:9092,SSL://kafka:9093'",
            "no prefix other than PLAINTEXT, which is KAFKA_SECURITY_PROTOCOL",
        ),
    ],
)
def test_what_lacks_a_part_or_has_no_effect_is_named(
    variables: dict[str, str], problem: str, allowed: str
) -> None:
    assert refusal(**variables) == f"{problem}, which cannot work; allowed: {allowed}."


@pytest.mark.parametrize("name", ["SSL_CAFILE", "SSL_CERTFILE", "SSL_KEYFILE", "SSL_CRLFILE"])
def test_a_file_that_cannot_be_read_or_is_no_certificate_is_named(
    name: str, certificate: Certificate, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    other.write_text("not a certificate")
    pair = SSL | {"SSL_CERTFILE": certificate.file, "SSL_PASSWORD": PASSWORD}

    assert refusal(**pair | {name: "/nope"}) == (
        f"KAFKA_{name} is '/nope', which cannot work; "
        "allowed: a file that can be read (No such file or directory)."
    )
    assert f"KAFKA_{name} is '{tmp_path}'" in refusal(**pair | {name: tmp_path})
    named = "SSL_CERTFILE" if name == "SSL_KEYFILE" else name
    pair["SSL_KEYFILE"] = certificate.key
    assert refusal(**pair | {name: other}).startswith(
        f"KAFKA_{named} is '{(pair | {name: other})[named]}', which cannot work; allowed: {PEM} ("
    )


def test_an_encrypted_key_needs_its_password(certificate: Certificate) -> None:
    pair = SSL | {"SSL_CERTFILE": certificate.file, "SSL_KEYFILE": certificate.key}

    clients(**pair, SSL_PASSWORD=PASSWORD)
    for password in ("", "wrong"):
        assert f"allowed: {PEM} (" in refusal(**pair, SSL_PASSWORD=password)


def test_nobody_is_asked_for_a_password_at_the_terminal(certificate: Certificate) -> None:
    pair = SSL | {"SSL_CERTFILE": str(certificate.file), "SSL_KEYFILE": str(certificate.key)}
    variables = {f"KAFKA_{name}": value for name, value in pair.items()}

    output = run_program(CHECK_AT_A_TERMINAL, json.dumps(variables))
    assert "Enter" not in output
    assert "KAFKA_SSL_CERTFILE is" in output


def test_a_mechanism_is_accepted_once_its_package_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "gssapi.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    clients(SECURITY_PROTOCOL="SASL_SSL", SASL_MECHANISM="GSSAPI")


def test_checking_the_settings_starts_no_thread() -> None:
    before = threading.active_count()
    clients(BOOTSTRAP_SERVERS="SASL_PLAINTEXT://127.0.0.1:9", **SASL)

    assert threading.active_count() == before


def test_the_log_shows_no_password_even_when_it_shows_all_settings(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(BrokerUnavailable):
        clients(**SASL, BOOTSTRAP_TIMEOUT_MS=100).admin()

    assert "'sasl_plain_password': (hidden)" in caplog.text
    assert PASSWORD not in caplog.text


def test_a_site_counts_through_an_encrypted_connection_with_a_login(
    make_broker: Callable[..., Broker], certificate: Certificate, topic: str, tmp_path: Path
) -> None:
    login = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    broker = make_broker(
        properties={
            "listener.security.protocol.map": "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN",
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "listener.name.plaintext.plain.sasl.jaas.config": (
                f'{login} username="me" password="{PASSWORD}" user_me="{PASSWORD}";'
            ),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(certificate.store),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(certificate.file),
        }
    )
    variables = SASL | SSL | {"SECURITY_PROTOCOL": "SASL_SSL", "SSL_CAFILE": certificate.file}
    settings = Settings.from_environment(
        {
            "KAFKA_BOOTSTRAP_SERVERS": f"SASL_SSL://{broker.bootstrap}",
            "KAFKA_TOPIC": topic,
            "CLICKS_DB": str(tmp_path / "unused.sqlite3"),
            **{f"KAFKA_{name}": str(value) for name, value in variables.items()},
        }
    )
    with open_live_site(settings) as site:
        assert site.click({"type": "cheers"}).status_code == 200
        site.wait_for_totals(1)
