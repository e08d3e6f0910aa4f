"""Theme and language: followed, switched, remembered, on each page."""

from typing import Any

import pytest

from tests.browser.phone import Phone
from tests.waiting import eventually

PAGES = ["/kafka-clicker", "/kafka-dashboard", "/"]
ROOT = "document.documentElement"
SWITCH = "#react-entry-point [data-switch='{}']"


def open_page(phone: Phone, path: str) -> None:
    phone.browser.wait_for_page(phone.base + path)
    phone.browser.wait_for_element(SWITCH.format("language"))


def looks(phone: Phone) -> tuple[Any, ...]:
    """Return language, theme, and whether the ground is dark, as the page has them."""
    language, theme, ground = phone.run(
        f"return [{ROOT}.lang, {ROOT}.dataset.bsTheme,"
        f" getComputedStyle({ROOT}).backgroundColor.match(/\\d+/g).map(Number)]"
    )
    return language, theme, max(ground) < 128


def prefers(phone: Phone, theme: str, language: str) -> None:
    phone.prefers(theme)
    agent = phone.run("return navigator.userAgent")
    phone.cdp("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_follows_the_system_and_the_browser(phone: Phone, path: str) -> None:
    prefers(phone, "light", "es-ES")
    open_page(phone, path)
    assert looks(phone) == ("es", "light", False)
    assert phone.text(SWITCH.format("language")) == "English"

    prefers(phone, "dark", "es-ES")
    eventually(lambda: looks(phone) == ("es", "dark", True), 3, "the system is not followed")
    assert phone.console() == []


@pytest.mark.parametrize("path", PAGES)
def test_a_choice_is_remembered_on_all_pages(phone: Phone, path: str) -> None:
    prefers(phone, "dark", "en-US")
    open_page(phone, path)
    for switch in ("theme", "language"):
        phone.tap(SWITCH.format(switch))
    eventually(lambda: looks(phone) == ("es", "light", False), 3, "nothing was switched")

    for other in PAGES:
        open_page(phone, other)
        assert looks(phone) == ("es", "light", False)
        name = phone.run(
            "return document.querySelector(arguments[0]).ariaLabel", SWITCH.format("theme")
        )
        assert name == "Cambiar entre oscuro y claro"
    phone.run("localStorage.clear()")
    assert phone.console() == []


@pytest.mark.parametrize("path", PAGES)
def test_the_switches_answer_to_keys(phone: Phone, path: str) -> None:
    prefers(phone, "dark", "en-US")
    open_page(phone, path)
    for switch, key in (("theme", "Enter"), ("language", " ")):
        phone.run("document.querySelector(arguments[0]).focus()", SWITCH.format(switch))
        phone.key("keyDown", key)
        phone.key("keyUp", key)
    eventually(lambda: looks(phone) == ("es", "light", False), 3, "nothing was switched")
    phone.run("localStorage.clear()")
