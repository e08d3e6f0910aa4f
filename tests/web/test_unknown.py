"""Under the prefix every unknown path and every error is JSON."""

import time
from pathlib import Path

import pytest

from dash_app.settings import Settings
from tests.ports import free_port
from tests.sites import Site, open_site
from tests.web.conftest import MakeSite
from tests.web.test_click import assert_error

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"]
ROUTED = [
    "/kafka-dashboard/_dash-update-component",
    "/kafka-clicker/_dash-component-suites/dash/nothing.js",
    "/kafka-dashboard/_dash-component-suites/dash/dcc/nothing.js",
    "/assets/nothing.css",
    "/assets/..%2f..%2fpyproject.toml",
]
"""Where a route leads to nothing: another method may also be 405."""

UNKNOWN = [
    "/nothing",
    "/kafka",
    "/kafka/",
    "/kafka/nothing",
    "/kafka/click/",
    "/kafka/timeline/120",
    "/kafka/click%0a",
    "/kafka-clicker/nothing",
    "/kafka-dashboard/nothing/at/all",
    "/_dash-component-suites/dash/dcc/async-graph.js",
    "/_dash-layout",
    "/%00",
    "/foo%0Abar",
    "//x",
    "/kafka-clicker//",
    "/ünïcode/👍",
]


def test_an_unknown_path_is_404_with_every_method(site: Site) -> None:
    for method in METHODS:
        for path in UNKNOWN:
            answer = site.ask(method, path)
            assert answer.status_code == 404, (method, path, answer.text)
            assert_error(answer, 404)


def test_where_a_route_serves_nothing_every_method_is_refused_in_json(site: Site) -> None:
    for path in ROUTED:
        assert_error(site.ask("GET", path), 404)
        for method in METHODS[1:]:
            answer = site.ask(method, path)
            assert answer.status_code in {404, 405}, (method, path, answer.text)
            assert_error(answer, answer.status_code)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("", "GET"),
        ("/openapi.json", "GET"),
        ("/kafka/click", "POST"),
        ("/kafka/timeline", "GET"),
        ("/kafka/data", "GET"),
        ("/kafka-clicker", "GET"),
        ("/kafka-dashboard", "GET"),
        ("/", "GET"),
        ("/j", "GET"),
        ("/healthz", "GET"),
        ("/readyz", "GET"),
    ],
)
def test_another_method_is_405_and_names_the_one_that_is_possible(
    tmp_path: Path, path: str, allowed: str
) -> None:
    with open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        possible = f"{allowed}, HEAD, OPTIONS" if allowed == "GET" else f"{allowed}, OPTIONS"
        for method in METHODS:
            if method != allowed:
                answer = site.ask(method, path)
                assert_error(answer, 405)
                assert answer.headers["Allow"] == possible
        preflight = site.ask("OPTIONS", path)
        assert (preflight.status_code, preflight.text, preflight.headers["Allow"]) == (
            204,
            "",
            possible,
        )
        assert_error(site.ask("OPTIONS", "/kafka-clicker/nothing"), 404)


@pytest.mark.parametrize("path", ["/", "/j", "/healthz", "/readyz", "/metrics", "/robots.txt"])
def test_at_the_root_flask_answers_options_and_names_them_with_405(
    tmp_path: Path, path: str
) -> None:
    with open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        options, post = site.client.options(path), site.client.post(path)

        assert options.status_code == 200
        assert post.status_code == 405
        for answer in (options, post):
            assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_an_error_is_kept_by_no_cache(site: Site) -> None:
    for answer in (site.ask("GET", "/nothing"), site.click({}), site.ask("PUT", "/kafka/data")):
        assert answer.headers["Cache-Control"] == "no-store"


def test_outside_of_the_prefix_of_our_own_server_an_unknown_path_is_json_too(site: Site) -> None:
    assert_error(site.client.get("/nothing"), 404)


def test_the_prefix_is_a_setting(make_site: MakeSite) -> None:
    site = make_site(url_prefix="/live/room-1")

    assert site.ask("GET", "/kafka-clicker").status_code == 200
    assert site.ask("GET", "/kafka/data").status_code == 200
    assert_error(site.ask("GET", "/nothing"), 404)
    assert_error(site.client.get("/visualization-tools-ii/kafka/data"), 404)


def test_before_the_first_connection_readers_see_zeros_and_posts_are_refused() -> None:
    settings = Settings(kafka_bootstrap_servers=f"127.0.0.1:{free_port()}", answer_limit_ms=1000)
    with open_site(settings) as site:
        timeline, data = site.timeline(), site.data()
        began = time.monotonic()
        answer = site.click({"type": "cheers"})

        assert time.monotonic() - began < 2
        assert timeline["totals"] == {"cheers": 0, "hate": 0}
        assert data["totals"] == {"cheers": 0, "fuck": 0}
        assert timeline["series"]["cheers"] == timeline["series"]["hate"] == [0] * 60
        assert data["recent_history"] == []
        assert timeline["as_of"] == data["as_of"] == {}
        assert timeline["state"] == data["state"] == "connecting"
        assert answer.status_code == 503
        assert answer.get_json() == {
            "status": "error",
            "message": "Failed to send to Kafka",
            "appended": False,
        }
        assert int(answer.headers["Retry-After"]) >= 1
