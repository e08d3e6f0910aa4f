"""The report in its states on each screen: everybody can use it, and nothing is cut off."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.browser import axe
from tests.browser.gate import Gate, Trouble
from tests.browser.looks import CUT, DESK, PHONE, WALL, Size, looks
from tests.browser.phone import Phone
from tests.browser.reports import (
    ARCHIVE,
    EXAMPLE,
    answer_with,
    fills_its_frame,
    hard_report,
    open_page,
    open_report,
)
from tests.waiting import eventually

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
    gate.trouble[ARCHIVE] = Trouble(hold_answer=600)
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


STATES: dict[str, tuple[Callable[[Phone, Gate], None], set[Size]]] = {
    "counting": (_counting, {PHONE, DESK}),
    "trouble": (_trouble, {PHONE, DESK}),
    "report": (_report, {PHONE, DESK}),
    "hard": (_hard, {PHONE, DESK}),
    "presenter": (_presenter, {WALL}),
    "presenter of eight": (_presenter_of_eight, {WALL}),
}
"""What brings each state about, and on which screens axe-core looks at it."""


@pytest.mark.parametrize("name", STATES)
def test_a_report_fits_every_screen_and_serves_everybody(
    phone: Phone, gate: Gate, name: str, undecided: set[str]
) -> None:
    enter, examined = STATES[name]
    enter(phone, gate)

    for look in looks(phone):
        width = look.size[0]
        eventually(partial(phone.fits, width), 5, f"the page is wider than {width}")
        eventually(lambda: phone.run(CUT) == [], 5, lambda: f"cut off: {phone.run(CUT)}")
        picture = f"report {name} {look}"
        phone.picture(picture)
        if look.size in examined:
            axe.serves_everybody(phone, picture, undecided)


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
