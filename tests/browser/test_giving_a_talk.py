"""Two talks as README.md has them: a presenter with the printed link, and two phones."""

import json
import re
import time
import urllib.request
from pathlib import Path
from typing import Any

from dash.testing.browser import Browser
from selenium.webdriver.common.keys import Keys

from tests.browser.phone import Phone
from tests.browser.presenting import FILL_IN
from tests.browser.reports import drawn
from tests.browser.site import PREFIX, Site, SiteProcess
from tests.waiting import eventually

LABELS = ("Too fast 🐇", "Just right 👌", "Too slow 🐢")
KEYS = ("too-fast", "just-right", "too-slow")
CLOSED = "return document.querySelectorAll('.pad-button[aria-disabled=true]').length"


class Room:
    """The projector and two phones, each a tab of one browser."""

    def __init__(self, browser: Browser, site: Site, link: str) -> None:
        self.page = Phone(browser, site.port)
        self.driver = self.page.driver
        self.title = ""
        self.tabs = [self.driver.current_window_handle]
        self.page.resize(1366, 768)
        self.driver.get(link.replace("127.0.0.1", "phone.test"))
        self.page.browser.wait_for_element("#bar [data-bar=start]:not([hidden])")
        for _ in range(2):
            self.driver.switch_to.new_window("tab")
            self.tabs.append(self.driver.current_window_handle)
            self.page.resize(390, 844)
            self.page.open_clicker()

    def phone(self, number: int) -> Phone:
        """Take up one of the phones, 1 or 2."""
        self.driver.switch_to.window(self.tabs[number])
        return self.page

    def tap(self, number: int, *keys: str) -> None:
        """Tap buttons on one of the phones, which offers those of the talk within ten seconds."""
        phone = self.phone(number)
        phone.shows("#react-entry-point .talk-title", self.title)
        phone.offers(*LABELS)
        for key in keys:
            phone.tap(f"#react-entry-point [data-tap={key}]")

    def projector(self) -> Phone:
        """Turn to the projector."""
        self.driver.switch_to.window(self.tabs[0])
        return self.page

    def press(self, what: str, then: str) -> None:
        """Press a button of the bar, and wait for what it says then, or for another one."""
        projector = self.projector()
        projector.find(f"#bar [data-bar={what}]").click()
        projector.browser.wait_for_text_to_equal(f"#bar [data-bar={what}]", then)

    def start(self, title: str) -> None:
        """Start the talk whose buttons stand in the dialog."""
        self.projector().find("#new-title").send_keys(title + Keys.ENTER)
        self.page.browser.wait_for_element("#bar [data-bar=mark]:not([hidden])")
        # The second in which it starts may be the last one of the talk before.
        self.page.shows("#talk-name", title)
        eventually(lambda: self.page.text("#talk-time") > "0:00:00", 10, "it does not run")
        self.title = title

    def end(self) -> None:
        """Press *End* until it has been pressed twice, half a second apart."""
        is_over = "return !document.querySelector('#bar [data-bar=start]').hidden"
        button = self.projector().find("#bar [data-bar=end]")
        button.click()
        self.page.shows("#bar [data-bar=end]", "Press again to end")

        def pressed() -> bool:
            self.page.run("arguments[0].click()", button)
            return bool(self.page.run(is_over))

        eventually(pressed, 5, "the talk goes on")


def talks(site: Site) -> list[Any]:
    """Return the list of talks, as anybody may read it."""
    with urllib.request.urlopen(f"http://127.0.0.1:{site.port}{PREFIX}/kafka/talks") as answer:
        found: list[Any] = json.load(answer)["talks"]
    return found


def newest_has(site: Site, **totals: int) -> None:
    """Wait until the newest talk has counted exactly so many."""
    wanted = {key.replace("_", "-"): count for key, count in totals.items()}
    eventually(
        lambda: talks(site)[0]["totals"] == wanted, 10, lambda: f"{talks(site)[0]}, not {wanted}"
    )


def give_the_first(room: Room, site: Site) -> None:
    """Start with buttons of one's own, hide, mark, close, reveal and end."""
    room.page.find("#bar [data-bar=start]").click()
    room.page.run(FILL_IN, "#new-buttons", "\n".join(LABELS))
    room.start("Kafka in an hour")
    room.press("results", "Show results")
    room.tap(1, "too-fast", "too-fast", "just-right")
    room.tap(2, "too-fast", "too-slow", "too-slow")
    newest_has(site, all=6)
    projector = room.projector()
    projector.find("body").send_keys("m")
    projector.browser.wait_for_element("#bar input:not([hidden])")
    # Whoever types a label takes longer than a double press.
    shown = time.monotonic()
    eventually(lambda: time.monotonic() - shown > 0.6, 5, "time stands still")
    projector.find("#bar input").send_keys("Slide 7" + Keys.ENTER)
    room.press("taps", "Open taps")
    phone = room.phone(1)
    eventually(lambda: phone.run(CLOSED) == len(LABELS), 12, "the buttons stay open")
    phone.tap("#react-entry-point [data-tap=too-fast]")
    room.press("results", "Hide results")
    room.end()


def test_a_presenter_and_two_phones_give_two_talks(
    browser: Browser, site_process: SiteProcess, tmp_path: Path
) -> None:
    site = site_process
    link = re.search(r"Presenter: (\S+)", (tmp_path / "site.log").read_text())
    assert link is not None
    room = Room(browser, site, link[1])
    assert "presenter=" not in room.projector().driver.current_url

    give_the_first(room, site)
    room.press("start", "Start a talk…")
    room.page.run("document.querySelector('#new-source').options[1].selected = true")
    room.page.run("document.querySelector('#new-source').dispatchEvent(new Event('change'))")
    room.start("Questions")
    room.tap(2, "just-right")
    room.tap(1, "just-right", "too-slow")
    newest_has(site, too_fast=0, just_right=2, too_slow=1)
    room.end()

    newest_has(site, too_fast=0, just_right=2, too_slow=1)
    second, first = talks(site)
    assert [first["title"], second["title"]] == ["Kafka in an hour", "Questions"]
    assert first["totals"] == {"too-fast": 3, "just-right": 1, "too-slow": 2}
    assert second["totals"] == {"too-fast": 0, "just-right": 2, "too-slow": 1}
    assert [mark["label"] for mark in first["marks"]] == ["Slide 7"]
    assert first["started_at"] <= first["marks"][0]["at"] < first["ended_at"]
    assert first["ended_at"] <= second["started_at"] < second["ended_at"]
    for talk in (first, second):
        assert [(each["key"], each["label"]) for each in talk["reactions"]] == [
            *zip(KEYS, LABELS, strict=True)
        ]
    room.projector().run("document.querySelector('#bar a[href^=kafka-report]').click()")
    eventually(lambda: drawn(room.page) == [0, 2, 1], 20, "the report has other numbers")
    assert room.page.text("h1") == "Questions"
    # The phones are tabs of one browser.
    assert room.page.text("#total-people") == "1"
    assert room.page.text(".people .part") == "per phone: median 3, most 3"
    assert room.page.console() == []
