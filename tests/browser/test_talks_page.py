"""The list of the talks: what it says of each, and what it says where there are none."""

import time

from tests.browser import axe
from tests.browser.gate import Gate, Trouble
from tests.browser.looks import CUT, DESK, PHONE, WALL, looks
from tests.browser.phone import Phone
from tests.browser.site import PRESENTER_CODE, Site
from tests.browser.states import LONG_TITLE
from tests.waiting import eventually

TALKS = "kafka/talks"
BUTTONS = [
    {"key": "fast", "label": "Too fast 🐇"},
    {"key": "ok", "label": "<img src=x onerror=alert(1)>"},
]
TEXTS = """
return [...document.querySelectorAll('#talks > li')]
  .map((entry) => [...entry.querySelectorAll(arguments[0])].map((node) => node.textContent));
"""
WAYS = "return [...document.querySelectorAll('#talks a')].map((way) => way.getAttribute('href'))"
REPORT = "kafka-report?talk="
FACES = "document.dispatchEvent(new Event('visibilitychange'))"


def open_talks(phone: Phone, search: str = "") -> None:
    """Open the page and wait until it has read the talks."""
    phone.browser.wait_for_page(f"{phone.base}/kafka-talks{search}")
    phone.browser.wait_for_element("#talks")


def texts(phone: Phone, selector: str) -> list[list[str]]:
    """Return the texts of these elements in each entry of the list."""
    found: list[list[str]] = phone.run(TEXTS, selector)
    return found


def hold_talks(site: Site) -> None:
    """Hold a talk with five taps, one with hidden results, and start one that runs."""
    now = int(time.time())
    ended = {"started_at": now - 3000, "ended_at": now - 1200, "id": "talk0001"}
    hidden = {"started_at": now - 1000, "ended_at": now - 700, "id": "talk0002"}
    site.present("POST", "", {"title": LONG_TITLE, "reactions": BUTTONS, **ended})
    site.present("POST", "", {"title": "Hidden", "reactions": BUTTONS, **hidden})
    site.present("PATCH", "/talk0002", {"results": "hidden"})
    site.present("POST", "", {"title": "Now", "started_at": now - 600, "id": "talk0003"})
    site.click(*[("fast", 1500)] * 4, ("ok", 2000), ("fast", 800), ("cheers", 60))


def says(phone: Phone, selector: str, words: str) -> None:
    """Wait until the element contains the words."""
    eventually(lambda: words in phone.text(selector), 10, lambda: phone.text(selector))


def is_shown(phone: Phone, *taps: str) -> bool:
    return [each for (each,) in texts(phone, ".talks-taps")] == [*taps]


def test_the_talks_are_there_the_newest_first_with_what_one_may_know(
    phone: Phone, site: Site
) -> None:
    hold_talks(site)
    phone.cdp("Emulation.setTimezoneOverride", timezoneId="Europe/Madrid")
    taps = "Taps: 1", "Taps: 1 · The presenter shows the results later.", "Taps: 5"
    open_talks(phone)
    eventually(lambda: is_shown(phone, *taps), 20, lambda: f"{texts(phone, 'p')}")

    assert texts(phone, "h2") == [["Now"], ["Hidden"], [LONG_TITLE]]
    assert texts(phone, ".status") == [["Running"], [], []]
    assert texts(phone, ".talks-part") == [
        ["Cheers 👍1100%", "Hate 👎00%"],
        [],
        ["Too fast 🐇480%", "<img src=x onerror=alert(1)>120%"],
    ]
    assert phone.run(WAYS) == [f"{REPORT}talk0001"]
    assert "length 0:30:00" in texts(phone, ".talks-when")[2][0]
    assert "UTC+1" in phone.text("#zone") or "UTC+2" in phone.text("#zone")
    assert phone.run("return document.querySelectorAll('main img, main [style]').length") == 0
    assert phone.console() == []
    assert phone.foreign_requests() == []


def test_the_presenter_finds_the_report_of_the_running_talk(phone: Phone, site: Site) -> None:
    hold_talks(site)
    open_talks(phone, f"?presenter={PRESENTER_CODE}")
    ways = [f"{REPORT}talk0003", f"{REPORT}talk0001"]
    eventually(lambda: phone.run(WAYS) == ways, 20, lambda: f"{phone.run(WAYS)}")


def test_a_talk_that_begins_appears_and_what_is_focused_stays(phone: Phone, site: Site) -> None:
    site.present("POST", "", {"title": "First", "started_at": 1000, "ended_at": 2000})
    open_talks(phone)
    eventually(lambda: texts(phone, "h2") == [["First"]], 20, "there is no talk")
    phone.run("document.querySelector('#talks a').focus()")
    site.present("POST", "", {"title": "Second"})
    phone.run(FACES)

    eventually(lambda: texts(phone, "h2") == [["Second"], ["First"]], 5, "none appears")
    assert phone.run("return document.activeElement.getAttribute('href')").startswith(REPORT)


def test_without_talks_and_without_answers_the_page_says_so(phone: Phone, gate: Gate) -> None:
    open_talks(phone)
    says(phone, "#no-talks", "There are no talks yet.")
    phone.speaks("es")
    says(phone, "#no-talks", "Todavía no hay charlas.")
    phone.speaks("en")
    troubles = {
        "The server does not answer": Trouble(lose="request"),
        "needs the access code": Trouble(status=401, body={"message": "code"}),
        "cannot be read now: no leader": Trouble(
            status=200, body={"talks": [], "may_change": False, "problem": "no leader"}
        ),
    }
    for words, trouble in troubles.items():
        gate.trouble[TALKS] = trouble
        phone.run(FACES)
        says(phone, "#trouble", words)
    gate.clear()
    phone.run(FACES)
    phone.shows("#trouble", "")


def test_everybody_can_use_it_on_every_screen(phone: Phone, site: Site) -> None:
    hold_talks(site)
    open_talks(phone)
    eventually(lambda: len(texts(phone, "h2")) == 3, 20, "there are no talks")
    for look in looks(phone):
        assert phone.fits(look.size[0])
        assert phone.run(CUT) == []
        phone.picture(f"talks {look}")
        if look.size in {PHONE, DESK, WALL}:
            assert axe.examine(phone).violations == [], look
    assert phone.console() == []


def test_the_dashboard_leads_to_the_talks(phone: Phone, site: Site) -> None:
    phone.resize(1366, 768)
    phone.open_dashboard()
    phone.run("document.querySelector('[href=\"kafka-talks\"]').click()")
    phone.browser.wait_for_element("#talks")
    phone.run("document.querySelector('[href=\"kafka-dashboard\"]').click()")
    phone.browser.wait_for_element("#status")
