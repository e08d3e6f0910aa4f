"""A site in a host's process: the host's own clients of kafka-python stay as they are."""

import inspect
import logging
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.net.compat import KafkaNetClient
from kafka.net.inet import KafkaNetSocket
from kafka.net.manager import KafkaConnectionManager
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport

from dash_app.settings import Settings
from tests.ports import free_port
from tests.sites import open_site

SHARED = (
    KafkaAdminClient,
    KafkaConnectionManager,
    KafkaConsumer,
    KafkaNetClient,
    KafkaNetSocket,
    KafkaProducer,
    KafkaSSLTransport,
    KafkaTCPTransport,
)


@pytest.fixture
def away(tmp_path: Path) -> Settings:
    """Settings of a site whose broker is not there."""
    return Settings(
        kafka_bootstrap_servers=f"127.0.0.1:{free_port()}",
        kafka_options={"KAFKA_BOOTSTRAP_TIMEOUT_MS": "500"},
        clicks_db=tmp_path / "unused.sqlite3",
    )


def test_the_classes_of_kafka_python_stay_as_they_are(
    away: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the test run itself does to them would hide that a site does the same.
    for owner, name in ((KafkaNetSocket, "sock_connect"), (KafkaTCPTransport, "_write_to_sock")):
        monkeypatch.setattr(owner, name, inspect.unwrap(getattr(owner, name)))
    before = [dict(vars(shared)) for shared in SHARED]

    with open_site(away) as site:
        site.service.start()
        site.wait_for_reason("no broker answered")

    assert [dict(vars(shared)) for shared in SHARED] == before


def test_what_a_hosts_clients_log_is_not_throttled(
    away: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("kafka.net.manager")
    with open_site(away) as site:
        site.service.start()
        site.wait_for_reason("no broker answered")
        for _ in range(10):
            logger.warning("of the host")

    assert caplog.text.count("of the host") == 10
