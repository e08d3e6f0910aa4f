"""Everything on a Flask site that was there before, and nothing of it changed."""

from pathlib import Path

import pytest
from flask import Flask, abort, request

from dash_app import mount
from dash_app.settings import Settings
from tests.sites import Site


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(clicks_db=tmp_path / "clicks.sqlite3")


@pytest.fixture
def host() -> Flask:
    """A site that was there before: its own pages, its own words for an error."""
    server = Flask("host")
    server.add_url_rule("/", "home", lambda: "the host's home")
    server.add_url_rule("/kafka/data", "data", lambda: "the host's data")
    server.register_error_handler(404, lambda _: ("the host's own 404", 404))
    return server


def test_mounting_leaves_the_hosts_own_paths_alone(host: Flask, settings: Settings) -> None:
    service = mount(host, settings)
    client = host.test_client()
    try:
        assert client.get("/").text == "the host's home"
        assert client.get("/kafka/data").text == "the host's data"
        for path in ("/j", "/nothing", "/assets/style.css", "/kafka-clicker", "/_dash-layout"):
            assert client.get(path).text == "the host's own 404", path
            assert client.get(path).status_code == 404
        assert client.post("/").status_code == 405
        assert client.post("/").mimetype == "text/html"
        assert host.secret_key is None
    finally:
        service.stop()


def test_a_mounted_site_has_everything_under_its_prefix(host: Flask, settings: Settings) -> None:
    mount(host, settings)
    site = Site(host)
    try:
        for path in ("/", "/kafka-clicker", "/kafka-dashboard"):
            assert site.ask("GET", path).status_code == 200
        assert site.ask("GET", "/j").headers["Location"].endswith("/kafka-clicker")
        assert site.ask("GET", "/nothing").get_json()["status"] == "error"
        assert site.click({"type": "hate"}).status_code == 200
        site.wait_for_totals(0, 1)
    finally:
        site.service.stop()


def test_the_login_of_a_host_guards_the_mounted_routes(host: Flask, settings: Settings) -> None:
    @host.before_request
    def demand_login() -> None:
        if request.headers.get("Authorization") != "Bearer ticket":
            abort(401)

    mount(host, settings)
    site = Site(host)
    try:
        answer = site.click({"type": "cheers"})
        assert answer.status_code == 401
        assert set(answer.get_json()) == {"status", "message"}
        allowed = site.ask(
            "POST",
            "/kafka/click",
            json={"type": "cheers"},
            headers={"Authorization": "Bearer ticket"},
        )
        assert allowed.status_code == 200
    finally:
        site.service.stop()
