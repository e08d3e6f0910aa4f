"""A host with Flask-Limiter's limits and Flask-Talisman's policy, asked and seen in a browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dash_app.pages.catalogue import CODE_FORM
from tests.mounting.conftest import Mounted
from tests.mounting.listening import listening
from tests.mounting.snippets import SITE, SNIPPETS, run_website
from tests.sites import Site
from tests.waiting import eventually

HEADING = "Flask-Limiter and Flask-Talisman"
EXEMPTION = 'limiter.exempt(server.blueprints["kafka_clicker"])'
HTTPS = "https://localhost"
CHEERS = "#react-entry-point #cheers-button"
TOTAL = "#total-cheers"
CODES = ("for-the-room", "for-the-presenter")


def ask(site: Site, path: str, **arguments: Any) -> int:
    return site.client.get(path, base_url=HTTPS, **arguments).status_code


@pytest.fixture
def site(mounted: Mounted) -> Site:
    return mounted(HEADING)


def test_one_line_exempts_pages_files_probes_and_routes_from_a_hosts_limits(site: Site) -> None:
    site.server.add_url_rule("/", "home", lambda: "home")
    paths = [
        "",
        "/kafka-clicker",
        "/kafka-dashboard/_dash-layout",
        "/kafka-dashboard/_dash-dependencies",
        "/assets/style.css",
        "/kafka/timeline",
        "/kafka/repeat",
        "/readyz",
        "/nothing",
    ]

    for path in paths:
        assert 429 not in {ask(site, f"{site.prefix}{path}") for _ in range(60)}, path
    assert [ask(site, "/") for _ in range(51)] == [200] * 50 + [429]


def test_without_it_a_refusal_keeps_the_hosts_time_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = SNIPPETS[HEADING].replace(EXEMPTION, "").replace("app=", "headers_enabled=True, app=")
    monkeypatch.setitem(SNIPPETS, HEADING, shown)
    site = Site(run_website(tmp_path, HEADING))
    try:
        assert ask(site, f"{site.prefix}/readyz") in {200, 503}
        refused = [
            site.client.get(f"{site.prefix}/openapi.json", base_url=HTTPS) for _ in range(51)
        ][-1]
        assert refused.status_code == 429
        assert refused.get_json()["status"] == "error"
        (seconds,) = refused.headers.getlist("Retry-After")
        assert 3000 < int(seconds) <= 3600
    finally:
        site.service.stop()


@pytest.fixture
def carefree(dash_br: Any) -> Any:
    """A browser that keeps no cookies of other sites."""
    controls = {
        "enableThirdPartyCookieRestriction": True,
        "disableThirdPartyCookieMetadata": True,
        "disableThirdPartyCookieHeuristics": True,
    }
    dash_br.driver.execute_cdp_cmd("Network.setCookieControls", controls)
    yield dash_br
    dash_br.driver.get("about:blank")


@pytest.mark.slow
def test_under_a_hosts_policy_a_phone_taps_and_is_counted(site: Site, carefree: Any) -> None:
    own = site.client.get("/", base_url=HTTPS)
    assert own.headers["Content-Security-Policy"] == "default-src 'self'; object-src 'none'"
    live = f"{site.prefix}/readyz"
    eventually(lambda: ask(site, live) == 200, 10, "the site does not count")
    with listening(site.server, tls=True) as port:
        address = f"https://127.0.0.1:{port}{site.prefix}"
        carefree.wait_for_page(f"{address}/j")
        carefree.wait_for_element("button#cheers-button").click()
        carefree.wait_for_contains_text("body", "Event sent: CHEERS", timeout=20)
        carefree.wait_for_page(f"{address}/kafka-dashboard")
        carefree.wait_for_text_to_equal("#total-cheers", "1", timeout=20)
        assert carefree.get_logs() == []


@pytest.fixture(params=["http", "https"])
def framed(
    request: pytest.FixtureRequest, mounted: Mounted, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a page of localhost with two frames, the pages of a site at 127.0.0.1."""
    scheme = request.param
    frames: list[str] = []

    def page(_: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html")])
        return [f"<iframe src={address}></iframe>".encode() for address in frames]

    with listening(page, tls=scheme == "https") as outer_port:
        outside = f"{scheme}://localhost:{outer_port}"
        variables = ("CLICKER_FRAME_ANCESTORS", "CLICKER_CODE", "DASHBOARD_CODE")
        for name, value in zip(variables, (outside, *CODES), strict=True):
            monkeypatch.setenv(name, value)
        site = mounted(HEADING if scheme == "https" else SITE)
        with listening(site.server, tls=scheme == "https") as port:
            inside = f"{scheme}://127.0.0.1:{port}{site.prefix}"
            frames += [f"{inside}/kafka-clicker", f"{inside}/kafka-dashboard"]
            yield f"{outside}/"


@pytest.mark.slow
def test_in_a_frame_of_another_site_a_code_opens_the_page_or_says_why_not(
    framed: str, carefree: Any
) -> None:
    def enter(number: int) -> None:
        carefree.driver.switch_to.default_content()
        carefree.driver.switch_to.frame(number)

    carefree.driver.get(framed)
    for number, shown in enumerate((CHEERS, TOTAL)):
        enter(number)
        carefree.wait_for_element("[name=code]").send_keys(f"{CODES[number]}\n")
        if framed.startswith("https:"):
            carefree.wait_for_element(shown)
        else:
            carefree.wait_for_text_to_equal("[role=alert]", CODE_FORM["no_cookie"][0])
    if framed.startswith("https:"):
        carefree.wait_for_text_to_equal(TOTAL, "0")
        enter(0)
        carefree.find_element(CHEERS).click()
        enter(1)
        carefree.wait_for_text_to_equal(TOTAL, "1", timeout=20)
    carefree.driver.get("about:blank")
