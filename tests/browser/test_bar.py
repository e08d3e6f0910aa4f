"""The presenter's bar: who sees it, what its keys do, and what becomes of a press that fails."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser import axe
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone
from tests.browser.presenting import present, press_bar, start_by_bar
from tests.browser.site import PRESENTER_CODE, Site
from tests.browser.viewer import query
from tests.waiting import eventually

SHOWN = """
const buttons = [...document.querySelectorAll('#bar [data-bar]')];
return buttons.filter((each) => each.getClientRects().length > 0).map((each) => each.dataset.bar);
"""
FOCUS = "const { activeElement: e } = document; return e.dataset.bar || e.id || e.tagName"
IS_OPEN = "return document.querySelector('.talk-dialog').hasAttribute('open')"
LEAVES = "return dispatchEvent(new Event('beforeunload', { cancelable: true }))"
SMALL = """
const boxes = [...document.querySelectorAll('#bar .control, #bar input, .talk-dialog .control')];
const sizes = boxes.map((each) => each.getBoundingClientRect()).filter(({ width }) => width > 0);
return sizes.filter(({ width, height }) => Math.min(width, height) < 44).length;
"""
RUNNING = ["mark", "taps", "results", "end"]


@pytest.fixture(autouse=True)
def right(phone: Phone) -> Iterator[None]:
    """Leave no right behind in the browser."""
    phone.cdp("Network.clearBrowserCookies")
    yield
    phone.cdp("Network.clearBrowserCookies")


def key(phone: Phone, name: str) -> None:
    phone.key("keyDown", name)
    phone.key("keyUp", name)


def shows(phone: Phone, *buttons: str) -> None:
    eventually(
        lambda: phone.run(SHOWN) == [*buttons], 5, lambda: f"{phone.run(SHOWN)}, not {buttons}"
    )


def end(phone: Phone, done: Callable[[], bool]) -> None:
    """Press *End* until it is done: two presses within half a second are one."""

    def pressed() -> bool:
        press_bar(phone, "end")
        return done()

    eventually(pressed, 5, "the talk does not end")


def seconds_pass(site: Site, seconds: float) -> None:
    """Wait until the site's clock has gone on so far."""
    end = site.timeline()["server_time"] + seconds
    eventually(lambda: site.timeline()["server_time"] > end, 2 * seconds, "its clock stands still")


def polls(gate: Gate, times: int) -> None:
    """Wait until the page has asked so often again."""
    before = gate.answered("kafka/timeline")
    eventually(lambda: gate.answered("kafka/timeline") >= before + times, 20, "it asks no more")


def methods(gate: Gate) -> list[str]:
    """Return the methods of the requests for talks."""
    return [seen.method for seen in gate.seen if "kafka/talks" in seen.path]


def talks(site: Site) -> list[Any]:
    found: list[Any] = site.present("GET")["talks"]
    return found


def test_without_the_right_there_is_no_bar(phone: Phone, gate: Gate, site: Site) -> None:
    site.present("POST", "", {"title": "Kafka"})
    phone.open_dashboard()
    polls(gate, 3)
    key(phone, "m")

    assert phone.run("return document.querySelectorAll('#bar, dialog, [data-bar]').length") == 0
    assert methods(gate) == ["GET"]
    assert talks(site)[0]["marks"] == []
    phone.driver.get(f"{phone.base}/kafka-dashboard?view=overlay&presenter={PRESENTER_CODE}")
    polls(gate, 3)
    assert gate.count("kafka/talks") == 1
    body = {"talks": [], "may_change": True, "problem": "the talks <i>cannot</i> be read"}
    gate.trouble["kafka/talks"] = Trouble(status=200, body=body)
    phone.open_dashboard()
    phone.browser.wait_for_element("#bar [data-bar=mark]:disabled")
    assert phone.text(".bar-note") == body["problem"]
    key(phone, "m")
    assert [method for method in methods(gate) if method != "GET"] == []
    assert phone.console() == []


def test_on_a_phone_held_sideways_it_is_one_line(phone: Phone, gate: Gate, site: Site) -> None:
    reason = "Talks cannot be changed now: no broker answered at broker-1:9092,broker-2:9092"
    site.present("POST", "", {"title": "Kafka"})
    phone.resize(844, 390)
    for view in ("", "&view=presenter"):
        present(phone, view)
        shows(phone, *RUNNING)
        press_bar(phone, "mark")
        eventually(lambda: phone.text(".bar-marked") != "", 5, "no mark")
        assert phone.box("#bar")["height"] < 390 / 5
        phone.run("document.querySelector('#bar input').focus()")
        assert 0 <= phone.middle_of("#bar input")[0] <= 844

        gate.trouble["kafka/talks/"] = Trouble(status=503, body={"message": reason})
        press_bar(phone, "results")
        eventually(lambda: reason in phone.text(".bar-note"), 15, "no reason")
        assert phone.box("#bar")["height"] < 390 / 3
        assert 0 <= phone.box(".bar-note")["x"] <= 844 / 4
        assert phone.fits(844)
        del gate.trouble["kafka/talks/"]
        press_bar(phone, "again")
        eventually(lambda: phone.text(".bar-note") == "", 15, "the change is not done")


def test_keys_and_focus(phone: Phone, site: Site, undecided: set[str]) -> None:
    phone.resize(1366, 768)
    present(phone, "&view=presenter")
    shows(phone, "start")
    phone.run("document.querySelector('[data-bar=start]').focus()")
    key(phone, "Enter")
    assert (phone.run(IS_OPEN), phone.run(FOCUS)) == (True, "new-title")
    key(phone, "m")
    key(phone, "Escape")
    assert (phone.run(IS_OPEN), phone.run(FOCUS)) == (False, "start")
    assert query(phone) == {"view": ["presenter"]}, "Esc has left the presenter view, too"

    key(phone, "Enter")
    assert phone.run("return document.querySelector('#new-title').value") == "m"
    key(phone, "Enter")
    shows(phone, *RUNNING)
    eventually(lambda: phone.run(FOCUS) == "mark", 2, lambda: phone.run(FOCUS))
    assert talks(site)[0]["title"] == "m"
    key(phone, "m")
    eventually(lambda: len(talks(site)[0]["marks"]) == 1, 5, "M does not mark")

    phone.run("document.querySelector('#bar input').focus()")
    for name in ("m", "Enter"):
        key(phone, name)
    eventually(lambda: [mark["label"] for mark in talks(site)[0]["marks"]] == ["m"], 5, "no label")
    assert phone.run(FOCUS) == "mark"
    press_bar(phone, "end")
    phone.shows("#bar [data-bar=end]", "Press again to end")
    key(phone, "Escape")
    phone.shows("#bar [data-bar=end]", "End")
    for size in ((390, 844), (1366, 768)):
        phone.resize(*size)
        assert phone.run(SMALL) == 0
    axe.serves_everybody(phone, "bar", undecided)
    assert query(phone) == {"view": ["presenter"]}
    assert phone.console() == []


def test_what_is_pressed_while_nobody_answers_is_done_later_with_its_own_time(
    phone: Phone, gate: Gate, site: Site
) -> None:
    present(phone)
    start_by_bar(phone, "Kafka", "Yes", "No")
    shows(phone, *RUNNING)
    gate.trouble["kafka/talks/"] = Trouble(lose="answer")
    press_bar(phone, "mark", "mark", "taps")
    eventually(lambda: "the server does not answer" in phone.text(".bar-note"), 5, "nothing said")
    seconds_pass(site, 1.5)
    gate.trouble["kafka/talks/"] = Trouble(status=503, body={"message": "no broker"})
    press_bar(phone, "mark")
    end(phone, lambda: "End (no broker)" in phone.text(".bar-note"))
    ended = time.time()
    assert phone.run(LEAVES) is False
    seconds_pass(site, 2.5)
    gate.clear()
    press_bar(phone, "again")

    shows(phone, "start")
    assert phone.text(".bar-note") == ""
    assert phone.run(LEAVES) is True
    (talk,) = talks(site)
    assert talk["taps"] == "closed"
    first, second = (mark["at"] for mark in talk["marks"])
    assert 1 <= second - first <= 4
    assert abs(talk["ended_at"] - ended) <= 2
    assert all("Failed to load resource" in entry for entry in phone.console())


def test_two_presenters(phone: Phone, gate: Gate, site: Site) -> None:
    present(phone)
    shows(phone, "start")
    other = site.present("POST", "", {"title": "The other one's"})
    shows(phone, *RUNNING)
    site.present("PATCH", f"/{other['id']}", {"taps": "closed", "results": "hidden"})
    phone.shows("#bar [data-bar=taps]", "Open taps")
    site.present("PATCH", f"/{other['id']}", {"ended_at": "now"})
    shows(phone, "start", "results")
    report = "return document.querySelector('#bar a:not([href=kafka-lab])').getAttribute('href')"
    assert phone.run(report) == f"kafka-report?talk={other['id']}"
    press_bar(phone, "results")
    shows(phone, "start")
    assert talks(site)[0]["results"] == "shown"


def test_a_talk_is_started_once_and_a_right_that_is_lost_is_said(
    phone: Phone, gate: Gate, site: Site
) -> None:
    present(phone)
    press_bar(phone, "start")
    gate.trouble["kafka/talks"] = Trouble(status=409, body={"message": "It <b>conflicts</b>"})
    start_by_bar(phone, "Mine", "Yes")
    phone.shows(".talk-error", "Not started: It <b>conflicts</b>")
    gate.clear()
    ids = [seen.body["id"] for seen in gate.seen if seen.method == "POST"]
    button = phone.middle_of(".talk-dialog .go")
    for count in (1, 2):
        for kind in ("mousePressed", "mouseReleased"):
            x, y = button
            phone.cdp(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=count
            )
    shows(phone, *RUNNING)
    assert {seen.body["id"] for seen in gate.seen if seen.method == "POST"} == {*ids}
    assert [talk["title"] for talk in talks(site)] == ["Mine"]

    phone.cdp("Network.clearBrowserCookies")
    press_bar(phone, "mark")
    shows(phone, "dismiss")
    assert "You no longer have the presenter's right" in phone.text(".bar-note")
    assert "Kept until then: Mark " in phone.text(".bar-note")
    assert talks(site)[0]["marks"] == []
    phone.run("fetch(`kafka-dashboard?presenter=${arguments[0]}`)", PRESENTER_CODE)
    eventually(lambda: bool(phone.driver.get_cookies()), 5, "the link gives no right")
    phone.run("document.dispatchEvent(new Event('visibilitychange'))")
    shows(phone, *RUNNING)
    eventually(lambda: len(talks(site)[0]["marks"]) == 1, 5, "the mark is lost")

    phone.cdp("Network.clearBrowserCookies")
    press_bar(phone, "taps")
    shows(phone, "dismiss")
    press_bar(phone, "dismiss")
    assert phone.run("return document.querySelectorAll('#bar').length") == 0
    assert all("Failed to load resource" in entry for entry in phone.console())


def test_a_browser_without_dialogs_starts_talks_as_well(phone: Phone, site: Site) -> None:
    gone = "delete HTMLDialogElement.prototype.showModal; delete HTMLDialogElement.prototype.close"
    phone.cdp("Page.addScriptToEvaluateOnNewDocument", source=gone)
    present(phone)
    press_bar(phone, "start")
    assert (phone.run(IS_OPEN), phone.run(FOCUS)) == (True, "new-title")
    assert phone.box(".talk-dialog")["width"] > 300
    key(phone, "Escape")
    assert (phone.run(IS_OPEN), phone.run(FOCUS)) == (False, "start")
    start_by_bar(phone, "Kafka", *"abcdefghi")
    phone.shows(".talk-error", "Write one to eight buttons, one per line.")
    start_by_bar(phone, "Kafka", "Yes", "No")
    shows(phone, *RUNNING)
    assert [one["key"] for one in talks(site)[0]["reactions"]] == ["yes", "no"]
    assert phone.console() == []
