"""Limits and access codes as a phone meets them."""

from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.phone import CHEERS
from tests.waiting import eventually


def test_taps_over_the_limit_wait_and_arrive(make_site: MakeSite, phone_of: PhoneOf) -> None:
    site = make_site(clicks_per_id=1, burst_seconds=1)
    phone = phone_of(site)
    phone.open_clicker()
    for number in range(1, 4):
        phone.tap(CHEERS)
        phone.shows("#cheers-count", str(number))
        eventually(lambda: phone.text("#toast") != "", 10, "nothing is said")
    for _ in range(3):
        phone.tap(CHEERS)

    site.has_counted(6, 0, 40)
    phone.shows("#delivery", "Sent: 6")
    refusals = phone.console()
    assert refusals
    assert all("429" in entry for entry in refusals)


def test_a_phone_joins_with_the_code_in_the_address(make_site: MakeSite, phone_of: PhoneOf) -> None:
    site = make_site(clicker_code="tap-tap-tap")
    phone = phone_of(site)
    phone.browser.wait_for_page(f"{phone.base}/j?code=tap-tap-tap")
    phone.browser.wait_for_element(CHEERS)
    assert phone.driver.current_url == f"{phone.base}/kafka-clicker"
    phone.tap(CHEERS)

    site.has_counted(1, 0)
    assert phone.console() == []


def test_the_code_is_typed_into_the_form(make_site: MakeSite, phone_of: PhoneOf) -> None:
    phone = phone_of(make_site(clicker_code="tap-tap-tap"))
    for typed, shown in (("nonsense", "[role=alert] span"), ("tap-tap-tap", CHEERS)):
        phone.driver.get(f"{phone.base}/kafka-clicker")
        phone.find("input[type=password]").send_keys(f"{typed}\n")
        phone.browser.wait_for_element(shown)

    assert phone.driver.current_url == f"{phone.base}/kafka-clicker"
    assert all("401" in entry for entry in phone.console())
    phone.driver.delete_all_cookies()
