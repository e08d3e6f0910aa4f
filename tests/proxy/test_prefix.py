"""Under a path of its own and with TLS: what the site hears, its addresses, a phone that taps."""

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from tests.mounting.snippets import COMMANDS, write_website
from tests.ports import free_port
from tests.proxy.conftest import InFront
from tests.proxy.nginx import Nginx, asked_plainly
from tests.served import COMMAND, PREFIX, Answer, Served, serving

OUTSIDE = "/tools"
CHANGES = {
    "location / {": f"location {OUTSIDE}/ {{",
    'X-Forwarded-Prefix ""': f"X-Forwarded-Prefix {OUTSIDE}",
}
BUSY_SECONDS = 40
"""No promise: a new browser drew the page after 8 to 22 s on processors with six times the work."""

CODE = "tap-tap-tap"
CHEERS = b'{"type":"cheers"}'
FORGED = {
    "X-Forwarded-For": "9.9.9.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil",
}
GRANIAN = next(command for command in COMMANDS if command.startswith("granian"))
TELLS = """

@server.get("/told")
def tell():
    from flask import request, url_for
    return [request.remote_addr, url_for("kafka_clicker.timeline", _external=True)]
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    """A host's site that trusts one proxy, as docs/mounting.md has it, and tells what it heard."""
    folder, port = tmp_path / "host", free_port()
    folder.mkdir()
    write_website(folder, "Behind a proxy with a path of its own", more=TELLS)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with serving(folder, port, shlex.split(GRANIAN), PATH=path, GRANIAN_PORT=port) as served:
        yield served


@pytest.fixture
def nginx(site: Served, in_front: InFront) -> Nginx:
    return in_front(site.port, CHANGES)


def test_the_site_knows_its_visitor_and_its_own_address(nginx: Nginx) -> None:
    forged = {"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Host": "evil.example"}
    addresses = nginx.ask("GET", f"{OUTSIDE}/told", headers=forged).fields

    address = f"https://127.0.0.1:{nginx.port}{OUTSIDE}{PREFIX}/kafka/timeline"
    assert addresses == ["127.0.0.1", address]


@pytest.fixture
def alone(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """The site by itself, which trusts so many proxies."""
    hops = {"TRUSTED_HOPS": request.param, "CLICKER_CODE": CODE, "RATE_LIMITS": "on"}
    with serving(tmp_path / "alone", free_port(), COMMAND, "/", **hops) as served:
        yield served


def cookies(ask: Callable[..., Answer], prefix: str) -> str:
    """Return the cookies that a right code and a click bring, asked for with forged headers."""
    join = ask("GET", f"{prefix}/j?code={CODE}", headers=FORGED)
    bearer = {"Authorization": f"Bearer {CODE}"}
    click = ask("POST", f"{prefix}/kafka/click", CHEERS, headers=FORGED | bearer)
    assert (join.status, click.status) == (302, 200)
    return f"{join.headers['set-cookie']}\n{click.headers['set-cookie']}"


@pytest.mark.parametrize("alone", [1], indirect=True)
def test_by_itself_it_believes_the_proxy_that_it_trusts(alone: Served, in_front: InFront) -> None:
    nginx = in_front(alone.port, CHANGES)

    assert cookies(nginx.ask, f"{OUTSIDE}{PREFIX}").count("Secure") == 2
    described = nginx.ask("GET", f"{OUTSIDE}{PREFIX}/openapi.json").fields
    assert described["servers"] == [{"url": f"{OUTSIDE}{PREFIX}"}]


@pytest.mark.parametrize("alone", [0], indirect=True)
def test_without_a_trusted_proxy_no_header_is_believed(alone: Served) -> None:
    ask = partial(asked_plainly, alone.port)

    assert "Secure" not in cookies(ask, PREFIX)
    described = ask("GET", f"{PREFIX}/openapi.json", headers=FORGED).fields
    assert described["servers"] == [{"url": PREFIX}]


def test_every_address_in_a_page_leads_to_what_it_names(nginx: Nginx) -> None:
    for page in ("/", "/kafka-clicker", "/kafka-dashboard"):
        here = f"{OUTSIDE}{PREFIX}{page}"
        addresses = re.findall(r'(?:src|href)="([^"#][^"]*)"', nginx.ask("GET", here).text)
        assert len(addresses) >= 4
        for address in addresses:
            target = urljoin(here, address)
            assert urlsplit(target).path.startswith(f"{OUTSIDE}{PREFIX}/"), target
            assert nginx.ask("GET", target).status == 200, target


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore:HTTPResponse.getheader")
def test_a_phone_joins_taps_and_is_counted(nginx: Nginx, dash_br: Any) -> None:
    address = f"https://127.0.0.1:{nginx.port}{OUTSIDE}{PREFIX}"
    dash_br.wait_for_page(f"{address}/j")
    assert dash_br.driver.current_url == f"{address}/kafka-clicker"
    dash_br.wait_for_element("#react-entry-point #cheers-button", timeout=BUSY_SECONDS).click()
    dash_br.wait_for_contains_text("body", "Event sent: CHEERS", timeout=BUSY_SECONDS)
    dash_br.wait_for_page(f"{address}/kafka-dashboard")
    dash_br.wait_for_text_to_equal("#total-cheers", "1", timeout=BUSY_SECONDS)
    dash_br.wait_for_text_to_equal("#status", "Live", timeout=BUSY_SECONDS)
    assert dash_br.get_logs() == []
    dash_br.driver.get("about:blank")
