"""Pages of other sites can post nothing and read nothing, unless a setting names them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dash_app.settings import Settings
from tests.sites import Site, open_site

MakeSite = Callable[..., Site]
FRIEND = "https://friend.example"
SHARED = ["/kafka/timeline", "/kafka/timeline.csv", "/kafka/data", "/kafka/nothing"]


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[MakeSite]:
    with ExitStack() as opened:

        def make(**changes: Any) -> Site:
            settings = Settings(clicks_db=tmp_path / "clicks.sqlite3", **changes)
            return opened.enter_context(open_site(settings))

        yield make


def post(site: Site, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.ask("POST", "/kafka/click", json={"type": "cheers"}, headers=named)


def allowed(answer: TestResponse) -> dict[str, str]:
    return {name: text for name, text in answer.headers if name.startswith("Access-Control-")}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "site.example", "Origin": "https://site.example"},
        {"Host": "192.168.1.7:8050", "Origin": "http://192.168.1.7:8050"},
        {"Host": "10.0.0.1:8000", "Origin": "https://a.example", "X_Forwarded_Host": "a.example"},
        {"Host": "10.0.0.1:8000", "Origin": "https://join.example"},
        {"Host": "10.0.0.1:8000", "Origin": "https://a.example", "Sec_Fetch_Site": "same-origin"},
        {"Host": "site.example", "Origin": FRIEND},
    ],
)
def test_our_own_pages_programs_and_named_sites_may_click(
    make_site: MakeSite, headers: dict[str, str]
) -> None:
    site = make_site(cors_origins=FRIEND, join_url="https://join.example/j")

    assert post(site, **headers).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "http://site.example:81",
        "https://site.example.evil.example",
        "http://friend.example",
        f"{FRIEND}:8443",
        f"{FRIEND}, https://site.example",
        "http://[",
        "http://[x]",
    ],
)
def test_a_page_of_another_site_may_not(make_site: MakeSite, origin: str) -> None:
    site = make_site(cors_origins=FRIEND)
    for extra in ({}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}):
        answer = post(site, Host="site.example", Origin=origin, **extra)
        assert answer.status_code == 403
        assert set(answer.get_json()) == {"status", "message"}
        assert allowed(answer) == {}
    site.wait_for_totals(0)


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("null", ["sandbox", "allow-same-origin"]),
        (
            "http://192.168.1.7:8080",
            ["http://192.168.1.7:8080", "127.0.0.1:8050", "X-Forwarded-Host", "$http_host"],
        ),
        ("http://192.168.1.7:8080", ["CORS_ORIGINS"]),
    ],
)
def test_the_refusal_and_the_log_name_the_way_out(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture, origin: str, words: list[str]
) -> None:
    answer = post(make_site(), Host="127.0.0.1:8050", Origin=origin)

    assert answer.status_code == 403
    message = answer.get_json()["message"]
    assert all(word in message for word in words)


def test_the_log_says_once_a_minute_why_posts_are_refused(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site()
    answers = [post(site, Host="127.0.0.1:8050", Origin=f"http://{n}.example") for n in range(50)]
    assert {answer.status_code for answer in answers} == {403}
    lines = [each.getMessage() for each in caplog.records if "may not post" in each.getMessage()]
    assert len(lines) <= 1
    long = post(site, Host="127.0.0.1:8050", Origin=f"http://{'x' * 9_000}.example")
    assert len(long.get_json()["message"]) < 600


def test_what_a_form_can_send_is_refused_by_its_type(make_site: MakeSite) -> None:
    site = make_site()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = site.ask("POST", "/kafka/click", data='{"type":"cheers"}', content_type=kind)
        assert answer.status_code == 415


def test_nothing_is_open_to_other_sites_by_default(make_site: MakeSite) -> None:
    site = make_site()
    ask = {"Origin": FRIEND, "Access-Control-Request-Method": "POST"}
    for path in [*SHARED, "/kafka/click", "/", "/metrics"]:
        for method in ("GET", "OPTIONS"):
            answer = site.ask(method, path, headers=ask)
            assert allowed(answer) == {}
            assert "Origin" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("path", SHARED)
def test_a_named_site_may_read_the_routes_and_no_other(make_site: MakeSite, path: str) -> None:
    site = make_site(cors_origins=f"https://other.example,{FRIEND}")

    friends = site.ask("GET", path, headers={"Origin": FRIEND})
    assert allowed(friends) == {
        "Access-Control-Allow-Origin": FRIEND,
        "Access-Control-Expose-Headers": "ETag, Retry-After",
    }
    strangers = site.ask("GET", path, headers={"Origin": "https://evil.example"})
    assert allowed(strangers) == {}
    for answer in (friends, strangers, site.ask("GET", path)):
        assert "Origin" in answer.headers["Vary"]


def test_a_named_site_is_told_so_before_it_posts(make_site: MakeSite) -> None:
    site = make_site(cors_origins=FRIEND)
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}

    answer = site.ask("OPTIONS", "/kafka/click", headers={**ask, "Origin": FRIEND})
    assert answer.status_code == 204
    assert allowed(answer) == {
        "Access-Control-Allow-Origin": FRIEND,
        "Access-Control-Expose-Headers": "ETag, Retry-After",
        "Access-Control-Allow-Methods": "POST, OPTIONS",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "600",
    }
    assert allowed(site.ask("OPTIONS", "/kafka/click", headers={**ask, "Origin": "null"})) == {}


@pytest.mark.parametrize("path", ["/", "/kafka-clicker", "/kafka-dashboard", "/metrics"])
def test_pages_and_metrics_are_never_opened(make_site: MakeSite, path: str) -> None:
    site = make_site(cors_origins=FRIEND)

    assert allowed(site.ask("GET", path, headers={"Origin": FRIEND})) == {}
