"""The form that asks for an access code: usable by everybody, and pictured."""

from itertools import product

import pytest

from tests.browser import axe
from tests.browser.conftest import MakeSite
from tests.browser.phone import Phone
from tests.browser.site import Site

CUT = """
const seen = "h1, input[name=code], button, [role=button], p";
return [...document.querySelectorAll(seen)].filter((e) => {
  const box = e.getBoundingClientRect();
  const isOut = box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight;
  return isOut || e.scrollWidth > e.clientWidth + 1;
}).map((e) => e.outerHTML);
"""
SAID = {
    "": {"en": "", "es": ""},
    "wrong": {"en": "That is not the code.", "es": "Ese no es el código."},
}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A site whose clicker asks for a code."""
    return make_site(clicker_code="tap-tap-tap")


@pytest.mark.parametrize("reason", SAID, ids=["asked", "wrong"])
def test_the_code_form_fits_every_phone_and_can_be_used_by_everybody(
    phone: Phone, reason: str, undecided: set[str]
) -> None:
    phone.prefers("dark", reduced_motion=True)
    phone.driver.get(f"{phone.base}/kafka-clicker")
    if reason:
        phone.run("document.querySelector('[name=code]').value = 'no'")
        phone.find("[type=submit]").click()
        phone.shows("[role=alert]", SAID[reason]["en"])

    for theme, language in product(("dark", "light"), ("en", "es")):
        phone.prefers(theme, reduced_motion=True)
        phone.speaks(language)
        assert phone.text("[role=alert]") == SAID[reason][language]
        axe.serves_everybody(phone, f"code form {theme} {language}", undecided)
        for width, height in ((390, 844), (320, 568), (844, 390), (1366, 768)):
            phone.resize(width, height)
            assert phone.run("return document.documentElement.scrollWidth") == width
            assert phone.run(CUT) == []
            phone.picture(f"code form {reason or 'asked'} {theme} {language} {width}")
    # The form is the answer 401 itself.
    assert [entry for entry in phone.console() if " 401 " not in entry] == []
    assert phone.foreign_requests() == []


def test_the_code_opens_the_page(phone: Phone) -> None:
    phone.driver.get(f"{phone.base}/kafka-clicker")
    phone.run("document.querySelector('[name=code]').value = 'tap-tap-tap'")
    phone.find("[type=submit]").click()

    phone.browser.wait_for_element("#react-entry-point #cheers-button")
