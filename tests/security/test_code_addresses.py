"""Access codes in addresses, in several cookies and in frames of other sites."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.security.codes import CODES, MakeSite, browser, follow, status
from tests.served import PREFIX
from tests.sites import Site

PAGE = f"{PREFIX}/kafka-dashboard"
CODE = CODES["dashboard_code"]
COOKIE = "kafka_dashboard_code"
VIEW = "view=presenter&zero=1.2.a&window=900&qr=off"
FRAMED = {"frame_ancestors": "https://example.org"}


def submit(client: FlaskClient, page: TestResponse, code: str, **base: str) -> TestResponse:
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    unescaped = {name: value.replace("&amp;", "&") for name, value in fields.items()}
    return client.post(f"{PREFIX}/code", data={**unescaped, "code": code}, **base)


@pytest.mark.parametrize("code", ["off", "an-old-one", CODE, ""])
def test_a_valid_cookie_is_not_beaten_by_a_code_in_the_address(site: Site, code: str) -> None:
    client = browser(site)
    follow(client, f"{PAGE}?code={CODE}")

    pages = [follow(client, f"{PAGE}?view=presenter&code={code}") for _ in range(70)]
    assert {page.status_code for page in pages} == {200}
    assert pages[-1].request.query_string == b"view=presenter"


@pytest.mark.parametrize("position", [0, 1])
def test_of_two_cookies_with_one_name_any_valid_one_does(site: Site, position: int) -> None:
    client = browser(site)
    follow(client, f"{PAGE}?code={CODE}")
    cookie = client.get_cookie(COOKIE, path=PREFIX)
    assert cookie is not None
    values = ["of-another-site", cookie.value]
    header = "; ".join(f"{COOKIE}={value}" for value in (values[position], values[1 - position]))

    for path in ("/kafka-dashboard", "/kafka/timeline"):
        headers = {"Cookie": header}
        answer = site.server.test_client(use_cookies=False).get(f"{PREFIX}{path}", headers=headers)
        assert answer.status_code == 200


def test_the_form_keeps_the_view_over_a_wrong_code(site: Site) -> None:
    client = browser(site)
    wrong = submit(client, client.get(f"{PAGE}?{VIEW}&code=old"), "wrong")
    assert wrong.status_code == 401

    location = urlsplit(submit(client, wrong, CODE).headers["Location"])
    assert location.path == "kafka-dashboard"
    assert parse_qs(location.query) == parse_qs(VIEW)


def test_a_code_opens_the_page_in_a_frame_of_another_site_over_tls(make_site: MakeSite) -> None:
    client = browser(make_site(**FRAMED))
    base = {"base_url": "https://localhost"}
    entered = submit(client, client.get(PAGE, **base), CODE, **base)

    attributes = entered.headers["Set-Cookie"].split("; ")
    assert {"Secure", "SameSite=None", "Partitioned"} < {*attributes}
    page = client.get(f"{PREFIX}/{entered.headers['Location']}", **base)
    assert (page.status_code, page.headers["Location"]) == (303, "kafka-dashboard")
    assert client.get(PAGE, **base).status_code == 200


def test_a_browser_that_keeps_no_cookie_in_a_frame_is_told_so(make_site: MakeSite) -> None:
    site = make_site(**FRAMED)
    client = site.server.test_client(use_cookies=False)

    entered = submit(client, client.get(f"{PAGE}?window=900"), CODE)
    assert "SameSite=Lax" in entered.headers["Set-Cookie"]
    pages = [client.get(f"{PREFIX}/{entered.headers['Location']}") for _ in range(70)]
    assert {page.status_code for page in pages} == {401}
    # The site cannot see whether the page is in a frame.
    assert "If this is a frame of another site, the browser keeps no cookie" in pages[-1].text
    assert 'value="window=900"' in pages[-1].text
    assert status(client, "/kafka/timeline", Authorization=f"Bearer {CODE}") == 200
