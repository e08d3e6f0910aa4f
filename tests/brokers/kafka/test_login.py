"""A refused login is told from an absent broker, and tried again until it is accepted."""

from collections.abc import Callable
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import UserScramCredentialUpsertion

from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.certificates import PASSWORD, Certificate, make_certificate
from tests.brokers.kafka.secured import PLAIN, SCRAM, secured
from tests.sites import open_site
from tests.waiting import eventually

WRONG = "not-the-password"

Make = Callable[..., Settings]


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path)


@pytest.fixture
def broker(make_broker: Callable[..., Broker], certificate: Certificate) -> Broker:
    return make_broker(**secured(certificate))


@pytest.fixture
def settings(broker: Broker, certificate: Certificate, topic: str, tmp_path: Path) -> Make:
    def make(login: tuple[str, str, str], authority: Path = certificate.file) -> Settings:
        mechanism, user, password = login
        return Settings.from_environment(
            {
                "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
                "KAFKA_TOPIC": topic,
                "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
                "KAFKA_SASL_MECHANISM": mechanism,
                "KAFKA_SASL_PLAIN_USERNAME": user,
                "KAFKA_SASL_PLAIN_PASSWORD": password,
                "KAFKA_SSL_CAFILE": str(authority),
                "CLICKS_DB": str(tmp_path / "unused.sqlite3"),
            }
        )

    return make


def test_a_refused_login_is_named_and_works_once_it_is_mended(
    broker: Broker, settings: Make, certificate: Certificate, tmp_path: Path
) -> None:
    for login in (PLAIN, SCRAM):
        with open_site(settings((*login[:2], WRONG))) as site:
            site.service.start()
            site.wait_for_reason(f"the broker at {broker.bootstrap} refuses the login (")
            reason = site.ask("GET", "/readyz").get_json()["conditions"][0]["reason"]
            assert "look at KAFKA_SASL_MECHANISM, KAFKA_SASL_PLAIN_USERNAME" in reason
            assert WRONG not in reason
            assert site.click({"type": "cheers"}).get_json()["appended"] is False
            if login is SCRAM:
                change_scram_password(broker, certificate, WRONG)
                site.wait_for_state("live", 30)
                eventually(lambda: site.click({"type": "cheers"}).status_code == 200, 20, "refused")
                site.wait_for_totals(1)

    (tmp_path / "other").mkdir()
    stranger = make_certificate(tmp_path / "other")
    with open_site(settings(PLAIN, stranger.file)) as site:
        site.service.start()
        site.wait_for_reason(f"no encrypted connection to {broker.bootstrap} (")
        site.wait_for_reason("certificate verify failed")
        assert site.ask("GET", "/kafka-dashboard").status_code == 200

    with open_site(settings(PLAIN)) as site:
        site.wait_for_state("live", 20)
        site.wait_for_totals(1)


def change_scram_password(broker: Broker, certificate: Certificate, password: str) -> None:
    with KafkaAdminClient(
        bootstrap_servers=broker.bootstrap,
        security_protocol="SASL_SSL",
        sasl_mechanism="PLAIN",
        sasl_plain_username="me",
        sasl_plain_password=PASSWORD,
        ssl_cafile=str(certificate.file),
    ) as admin:
        upsertion = UserScramCredentialUpsertion("you", "SCRAM-SHA-512", password)
        admin.alter_user_scram_credentials([upsertion])
