"""A flooder is held back, nobody else is, whatever the flooder sends."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dash_app.security.signing import Signing
from dash_app.security.visitors import COOKIE, ID_SECONDS
from dash_app.settings import Settings
from tests.sites import Site, open_live_site, open_site

CLICK = "/visualization-tools-ii/kafka/click"
COOKIE_FOLDER = "/visualization-tools-ii/kafka"


def settings(folder: Path, **changes: Any) -> Settings:
    return Settings(**{"clicks_db": folder / "clicks.sqlite3", "secret_key": "s" * 32, **changes})


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(settings(tmp_path)) as site:
        yield site


def browser(site: Site) -> FlaskClient:
    """Return a client that keeps cookies, as a phone does."""
    return site.server.test_client()


def tap(client: FlaskClient, many: int = 1, **headers: str) -> TestResponse:
    return client.post(CLICK, json={"clicks": [{"type": "cheers"}] * many}, headers=headers)


def cookie_of(answer: TestResponse) -> str | None:
    cookie = re.match(rf"{COOKIE}=([^;]+)", answer.headers.get("Set-Cookie", ""))
    return cookie and cookie[1]


@pytest.mark.parametrize("has_id", [True, False])
def test_two_hundred_honest_ids_and_one_flooder_behind_one_address(
    tmp_path: Path, has_id: bool
) -> None:
    with open_site(settings(tmp_path, clicks_per_address=20)) as site:
        signing = Signing(site.server, site.service.settings)
        flooder, *honest = [browser(site) for _ in range(201)]
        for number, phone in enumerate([*honest, *([flooder] if has_id else [])]):
            phone.set_cookie(COOKIE, signing.sign("id", str(number)), path=COOKIE_FOLDER)
        if not has_id:
            flooder = site.client
        assert_only_the_flooder_is_held_back(flooder, honest)


def assert_only_the_flooder_is_held_back(flooder: FlaskClient, honest: list[FlaskClient]) -> None:
    began = time.monotonic()

    def flood() -> int:
        return sum(tap(flooder).status_code == 200 for _ in range(1000))

    with ThreadPoolExecutor(1) as pool:
        flooding = pool.submit(flood)
        answers = [tap(phone, 5).status_code for _ in range(5) for phone in honest]
        let_in = flooding.result()
    seconds = time.monotonic() - began

    assert set(answers) == {200}
    assert 20 < let_in <= 60 + 20 * seconds + 1


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "%00", "é", "x" * 4000])
def test_a_forged_id_is_none_and_counts_against_the_address(tmp_path: Path, forged: str) -> None:
    with open_site(settings(tmp_path, clicks_per_address=1)) as site:
        phone = browser(site)
        tap(phone)
        answers = [
            tap(site.client, 25, Cookie=f"{COOKIE}={forged}{number if forged else ''}")
            for number in range(10)
        ]

        assert [answer.status_code for answer in answers].count(429) >= 8
        assert tap(phone).status_code == 200


@pytest.mark.parametrize(
    "secret", ["s" * 32, "another secret, another site"], ids=["other purpose", "other key"]
)
def test_what_was_signed_for_something_else_is_no_id(
    tmp_path: Path, site: Site, secret: str
) -> None:
    purpose = "id" if secret != "s" * 32 else "session"
    other = Signing(site.server, settings(tmp_path, secret_key=secret))
    answer = tap(site.client, Cookie=f"{COOKIE}={other.sign(purpose, 'me')}")

    assert cookie_of(answer) is not None


def test_an_id_is_taken_for_a_day_and_then_replaced(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing = Signing(site.server, settings(tmp_path))
    now = int(time.time())
    for age, is_taken in ((ID_SECONDS - 60, True), (ID_SECONDS + 60, False)):
        with monkeypatch.context() as patch:
            patch.setattr(
                "itsdangerous.timed.TimestampSigner.get_timestamp", lambda _, at=now - age: at
            )
            signed = signing.sign("id", f"{age}")
        assert (cookie_of(tap(site.client, Cookie=f"{COOKIE}={signed}")) is None) == is_taken


def test_a_made_up_forwarded_address_gets_no_limit_of_its_own(tmp_path: Path) -> None:
    with open_site(settings(tmp_path, clicks_per_address=1)) as site:
        answers = [tap(site.client, 25, **{"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(10)]

    assert [answer.status_code for answer in answers].count(429) >= 8


def test_behind_a_trusted_proxy_each_client_has_its_own_limit(tmp_path: Path) -> None:
    with open_site(settings(tmp_path, clicks_per_address=1, trusted_hops=1)) as site:

        def answers(forwarded: str) -> list[int]:
            headers = {"X-Forwarded-For": forwarded}
            return [tap(site.client, 25, **headers).status_code for _ in range(10)]

        for last in ("192.0.2.1", "192.0.2.2"):
            assert answers(f"198.51.100.9, {last}").count(429) >= 8
        assert answers("192.0.2.3, 192.0.2.1")[0] == 429


def test_fewer_addresses_than_proxies_count_for_the_last_of_these(tmp_path: Path) -> None:
    with open_site(settings(tmp_path, clicks_per_address=1, trusted_hops=2)) as site:
        made_up = [tap(site.client, 25, **{"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(10)]
        assert [answer.status_code for answer in made_up].count(429) >= 8
        chain = {"X-Forwarded-For": "made up, 192.0.2.1, 10.0.0.1"}
        assert tap(site.client, 25, **chain).status_code == 200


def test_new_ids_are_limited_and_who_gets_none_may_click_all_the_same(tmp_path: Path) -> None:
    with open_site(settings(tmp_path, new_ids_per_address=2)) as site:
        began = time.monotonic()
        answers = [tap(site.client) for _ in range(100)]
        seconds = time.monotonic() - began

    assert {answer.status_code for answer in answers} == {200}
    cookies = [cookie for answer in answers if (cookie := cookie_of(answer))]
    assert 2 <= len(cookies) <= 2 + 2 * seconds + 1
    assert len(set(cookies)) == len(cookies)


def test_a_refusal_says_when_to_come_again_and_that_nothing_was_appended(site: Site) -> None:
    phone = browser(site)
    tap(phone)
    assert tap(phone, 500).status_code == 200
    refused = tap(phone)

    seconds = int(refused.headers["Retry-After"])
    assert refused.status_code == 429
    assert 15 <= seconds <= 23
    assert refused.get_json() == {
        "status": "error",
        "message": f"Too many clicks; try again in {seconds} s",
        "appended": False,
    }
    site.wait_for_totals(501)


def test_a_phone_that_catches_up_after_an_outage_is_let_in_batch_after_batch(
    tmp_path: Path,
) -> None:
    with open_site(settings(tmp_path, clicks_per_id=500, burst_seconds=1)) as site:
        phone = browser(site)
        tap(phone)
        deadline = time.monotonic() + 20
        for seq in range(3):
            body = {"client": "phone", "seq": seq, "clicks": [{"type": "hate"}] * 500}
            while (answer := phone.post(CLICK, json=body)).status_code == 429:
                assert time.monotonic() < deadline
                assert int(answer.headers["Retry-After"]) <= 2
            assert answer.status_code == 200
        site.wait_for_totals(1, 1500)


def test_the_cookie_is_for_the_click_route_alone_and_no_script_reads_it(site: Site) -> None:
    plain = tap(site.client).headers["Set-Cookie"]
    secure = site.client.post(CLICK, json={"type": "hate"}, base_url="https://a").headers

    words = plain.split("; ")
    assert words[1:] == ["HttpOnly", "SameSite=Lax"]
    assert "; Secure; " in secure["Set-Cookie"]
    phone = browser(site)
    tap(phone)
    assert phone.get_cookie(COOKIE, path=COOKIE_FOLDER) is not None
    assert COOKIE not in phone.get("/").request.headers.get("Cookie", "")


def test_only_clicks_bring_a_cookie(site: Site) -> None:
    for path in ("/", "/kafka-clicker", "/kafka-dashboard", "/kafka/timeline", "/kafka/data"):
        assert "Set-Cookie" not in site.ask("GET", path).headers, path
    assert "Set-Cookie" not in site.click({"type": "nothing"}).headers


def test_the_limits_are_switched_off_together(tmp_path: Path) -> None:
    changes = {"rate_limits": "off", "clicks_per_id": 1, "clicks_per_address": 1}
    with open_site(settings(tmp_path, **changes)) as site:
        answers = [tap(client, 100) for client in (site.client, browser(site)) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert not any("Set-Cookie" in answer.headers for answer in answers)


def test_what_is_no_click_takes_nothing_from_the_limit(tmp_path: Path) -> None:
    with open_live_site(settings(tmp_path, clicks_per_address=1)) as site:
        for _ in range(20):
            assert site.click({"clicks": [{"type": "nothing"}] * 9}).status_code == 400
        assert site.click({"type": "cheers"}).status_code == 200
