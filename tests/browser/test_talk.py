"""A phone while a presenter starts, closes, opens and ends talks."""

from tests.browser.gate import Gate, Trouble
from tests.browser.phone import CHEERS, Phone
from tests.browser.site import Site
from tests.waiting import eventually

CLICK = "kafka/click"
TITLE = "#react-entry-point .talk-title"
FAST = "#react-entry-point [data-tap=fast]"
CLAP = "#react-entry-point [data-made] [data-tap=cheers]"
OK = "#react-entry-point [data-tap=ok]"
BUTTONS = {"fast": "Too fast 🐇", "ok": "<b>Just</b> right 👌", "cheers": "Clap"}
TOAST = "#react-entry-point #toast"
DELIVERY = "#react-entry-point #delivery"
OWN = "return [...document.querySelectorAll('.pad-number')].map((e) => e.textContent)"
TAP_AT_A_CHANGE = """
window.early = 0;
const [x, y] = arguments;
new MutationObserver(() => {
  if (window.early || !document.querySelector("#react-entry-point [data-tap=ok]")) return;
  window.early += 1;
  for (const type of ["pointerdown", "pointerup"]) {
    const event = new PointerEvent(type, { bubbles: true, pointerId: 99, clientX: x, clientY: y });
    document.elementFromPoint(x, y).dispatchEvent(event);
  }
}).observe(document.querySelector("#react-entry-point"), { childList: true, subtree: true });
"""
SENTENCE = "The presenter has closed the buttons."
CLOSED = ".pad-button[aria-disabled=true]"


def start(site: Site, title: str = "Kafka in an hour", **labels: str) -> str:
    """Start a talk with these buttons; return the path of its routes."""
    reactions = [{"key": key, "label": label} for key, label in (labels or BUTTONS).items()]
    talk_id: str = site.present("POST", "", {"title": title, "reactions": reactions})["id"]
    return f"/{talk_id}"


def has_counted(site: Site, talk: str, **totals: int) -> None:
    """Wait until exactly so many clicks of a talk are counted."""
    eventually(
        lambda: site.present("GET", talk)["totals"] == totals,
        10,
        lambda: f"{site.present('GET', talk)['totals']} are counted, not {totals}",
    )


def look(phone: Phone) -> None:
    """Have the page ask for the talk at once, as when the network is back."""
    phone.run("window.dispatchEvent(new Event('online'))")


def test_a_talk_comes_by_itself_closes_opens_and_ends(phone: Phone, gate: Gate, site: Site) -> None:
    phone.open_clicker()
    talk = start(site)
    phone.offers(*BUTTONS.values(), seconds=10)
    assert phone.text(TITLE) == "Kafka in an hour"
    for button, count in ((FAST, 2), (OK, 1), (CLAP, 1)):
        for _ in range(count):
            phone.tap(button)
    has_counted(site, talk, fast=2, ok=1, cheers=1)
    assert phone.run(OWN) == ["2", "1", "1"]

    # What waits over the closing counts; what is tapped before the page hears of it is said.
    # A request that is lost is sent again with its age of then, and takes up no other tap.
    gate.trouble[CLICK] = gate.trouble["talks/current"] = Trouble(lose="request")
    sent = gate.count(CLICK)
    phone.tap(FAST)
    eventually(lambda: gate.count(CLICK) > sent, 10, "nothing was sent")
    site.present("PATCH", talk, {"taps": "closed"})
    eventually(lambda: site.timeline()["talk"]["taps"] == "closed", 10, "the talk is open")
    phone.tap(OK)
    gate.clear()
    phone.shows(DELIVERY, "Closed · Sent: 5 · Not sent: 1")
    has_counted(site, talk, fast=3, ok=1, cheers=1)
    assert phone.run("return document.querySelectorAll(arguments[0]).length", CLOSED) == 3
    assert phone.find(".taps-closed").is_displayed()
    for language, text in (("es", "Quien presenta ha cerrado los botones."), ("en", SENTENCE)):
        phone.speaks(language)
        phone.tap(FAST)
        phone.shows(TOAST, text)
    assert phone.run(OWN) == ["3", "2", "1"]

    site.present("PATCH", talk, {"taps": "open"})
    phone.tap(FAST)
    phone.shows(TOAST, "The buttons are open again.")
    phone.tap(FAST)
    has_counted(site, talk, fast=4, ok=1, cheers=1)

    site.present("PATCH", talk, {"ended_at": "now"})
    look(phone)
    phone.offers("Cheers Button! 👍", "Hate button! 👎")
    phone.shows(TOAST, "The talk is over.")
    assert phone.run(OWN) == ["1", "0"]
    assert (phone.text(TITLE), phone.find(".talk").is_displayed()) == ("", False)
    phone.tap(CHEERS)
    phone.has_sent_all()
    assert [e for e in phone.console() if "409" not in e and "EMPTY_RESPONSE" not in e] == []


def test_a_finger_that_is_down_while_the_buttons_change_taps_none_of_the_new_ones(
    phone: Phone, gate: Gate, site: Site
) -> None:
    phone.open_clicker()
    x, y = phone.middle_of(CHEERS)
    phone.touch("touchStart", (x, y))
    start(site, "first", **{key: key for key in "abcdefgh"})
    look(phone)
    phone.offers(*"abcdefgh")
    phone.touch("touchMove", (x, y + 30))
    phone.touch("touchEnd")
    assert phone.run(OWN) == ["0"] * 8
    phone.tap("#react-entry-point [data-tap=a]")
    assert phone.run(OWN) == ["1"] + ["0"] * 7

    # Nor does a finger that comes down as they change, and none of it is sent as something else.
    phone.run(TAP_AT_A_CHANGE, x, y)
    start(site, "second", ok="OK")
    look(phone)
    phone.offers("OK")
    assert phone.run("return window.early") == 1
    assert phone.run(OWN) == ["0"]
    phone.tap(OK)
    phone.has_sent_all()
    posts = [seen.body["clicks"] for seen in gate.seen if CLICK in seen.path]
    types = [[each["type"] for each in post] for post in posts]
    assert types == [["cheers"], ["a"], ["ok"]]
    assert phone.console() == []


def test_who_opens_the_page_in_a_talk_has_its_buttons_before_dash_has_rendered(
    phone: Phone, gate: Gate, site: Site
) -> None:
    talk = start(site)
    gate.trouble["_dash-layout"] = gate.trouble["talks/current"] = Trouble(hold_request=20)
    phone.browser.wait_for_page(f"{phone.base}/kafka-clicker")
    phone.browser.wait_for_element("#shell .pads:not(.new) [data-tap=fast]")
    phone.tap("#shell [data-tap=fast]")
    phone.shows("#shell #fast-count", "1")
    phone.run("document.querySelector('#shell [data-tap=ok]').focus()")
    gate.clear()
    phone.offers(*BUTTONS.values())
    assert phone.run("return document.activeElement.outerHTML").startswith("<button")
    assert phone.run("return document.activeElement.dataset.tap") == "ok"
    for kind in ("keyDown", "keyUp"):
        phone.key(kind, "Enter")
    assert phone.run(OWN) == ["1", "1", "0"]
    has_counted(site, talk, fast=1, ok=1, cheers=0)
    assert phone.console() == []
    assert phone.foreign_requests() == []


def test_a_tap_of_a_talk_that_is_deleted_takes_no_other_with_it(
    phone: Phone, gate: Gate, site: Site
) -> None:
    talk = start(site)
    phone.open_clicker()
    phone.offers(*BUTTONS.values())
    gate.trouble[CLICK] = Trouble(hold_request=20)
    phone.tap(CLAP)
    phone.shows(DELIVERY, "Waiting: 1")
    phone.tap(FAST)
    phone.tap(CLAP)
    site.present("DELETE", talk)
    gate.clear()
    phone.shows(TOAST, "Not sent: taps of buttons that are gone: 1")
    phone.offers("Cheers Button! 👍", "Hate button! 👎")
    site.has_counted(2, 0)
    assert all("400" in each for each in phone.console())
