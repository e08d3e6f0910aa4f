"""Behind a proxy that serves the site at a path of its own, everything stays under that path."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import url_for
from werkzeug.test import Client

from tests.mounting.conftest import Mounted
from tests.mounting.listening import listening
from tests.mounting.proxy import OUTSIDE, Proxy
from tests.sites import Site

pytestmark = pytest.mark.slow

PREFIX = f"{OUTSIDE}/visualization-tools-ii"


@pytest.fixture
def site(mounted: Mounted) -> Site:
    return mounted("Behind a proxy with a path of its own")


@pytest.fixture
def outside(site: Site) -> Client:
    return Client(Proxy(site.server))


@pytest.mark.parametrize("page", ["/", "/kafka-clicker", "/kafka-dashboard"])
def test_every_address_in_a_page_leads_to_what_it_names(outside: Client, page: str) -> None:
    html = outside.get(f"{PREFIX}{page}").text
    addresses = re.findall(r'(?:src|href)="([^"#][^"]*)"', html)
    paths = [urlsplit(urljoin(f"{PREFIX}{page}", address)).path for address in addresses]

    assert len(paths) >= 4
    for path in paths:
        assert path.startswith(f"{PREFIX}/"), path
        assert outside.get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("", "/"),
        ("/j", "/kafka-clicker"),
        ("/kafka-clicker/", "/kafka-clicker"),
        ("/kafka-dashboard/", "/kafka-dashboard"),
    ],
)
def test_redirects_stay_under_the_path(outside: Client, path: str, target: str) -> None:
    answer = outside.get(f"{PREFIX}{path}")
    location = urljoin(f"{PREFIX}{path}", answer.headers["Location"])

    assert answer.status_code == 302
    assert location == f"{PREFIX}{target}"
    assert outside.get(location).status_code == 200


def test_the_hosts_own_links_to_our_routes_carry_the_path(site: Site, outside: Client) -> None:
    site.server.add_url_rule("/link", "link", lambda: url_for("kafka_clicker.timeline"))

    link = outside.get(f"{OUTSIDE}/link").text
    assert link == f"{PREFIX}/kafka/timeline"
    assert outside.get(link).status_code == 200


def test_a_phone_joins_taps_and_is_counted_behind_the_proxy(site: Site, dash_br: Any) -> None:
    with listening(Proxy(site.server)) as port:
        address = f"http://127.0.0.1:{port}{PREFIX}"
        dash_br.wait_for_page(f"{address}/j")
        dash_br.wait_for_element("button#cheers-button").click()
        dash_br.wait_for_contains_text("body", "Event sent: CHEERS", timeout=20)
        assert dash_br.driver.current_url == f"{address}/kafka-clicker"
        dash_br.wait_for_page(f"{address}/kafka-dashboard")
        dash_br.wait_for_text_to_equal("#total-cheers", "1", timeout=20)
        assert dash_br.get_logs() == []
        dash_br.driver.get("about:blank")
