"""What every answer of the site tells the browser, and that no accident switches debugging on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dash_app.settings import Settings
from tests.programs import run_program
from tests.sites import Site, open_site

POLICY_OF_PAGES = (
    "default-src 'self'; script-src 'self'{hash}; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'self';"
    " form-action 'self'; frame-ancestors {frames}"
)
PAGES = ["/", "/kafka-clicker", "/kafka-dashboard"]

CAREFREE = """
import json
from dash_app.app import server
from dash_app.site import EXTENSION

service = server.extensions[EXTENSION]
client = server.test_client()
prefix = service.settings.url_prefix
client.get("/")
service.broker.append = lambda *_: 1 / 0
broken = client.post(f"{prefix}/kafka/click", json={"type": "cheers"})
paths = ["_dash-update-component", "_mcp"]
closed = [client.post(f"{prefix}/kafka-clicker/{path}", json={}).status_code for path in paths]
service.stop()
print(json.dumps([server.debug, broken.status_code, broken.get_json(), closed]))
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        yield site


def test_every_answer_names_its_type_for_good_and_leaks_no_path(site: Site) -> None:
    rules = [
        str(rule) for rule in site.server.url_map.iter_rules() if "GET" in (rule.methods or ())
    ]
    paths = [rule for rule in rules if "<" not in rule]
    style = f"{site.prefix}/assets/style.css"

    assert len(paths) > 15
    for path in [*paths, style, f"{site.prefix}/nothing", f"{site.prefix}/kafka-clicker/nothing"]:
        answer = site.client.get(path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "same-origin", path


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("setting", "frames"),
    [
        ("none", "'none'"),
        ("self", "'self'"),
        ("https://a.example, http://b:81", "https://a.example http://b:81"),
    ],
)
def test_who_may_show_a_page_in_a_frame_is_a_setting(
    tmp_path: Path, page: str, setting: str, frames: str
) -> None:
    settings = Settings(clicks_db=tmp_path / "clicks.sqlite3", frame_ancestors=setting)
    with open_site(settings) as site:
        policy = site.ask("GET", page).headers["Content-Security-Policy"]

    start, end = POLICY_OF_PAGES.format(hash="|", frames=frames).split("|")
    assert policy.startswith(start)
    assert policy.endswith(end)
    between = policy.removeprefix(start).removesuffix(end).split()
    assert all(source.startswith("'sha256-") for source in between)
    assert len(between) == (page != "/")


@pytest.mark.slow
def test_no_variable_of_a_framework_switches_debugging_or_callbacks_on(tmp_path: Path) -> None:
    on = dict.fromkeys(("FLASK_DEBUG", "DASH_DEBUG", "DASH_MCP_ENABLED", "DASH_HOT_RELOAD"), "1")
    env = {"CLICKS_DB": tmp_path / "clicks.sqlite3", **on}
    debug, status, body, closed = run_program(CAREFREE, env=env)

    assert not debug
    assert (status, body["status"]) == (500, "error")
    assert "division" not in body["message"]
    assert closed == [404] * 2


def test_robots_are_sent_to_the_landing_page_alone(site: Site) -> None:
    answer = site.client.get("/robots.txt")
    closed = [
        line.removeprefix("Disallow: ")
        for line in answer.text.splitlines()
        if line.startswith("Disallow: ")
    ]

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.text.startswith("User-agent: *\n")
    for path in ("/kafka-clicker", "/kafka-dashboard", "/kafka/timeline", "/kafka/click"):
        assert any(f"{site.prefix}{path}".startswith(start) for start in closed), path
    for path in ("/j", "/metrics", "/healthz", "/readyz"):
        assert {path, f"{site.prefix}{path}"} <= {*closed}
    assert not any(start in {"/", site.prefix, f"{site.prefix}/"} for start in closed)
