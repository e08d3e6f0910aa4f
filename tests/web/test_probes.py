"""What an operator's machines ask: JSON on both brokers, and at the stand-alone server's root."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from dash_app import mount
from dash_app.settings import Settings
from tests.ports import free_port
from tests.sites import Site, open_site

if TYPE_CHECKING:
    from tests.brokers.kafka.broker import Broker

PROBES = ["/healthz", "/readyz"]


def test_a_live_site_is_alive_and_ready(live_site: Site) -> None:
    alive, ready = (live_site.ask("GET", path) for path in PROBES)

    assert (alive.status_code, alive.get_json()) == (200, {"status": "alive"})
    assert ready.status_code == 200
    assert ready.get_json()["conditions"] == [
        {"name": "broker", "ok": True, "reason": "it answers"},
        {"name": "consumer", "ok": True, "reason": "caught up"},
    ]
    for answer in (alive, ready):
        assert answer.mimetype == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_broker_it_is_alive_and_not_ready_and_says_why() -> None:
    port = free_port()
    with open_site(Settings(kafka_bootstrap_servers=f"127.0.0.1:{port}")) as site:
        site.service.start()
        site.wait_for_reason(f"no broker answered at 127.0.0.1:{port}")

        ready = site.ask("GET", "/readyz")
        assert ready.status_code == 503
        assert ready.mimetype == "application/json"
        assert ready.get_json()["status"] == "not ready"
        assert site.ask("GET", "/healthz").status_code == 200


@pytest.mark.parametrize("path", PROBES)
def test_the_probes_are_at_the_root_of_our_own_server_and_never_of_a_hosts(
    path: str, tmp_path: Path
) -> None:
    settings = Settings(clicks_db=tmp_path / "clicks.sqlite3")
    with open_site(settings) as site:
        site.wait_for_state("live")
        assert site.client.get(path).get_json() == site.ask("GET", path).get_json()
        assert site.ask("POST", path).get_json()["status"] == "error"

    host = Flask("host")
    service = mount(host, settings)
    try:
        assert host.test_client().get(path).status_code == 404
        assert host.test_client().get(f"{settings.url_prefix}{path}").is_json
    finally:
        service.stop()


@pytest.mark.kafka
def test_what_is_dangerous_about_the_topic_is_listed_and_does_not_stop_traffic(
    kafka: "Broker", topic: str
) -> None:
    kafka.create_topic(topic, configs={"cleanup.policy": "compact"})
    settings = Settings(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic=topic)
    with open_site(settings) as site:
        site.wait_for_state("live")
        ready = site.ask("GET", "/readyz")

        assert ready.status_code == 200
        warnings = " ".join(ready.get_json()["warnings"])
        assert f"topic {topic} is compacted" in warnings
        assert f"topic {topic} has one replica" in warnings


@pytest.mark.kafka
def test_a_frozen_broker_is_not_ready_and_a_returned_one_is(kafka: "Broker", topic: str) -> None:
    settings = Settings(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic=topic)
    with open_site(settings) as site:
        site.wait_for_state("live")
        kafka.pause()
        site.wait_for_reason(f"topic {topic} failed")
        assert site.ask("GET", "/readyz").status_code == 503
        kafka.resume()
        site.wait_for_state("live")
        assert site.ask("GET", "/readyz").status_code == 200
