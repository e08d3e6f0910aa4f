"""The report in its states on each screen: everybody can use it, and nothing is cut off."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.browser import axe
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone, themes_and_languages
from tests.browser.reports import (
    ARCHIVE,
    EXAMPLE,
    answer_with,
    fills_its_frame,
    hard_report,
    open_page,
    open_report,
)
from tests.browser.test_pictures import CUT, SIZES, has_theme
from tests.waiting import eventually

PHONE, DESK, WALL = (390, 844), (1366, 768), (1920, 1080)
FOCUS = """
const { activeElement: e } = document;
const { do: does, speed, switch: switches } = e.dataset;
return [e.id || does || switches || speed || e.textContent, getComputedStyle(e).outlineStyle];
"""

OVERLAPS = """
const places = '#report-title, #report-time, .total, .panel-head, .timeline-frame, .replay, #foot';
const boxes = [...document.querySelectorAll(places)]
  .map((e) => [e.id || e.className, e.getBoundingClientRect()])
  .filter(([, { width }]) => width > 0);
const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
  && a.top < b.bottom - 1 && b.top < a.bottom - 1;
return boxes.flatMap(([name, a], at) => boxes.slice(at + 1)
  .filter(([, b]) => meet(a, b)).map(([other]) => `${name} and ${other}`));
"""


def _counting(phone: Phone, gate: Gate) -> None:
    gate.trouble[ARCHIVE] = Trouble(hold_answer=60)
    open_page(phone)


def _trouble(phone: Phone, gate: Gate) -> None:
    gate.trouble[ARCHIVE] = Trouble(status=404, body={"message": "There is no such talk"})
    open_page(phone)
    eventually(lambda: phone.text("#trouble") != "", 10, "nothing is said")


def _report(phone: Phone, gate: Gate) -> None:
    answer_with(gate, {"report": EXAMPLE})
    open_report(phone)


def _hard(phone: Phone, gate: Gate) -> None:
    answer_with(gate, {"report": hard_report()})
    open_report(phone)


def _presenter(phone: Phone, gate: Gate) -> None:
    answer_with(gate, {"report": EXAMPLE})
    open_report(phone, "?talk=k7wq2m9x&view=presenter")


def _presenter_of_eight(phone: Phone, gate: Gate) -> None:
    answer_with(gate, {"report": hard_report()})
    open_report(phone, "?talk=k7wq2m9x&view=presenter")


LIGHT_PHONE, DARK_PHONE = (PHONE, "light", "es"), (PHONE, "dark", "en")
LIGHT_DESK, DARK_DESK = (DESK, "light", "en"), (DESK, "dark", "es")
STATES: dict[str, tuple[Callable[[Phone, Gate], None], list[tuple[tuple[int, int], str, str]]]] = {
    "counting": (_counting, [LIGHT_PHONE, DARK_DESK]),
    "trouble": (_trouble, [DARK_PHONE, LIGHT_DESK]),
    "report": (_report, [LIGHT_PHONE, DARK_PHONE, LIGHT_DESK, DARK_DESK]),
    "hard": (_hard, [LIGHT_DESK, DARK_PHONE]),
    "presenter": (_presenter, [(WALL, "dark", "en"), (WALL, "light", "es")]),
    "presenter of eight": (_presenter_of_eight, [(WALL, "dark", "es")]),
}


@pytest.mark.parametrize("name", STATES)
def test_a_report_can_be_used_by_everybody(
    phone: Phone, gate: Gate, name: str, undecided: set[str]
) -> None:
    enter, looks = STATES[name]
    phone.prefers("dark", reduced_motion=True)
    enter(phone, gate)

    for size, theme, language in looks:
        phone.prefers(theme, reduced_motion=True)
        phone.speaks(language)
        phone.resize(*size)
        findings = axe.examine(phone)
        undecided |= {f"report: {line}" for line in findings.incomplete}
        assert findings.violations == [], (theme, language, size)


@pytest.mark.parametrize("name", ["report", "hard", "presenter", "presenter of eight"])
def test_a_report_fits_every_screen(phone: Phone, gate: Gate, name: str) -> None:
    enter, _ = STATES[name]
    enter(phone, gate)

    for theme, language in themes_and_languages():
        phone.speaks(language)
        has_theme(phone, theme)
        for width, height in SIZES:
            phone.resize(width, height)
            eventually(partial(phone.fits, width), 5, f"the page is wider than {width}")
            eventually(lambda: phone.run(CUT) == [], 5, lambda: f"cut off: {phone.run(CUT)}")
            phone.picture(f"report {name} {theme} {language} {width}")


@pytest.mark.parametrize("size", [DESK, WALL])
def test_no_button_of_the_presenter_view_lies_over_anything(
    phone: Phone, gate: Gate, size: tuple[int, int]
) -> None:
    report = {**EXAMPLE, "talk": {**EXAMPLE["talk"], "title": "A title of 80 signs: " + "W" * 59}}
    answer_with(gate, {"report": report})
    phone.resize(*size)
    open_report(phone, "?talk=k7wq2m9x&view=presenter")
    for language in ("en", "es"):
        phone.speaks(language)
        eventually(lambda: phone.run(OVERLAPS) == [], 5, lambda: f"overlap: {phone.run(OVERLAPS)}")
        fills_its_frame(phone)


def test_the_focus_is_seen_wherever_the_keyboard_leads(phone: Phone, gate: Gate) -> None:
    _report(phone, gate)
    phone.run("document.body.focus()")
    seen = []
    for _ in range(30):
        phone.driver.switch_to.active_element.send_keys("\ue004")
        seen.append(tuple(phone.run(FOCUS)))

    names = [name for name, _ in seen]
    assert {"play", "1", "10", "60", "moment", "CSV", "png", "presenter", "language"} <= {*names}
    assert [name for name, outline in seen if outline != "solid" and len(name) < 40] == []
