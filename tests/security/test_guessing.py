"""Who guesses access codes: slowed down, and no harm to those who know them."""

import re
from urllib.parse import urljoin

import pytest
from werkzeug.test import TestResponse

from tests.security.codes import MakeSite, browser, follow, status
from tests.served import PREFIX
from tests.sites import Site
from tests.waiting import eventually


@pytest.mark.parametrize("limits", ["on", "off"])
def test_who_guesses_a_short_code_is_slowed_down_and_even_the_right_one_waits_then(
    make_site: MakeSite, limits: str
) -> None:
    site = make_site(rate_limits=limits, dashboard_code="short-code.")

    def bearer(code: str) -> int:
        return status(site.client, "/kafka/timeline", Authorization=f"Bearer {code}")

    assert [bearer("guess") for _ in range(60)] == [401] * 60
    # One more is let in each second: the two must come within the same one.
    eventually(lambda: bearer("guess") == bearer("short-code.") == 429, 20, "nobody is slowed down")
    eventually(lambda: bearer("short-code.") == 200, 20, "it is never taken again")


@pytest.mark.parametrize("limits", ["on", "off"])
def test_who_guesses_a_long_code_keeps_nobody_at_the_same_address_out(
    make_site: MakeSite, limits: str
) -> None:
    code = "long-code.12"
    site = make_site(rate_limits=limits, clicker_code=code, dashboard_code=code)

    def bearer(code: str) -> int:
        return status(site.client, "/kafka/timeline", Authorization=f"Bearer {code}")

    answers = [bearer(f"guess-{number}") for number in range(200)]
    assert answers[:60] == [401] * 60
    assert answers.count(429) > 100
    for path in ("/kafka-dashboard", "/kafka-clicker", "/j", "/kafka-clicker/"):
        bearer("guess")
        assert follow(browser(site), f"{PREFIX}{path}?code={code}").status_code == 200
        bearer("guess")
    assert bearer(code) == 200
    typed = site.ask("POST", "/code", data={"page": "kafka-clicker", "code": code})
    assert (typed.status_code, typed.headers["Location"]) == (303, "kafka-clicker")


def until_too_many(site: Site, path: str) -> TestResponse:
    """Guess at an address until it is refused."""
    for _ in range(500):
        answer = site.client.get(f"{path}?code=guess")
        if answer.status_code == 429:
            return answer
    raise AssertionError("it may be guessed for ever")


@pytest.mark.parametrize("place", ["", PREFIX])
def test_at_the_short_way_too_a_page_says_that_there_were_too_many(site: Site, place: str) -> None:
    refused = until_too_many(site, f"{place}/j")

    assert refused.mimetype == "text/html"
    assert "Too many wrong codes" in refused.text
    assert int(refused.headers["Retry-After"]) >= 1
    addresses = re.findall(r'(?:src|href)="([^"]+)"', refused.text)
    assert len(addresses) >= 4
    for address in addresses:
        assert site.client.get(urljoin(f"{place}/j", address)).status_code == 200, address
    (action,) = re.findall(r'action="([^"]+)"', refused.text)
    typed = {"page": "kafka-clicker", "code": "tap-tap-tap"}
    # It is the form's address: another would be 404.
    answer = site.client.post(urljoin(f"{place}/j", action), data=typed)
    assert answer.status_code in {303, 429}


def test_at_the_short_way_who_has_given_the_code_is_passed_on(site: Site) -> None:
    phone = browser(site)
    follow(phone, "/j?code=tap-tap-tap")
    until_too_many(site, "/j")

    assert follow(phone, "/j?code=tap-tap-tap").status_code == 200
    assert follow(phone, "/j").status_code == 200


@pytest.mark.parametrize("way", ["address", "form"])
def test_the_form_says_that_there_were_too_many(site: Site, way: str) -> None:
    def guess() -> TestResponse:
        if way == "address":
            return site.ask("GET", "/kafka-clicker?code=guess")
        return site.ask("POST", "/code", data={"page": "kafka-clicker", "code": "guess"})

    assert guess().status_code == 401
    eventually(lambda: guess().status_code == 429, 20, "it may be guessed for ever")
    refused = next(answer for answer in iter(guess, None) if answer.status_code == 429)
    assert refused.mimetype == "text/html"
    assert "Too many wrong codes" in refused.text
    assert int(refused.headers["Retry-After"]) >= 1


def test_who_has_given_the_code_is_not_slowed_down_by_who_guesses(site: Site) -> None:
    client = browser(site)
    follow(client, f"{PREFIX}/kafka-dashboard?code=for-the-presenter")
    for number in range(70):
        status(site.client, "/kafka/timeline", Authorization=f"Bearer guess-{number}")

    assert status(client, "/kafka/timeline") == 200
