"""Everything on a Flask site that was there before, and nothing of it changed."""

import threading
from pathlib import Path
from unittest.mock import ANY

import pytest
from flask import Flask, abort, request
from pydantic import SecretStr
from werkzeug.exceptions import TooManyRequests, Unauthorized

from dash_app import mount
from dash_app.settings import Settings
from tests.leftovers import OUR_THREADS
from tests.scrape import Scrape
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
                assert site.ask("GET", "/healthz").status_code == 200
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
            assert site.ask("GET", "/").status_code == 200
        site.wait_for_state("live")
        assert site.click({"type": "cheers"}).status_code == 200
    finally:
        service.stop()


def no_more_threads(*_: object) -> None:
    raise RuntimeError("can't start new thread")


def test_a_second_site_needs_a_prefix_of_its_own(host: Flask, settings: Settings) -> None:
    mount(host, settings)
    with pytest.raises(ValueError, match=r"URL_PREFIX=/visualization-tools-ii already.*its own"):
        mount(host, Settings(clicks_db=settings.clicks_db))


def test_two_rooms_on_one_server_count_by_themselves(host: Flask, tmp_path: Path) -> None:
    rooms = [
        Settings(url_prefix=f"/{name}", clicks_db=tmp_path / f"{name}.sqlite3", clicker_code=code)
        for name, code in (("one", SecretStr("1111")), ("two", None))
    ]
    services = [mount(host, room) for room in rooms]
    one, two = [Site(host, service) for service in services]
    try:
        assert one.click({"type": "cheers"}).status_code == 401
        assert two.click({"type": "hate"}).status_code == 200
        two.wait_for_totals(0, 1)
        assert one.totals() == (0, 0)
        assert {*host.blueprints} == {"kafka_clicker", "kafka_clicker_2"}
        assert host.extensions["kafka_clicker_2"] is services[1]
        cookies = host.test_client()
        cookies.get("/one/j?code=1111")
        assert cookies.get_cookie("kafka_clicker_code", path="/one") is not None
        assert cookies.get_cookie("kafka_clicker_code", path="/two") is None
        for site in (one, two):
            assert site.ask("GET", "/kafka-dashboard").status_code == 200
            metrics = Scrape(site.ask("GET", "/metrics").text)
            assert metrics.sum("http_requests_total", route="/kafka/click") == 1
    finally:
        for service in services:
            service.stop()


def test_a_request_of_the_hosts_own_starts_nothing(host: Flask, settings: Settings) -> None:
    service = mount(host, settings)
    try:
        host.test_client().get("/")
        host.test_client().get("/nothing")
        assert [name for name in names_of_threads() if name.startswith(OUR_THREADS)] == []
        assert not settings.clicks_db.exists()
        Site(host).wait_for_state("live")
        assert settings.clicks_db.exists()
    finally:
        service.stop()


def names_of_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


def test_everything_of_ours_is_in_the_blueprint(host: Flask, settings: Settings) -> None:
    theirs = {rule.endpoint for rule in host.url_map.iter_rules()}
    mount(host, settings)

    ours = {rule.endpoint for rule in host.url_map.iter_rules()} - theirs
    assert len(ours) > 15
    assert {endpoint.rpartition(".")[0] for endpoint in ours} == {"kafka_clicker"}
    assert host.before_request_funcs == {"kafka_clicker": [ANY]}


def test_mounting_reads_the_environment_by_the_names_for_a_hosts_site(
    host: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "warn")
    monkeypatch.setenv("URL_PREFIX", "/hosts-own")
    monkeypatch.setenv("CLICKER_URL_PREFIX", "/live")
    monkeypatch.setenv("CLICKS_DB", str(tmp_path / "clicks.sqlite3"))

    settings = mount(host).settings

    assert settings == Settings(url_prefix="/live", clicks_db=tmp_path / "clicks.sqlite3")
