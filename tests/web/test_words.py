"""The wire name of hate is a secret between the log, the click route and the data."""

import logging

import pytest

from tests.web.conftest import MakeSite

SECRET = "fuck"
PAGES = ["/kafka-clicker", "/kafka-dashboard", "/kafka-lab"]
PATHS = [
    "/",
    "/j",
    "/kafka/timeline",
    "/kafka/timeline?window=3600",
    "/nothing",
    "/assets/clicker.js",
    "/assets/dashboard.js",
    "/assets/lab.js",
    "/assets/page.js",
    *PAGES,
]
PATHS += [f"{page}/_dash-{part}" for page in PAGES for part in ("layout", "dependencies")]


def test_the_wire_name_is_seen_nowhere_else(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="dash_app")
    site = make_site()
    site.wait_for_state("live")
    assert SECRET in site.click({"type": SECRET}).text
    site.wait_for_totals(0, 1)
    assert SECRET in site.ask("GET", "/kafka/data").text

    for path in PATHS:
        answer = site.ask("GET", path, follow_redirects=True)
        assert answer.text
        assert SECRET not in answer.text.lower(), path
    for text in (site.click({"type": "boo"}).text, site.click({"clicks": [{"type": 1}]}).text):
        assert SECRET not in text
    assert SECRET not in caplog.text
