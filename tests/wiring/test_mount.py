"""Everything on a Flask site that was there before, and nothing of it changed."""

import threading
from pathlib import Path

import pytest
from flask import Flask, abort, request
from werkzeug.exceptions import TooManyRequests, Unauthorized

from dash_app import mount
from dash_app.settings import Settings
from tests.sites import Site
from tests.web.test_click import assert_error


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
        assert site.ask("GET", "/j").headers["Location"] == "kafka-clicker"
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


def test_under_the_prefix_nothing_reaches_the_host(host: Flask, settings: Settings) -> None:
    mount(host, settings)
    site = Site(host)
    try:
        for method in ("GET", "POST", "PROPFIND"):
            for path in ("/foo%0Abar", "//x", "/kafka-clicker//", "/a/b/"):
                assert_error(site.ask(method, path), 404)
        for path in ("", "/", "/kafka/data"):
            assert_error(site.ask("PROPFIND", path), 405)
    finally:
        site.service.stop()


def test_a_hosts_own_errors_are_the_hosts_to_answer(host: Flask, settings: Settings) -> None:
    class NotLoggedIn(Exception):
        pass

    class NoTicket(Unauthorized):
        pass

    raised: list[Exception] = []

    @host.before_request
    def demand_login() -> None:
        if raised:
            raise raised[-1]

    host.register_error_handler(NotLoggedIn, lambda _: ("log in", 403))
    host.register_error_handler(401, lambda error: (f"the host's {type(error).__name__}", 401))
    mount(host, settings)
    site = Site(host)
    try:
        raised.append(NotLoggedIn())
        assert (site.click({}).status_code, site.click({}).text) == (403, "log in")
        raised.append(NoTicket())
        assert site.click({}).text == "the host's NoTicket"
        raised.append(ZeroDivisionError())
        assert_error(site.click({}), 500)
        raised.append(TooManyRequests(retry_after=77))
        assert_error(site.click({}), 429)
        assert site.click({}).headers["Retry-After"] == "77"
    finally:
        site.service.stop()


def test_a_hosts_handlers_do_not_answer_for_our_routes(host: Flask, settings: Settings) -> None:
    for code in (405, 500):
        host.register_error_handler(code, lambda _: ("the host's own words", 400))
    mount(host, settings)
    site = Site(host)
    try:
        assert_error(site.ask("PUT", "/kafka/click"), 405)
        assert_error(site.ask("GET", "/nothing"), 404)
    finally:
        site.service.stop()


def test_a_broker_that_cannot_start_leaves_the_hosts_pages_alone(
    host: Flask,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = mount(host, settings)
    site = Site(host)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", no_more_threads)
            for _ in range(3):
                assert site.client.get("/").text == "the host's home"
            assert site.ask("GET", "/kafka-clicker").status_code == 200
            assert site.click({"type": "cheers"}).get_json()["appended"] is False
        assert caplog.text.count("the counting cannot start") == 1
    finally:
        service.stop()


def test_what_could_not_start_starts_with_a_later_request(
    host: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = mount(host, settings)
    site = Site(host)
    assert service.broker is not None
    try:
        with monkeypatch.context() as patched:
            patched.setattr(service.broker, "start", no_more_threads)
            assert site.client.get("/").status_code == 200
        site.wait_for_state("live")
        assert site.click({"type": "cheers"}).status_code == 200
    finally:
        service.stop()


def no_more_threads(*_: object) -> None:
    raise RuntimeError("can't start new thread")


def test_a_second_site_on_the_same_server_is_refused(host: Flask, settings: Settings) -> None:
    mount(host, settings)
    with pytest.raises(ValueError, match=r"URL_PREFIX=/visualization-tools-ii already.*=/two"):
        mount(host, Settings(clicks_db=settings.clicks_db, url_prefix="/two"))


def test_mounting_reads_the_environment_by_the_names_for_a_hosts_site(
    host: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "warn")
    monkeypatch.setenv("URL_PREFIX", "/hosts-own")
    monkeypatch.setenv("CLICKER_URL_PREFIX", "/live")
    monkeypatch.setenv("CLICKS_DB", str(tmp_path / "clicks.sqlite3"))

    settings = mount(host).settings

    assert settings == Settings(url_prefix="/live", clicks_db=tmp_path / "clicks.sqlite3")
