"""The presenter's right: how it is given, what it opens, and that nothing hints at the code."""

import stat
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from dash_app import mount
from dash_app.settings import Settings
from tests.security.codes import CODES, MakeSite, browser, click, follow
from tests.served import PREFIX
from tests.sites import Site
from tests.waiting import eventually

CODE = "presenting-is-fun"
ONLY = {"status": "error", "message": "Only the presenter may do this"}
WRITES = [
    ("POST", "/kafka/talks"),
    ("PATCH", "/kafka/talks/aaaaaaaa"),
    ("DELETE", "/kafka/talks/aaaaaaaa"),
    ("POST", "/kafka/talks/aaaaaaaa/marks"),
    ("DELETE", "/kafka/talks/aaaaaaaa/marks/mmmmmmmm"),
]
NEW = {"title": "Kafka in an hour"}


def start(client: FlaskClient, **headers: str) -> int:
    """Start a talk; return the status."""
    return client.post(f"{PREFIX}/kafka/talks", json=NEW, headers=headers).status_code


def may_change(client: FlaskClient) -> object:
    return client.get(f"{PREFIX}/kafka/talks").get_json()["may_change"]


@pytest.fixture
def open_site(make_site: MakeSite) -> Site:
    """A site with a presenter's code and no other."""
    site = make_site(presenter_code=CODE, clicker_code=None, dashboard_code=None)
    browser(site).get(f"{PREFIX}/kafka/timeline")
    site.wait_for_state("live")
    return site


def test_without_the_right_every_writing_request_gets_the_same_answer(open_site: Site) -> None:
    client = browser(open_site)
    near = f"{CODE[:-1]}x"
    for method, path in WRITES:
        for headers in ({}, {"Authorization": f"Bearer {near}"}, {"Authorization": "Basic x"}):
            for body in (b"", b"{", b'{"title": "x"}', b"x" * 70_000):
                answer = client.open(f"{PREFIX}{path}", method=method, data=body, headers=headers)
                assert (answer.status_code, answer.get_json()) == (403, ONLY), (method, path)
    assert client.get(f"{PREFIX}/kafka/talks").get_json()["talks"] == []


def test_wrong_codes_have_the_limit_of_the_others(open_site: Site) -> None:
    client = browser(open_site)
    statuses = [start(client, Authorization="Bearer wrong") for _ in range(62)]

    assert statuses[:60] == [403] * 60
    assert statuses[61] == 429
    # A long code is compared whatever others at the address have sent.
    assert start(client, Authorization=f"Bearer {CODE}") == 201
    assert start(browser(open_site)) == 403


def test_an_address_brings_the_right_along_once(open_site: Site) -> None:
    client = browser(open_site)
    assert (may_change(client), start(client)) == (False, 403)
    answer = client.get(f"{PREFIX}/kafka-dashboard?window=900&presenter={CODE}")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "kafka-dashboard?window=900"
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert CODE not in cookie

    page = follow(client, f"{PREFIX}/kafka-dashboard?presenter={CODE}")
    assert (page.status_code, "presenter=" in page.request.url) == (200, False)
    assert (may_change(client), start(client)) == (True, 201)


def test_a_wrong_code_in_the_address_gives_the_page_and_no_right(open_site: Site) -> None:
    client = browser(open_site)
    page = follow(client, f"{PREFIX}/kafka-dashboard/?presenter=nobody-knows")

    assert (page.status_code, "presenter=" in page.request.url) == (200, False)
    assert (may_change(client), start(client)) == (False, 403)


def test_a_link_may_bring_both_codes(make_site: MakeSite) -> None:
    site = make_site(presenter_code=CODE)
    client = browser(site)
    code = CODES["dashboard_code"]
    assert client.get(f"{PREFIX}/kafka-dashboard?presenter={CODE}").status_code == 401
    page = follow(client, f"{PREFIX}/kafka-dashboard?code={code}&presenter={CODE}")

    assert page.status_code == 200
    eventually(lambda: start(client) == 201, 10, "the talk is not started")
    assert may_change(client) is True


def test_the_codes_of_the_routes_open_what_they_opened(make_site: MakeSite) -> None:
    site = make_site(presenter_code=CODE)
    wanted = {"clicker_code": "/kafka/talks/current", "dashboard_code": "/kafka/talks"}
    for name, path in wanted.items():
        assert site.ask("GET", path).status_code == 401
        right = {"Authorization": f"Bearer {CODES[name]}"}
        assert site.ask("GET", path, headers=right).status_code == 200
        assert start(browser(site), **right) == 403


def test_a_site_of_its_own_makes_a_code_and_keeps_it(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site(clicker_code=None, dashboard_code=None)
    site.wait_for_state("live")
    file = tmp_path / "presenter_code"
    assert start(browser(site)) == 403
    assert not file.exists()
    assert start(browser(site), Authorization="Bearer guess") == 403

    code = file.read_text()
    assert len(code) >= 16
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for each in (site, make_site(clicker_code=None, dashboard_code=None)):
        each.wait_for_state("live")
        assert start(browser(each), Authorization=f"Bearer {code}") == 201


def test_a_code_that_cannot_be_kept_is_none(
    make_site: MakeSite, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "presenter_code").mkdir()
    site = make_site(clicker_code=None, dashboard_code=None)

    assert start(browser(site), Authorization="Bearer guess") == 403
    assert "set PRESENTER_CODE" in caplog.text


def test_another_code_ends_what_was_given_for_the_old_one(make_site: MakeSite) -> None:
    before = browser(make_site(presenter_code=CODE, dashboard_code=None))
    answer = before.get(f"{PREFIX}/kafka-dashboard?presenter={CODE}")
    name, value = answer.headers["Set-Cookie"].split(";")[0].split("=", 1)
    for code, status in ((CODE, 201), (f"{CODE}!", 403)):
        site = make_site(presenter_code=code, clicker_code=None, dashboard_code=None)
        site.wait_for_state("live")
        after = browser(site)
        after.set_cookie(name, value, path="/")
        assert start(after) == status


def mounted(folder: Path, **arguments: object) -> Site:
    server = Flask("host")
    values = {"clicks_db": folder / "clicks.sqlite3", "secret_key": "s" * 20}
    settings = Settings.model_validate(values)
    return Site(server, mount(server, settings, **arguments))  # type: ignore[arg-type]


def test_a_host_says_who_may_present_and_nobody_may_without(tmp_path: Path) -> None:
    site = mounted(tmp_path)
    try:
        site.wait_for_state("live")
        assert start(browser(site), Authorization="Bearer guess") == 403
        page = browser(site).get(f"{PREFIX}/kafka-dashboard?presenter=guess")
        assert page.status_code == 200
        assert not (tmp_path / "presenter_code").exists()
    finally:
        site.service.stop()

    # Without the header it fails, which gives nobody the right.
    site = mounted(tmp_path, may_present=lambda: request.headers["X-User"] == "ada")
    try:
        site.wait_for_state("live")
        assert start(browser(site)) == 403
        assert start(browser(site), **{"X-User": "ada"}) == 201
    finally:
        site.service.stop()


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_page_of_another_site_writes_nothing(open_site: Site, method: str) -> None:
    client = browser(open_site)
    follow(client, f"{PREFIX}/kafka-dashboard?presenter={CODE}")
    headers = {"Origin": "https://evil.example"}
    path = f"{PREFIX}/kafka/talks" + ("" if method == "POST" else "/aaaaaaaa")
    answer = client.open(path, method=method, json=NEW, headers=headers)

    assert answer.status_code == 403
    assert "Pages of https://evil.example may not post here" in answer.get_json()["message"]
    assert click(client).status_code == 200
