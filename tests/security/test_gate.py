"""Every route passes the gate: it names who may use it, and each response is marked and counted."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask, Response, abort
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dash_app import mount
from dash_app.security.access import anybody
from dash_app.settings import Settings
from tests.pages.conftest import open_gate
from tests.scrape import Scrape
from tests.security.codes import MakeSite
from tests.served import PREFIX
from tests.sites import Site, open_site

FRIEND = "https://friend.example"

OPEN = {
    "GET /",
    "GET /j",
    "GET /healthz",
    "GET /readyz",
    "GET /robots.txt",
    f"GET {PREFIX}",
    f"GET {PREFIX}/",
    f"GET {PREFIX}/j",
    f"GET {PREFIX}/healthz",
    f"GET {PREFIX}/readyz",
    f"GET {PREFIX}/openapi.json",
    f"GET {PREFIX}/assets/<path:path>",
    f"GET {PREFIX}/kafka-clicker/",
    f"GET {PREFIX}/kafka-dashboard/",
    f"GET {PREFIX}/kafka-report/",
    f"GET {PREFIX}/kafka-talks/",
    f"GET {PREFIX}/kafka-lab/",
    f"POST {PREFIX}/code",
    "others unknown",
}
"""The only routes that need no code; whoever opens another one adds it here on purpose."""


class Sample(NamedTuple):
    """A request that one rule handles."""

    rule: Rule
    method: str
    path: str

    @property
    def is_unknown(self) -> bool:
        return self.rule.methods is None

    @property
    def name(self) -> str:
        return "others unknown" if self.is_unknown else f"{self.method} {self.rule.rule}"

    @property
    def route(self) -> str:
        """Return the name of the route in the metrics."""
        return "unknown" if self.is_unknown else self.rule.rule.removeprefix(PREFIX) or "/"

    def send(self, site: Site) -> TestResponse:
        return site.client.open(self.path, method=self.method)


def samples(server: Flask, *, beginning: str = "") -> Iterator[Sample]:
    """Give a request for each rule and method that begins so, once the rule is known to match."""
    urls = server.url_map.bind("localhost")
    for rule in server.url_map.iter_rules():
        if not rule.rule.startswith(beginning):
            continue
        path = re.sub(r"<[^>]+>", "x" * 8, rule.rule)
        for method in sorted((rule.methods or {"PROPFIND"}) - {"OPTIONS"}):
            assert urls.match(path, method, return_rule=True)[0] is rule, (method, path)
            yield Sample(rule, method, path)


def assert_marked_and_counted(site: Site, sent: list[Sample]) -> None:
    expected: Counter[tuple[str, str, str]] = Counter()
    for sample in sent:
        response = sample.send(site)
        assert response.headers["X-Content-Type-Options"] == "nosniff", sample.name
        method = "other" if sample.is_unknown else sample.method
        expected[sample.route, method, str(response.status_code)] += 1

    metrics = Scrape(site.ask("GET", "/metrics").text)
    counted = {
        (route, method, status): metrics.value(
            "http_requests_total", route=route, method=method, status=status
        )
        for route, method, status in expected
    }
    assert counted == expected
    assert metrics.sum("http_requests_total") == len(sent)


def test_every_response_of_our_own_server_passes_the_gate(tmp_path: Path) -> None:
    with open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        sent = [*samples(site.server)]
        assert len(sent) > 40
        assert_marked_and_counted(site, sent)


def test_every_response_under_the_prefix_of_a_host_passes_the_gate(tmp_path: Path) -> None:
    host = Flask("host", static_folder=None)
    host.add_url_rule("/", "home", lambda: "the host's home")
    mount(host, Settings(clicks_db=tmp_path / "clicks.sqlite3"))
    site = Site(host)
    try:
        sent = [*samples(host, beginning=PREFIX)]
        assert {sample.rule.rule for sample in samples(host)} == {
            "/",
            *(sample.rule.rule for sample in sent),
        }
        assert "X-Content-Type-Options" not in site.client.get("/").headers
        assert_marked_and_counted(site, sent)
    finally:
        site.service.stop()


def test_with_both_codes_only_the_routes_listed_here_are_open(make_site: MakeSite) -> None:
    site = make_site()

    sent = [sample for sample in samples(site.server) if sample.method != "HEAD"]
    statuses = {sample.name: sample.send(site).status_code for sample in sent}
    changes = ("/kafka/talks", "/kafka/lab/")
    presenters = {name for name in statuses if any(each in name for each in changes)}
    presenters -= {name for name in presenters if name.startswith("GET ")}
    presenters |= {f"GET {PREFIX}/kafka/{each}" for each in ("archive", "records", "offsets")}
    assert {statuses.pop(name) for name in presenters} == {403}
    assert len(presenters) == 10
    assert {name for name, status in statuses.items() if status != 401} == OPEN
    assert {f"GET {PREFIX}/kafka/data", f"POST {PREFIX}/kafka/click"} < statuses.keys() - OPEN


def test_no_route_can_be_registered_without_its_access() -> None:
    server = Flask("site", static_folder=None)
    gate: Any = open_gate(server, Settings())

    with pytest.raises(TypeError, match="access"):
        gate.add("/path", lambda: "open")
    with pytest.raises(TypeError, match="access"):
        gate.guard(lambda: "open", route="/path")
    gate.register()
    assert [*server.url_map.iter_rules()] == []


VIEWS: dict[int, Callable[[], Any]] = {
    200: lambda: "text",
    204: lambda: Response(status=204, headers={"Allow": "GET, OPTIONS"}),
    404: lambda: abort(404),
    405: lambda: abort(405),
    500: lambda: 1 / 0,
}


@pytest.mark.parametrize("status", VIEWS)
@pytest.mark.parametrize("cors", [True, False])
def test_a_route_is_readable_from_named_origins_only_if_it_says_so(status: int, cors: bool) -> None:
    server = Flask("site", static_folder=None)
    gate = open_gate(server, Settings(cors_origins=FRIEND))
    view = gate.guard(VIEWS[status], route="/path", access=anybody, cors=cors)
    server.add_url_rule(
        "/path", "path", view, methods=["GET", "OPTIONS"], provide_automatic_options=False
    )

    method = "OPTIONS" if status == 204 else "GET"
    response = server.test_client().open("/path", method=method, headers={"Origin": FRIEND})
    assert response.status_code == status
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers.get("Access-Control-Allow-Origin") == (FRIEND if cors else None)
    assert ("Access-Control-Allow-Methods" in response.headers) == (cors and status == 204)
    assert ("Origin" in response.headers.get("Vary", "")) == cors
