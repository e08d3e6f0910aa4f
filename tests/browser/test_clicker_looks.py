"""Each state of the clicker in each look: nothing is cut off, and everybody can use it."""

import pytest

from tests.browser import axe
from tests.browser.clicker_states import CLICKER
from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.gate import Gate
from tests.browser.looks import PHONE, looks
from tests.browser.phone import CHEERS, HATE, Phone
from tests.browser.site import Site
from tests.browser.states import State

SIZES = [PHONE, (320, 568), (844, 390), (683, 384), (1366, 768), (1920, 1080)]
NOTCHES = [
    ((390, 844), {"top": 47, "right": 0, "bottom": 34, "left": 0}),
    ((844, 390), {"top": 0, "right": 47, "bottom": 21, "left": 47}),
]
"""What the glass of a phone hides at each edge, upright and sideways."""

UNDER_THE_EDGE = """
const [{ top, right, bottom, left }] = arguments;
const seen = [...document.querySelectorAll("#react-entry-point :is(h1, h2, a, button, .card, p)")];
return seen.filter((e) => e.checkVisibility() && e.offsetWidth > 1).filter((element) => {
  const box = element.getBoundingClientRect();
  const last = Math.max(document.documentElement.scrollHeight, innerHeight) - bottom + 1;
  return box.left < left || box.right > innerWidth - right || box.top < top || box.bottom > last;
}).map((element) => element.outerHTML);
"""
CUT = """
const page = document.querySelector("#react-entry-point");
const range = document.createRange();
const seen = [...page.querySelectorAll("h1, a, button, p")].filter((each) => each.offsetWidth > 1);
return seen.filter((element) => {
  range.selectNodeContents(element);
  const [text, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
  const isOut = box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight;
  return isOut || text.width > box.width || text.height > box.height;
}).map((element) => element.outerHTML);
"""
COVERED = """
const range = document.createRange();
const parts = [...document.querySelectorAll(
  "#react-entry-point :is(.home-link, .switch, h1, .pad-button, .pad-count)")];
const boxes = parts.map((part) => {
  range.selectNodeContents(part);
  const isFilled = !part.matches("h1, .pad-button");
  return { part, box: (isFilled ? part : range).getBoundingClientRect() };
});
const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
return boxes.flatMap(({ part, box }, at) => boxes.slice(at + 1)
  .filter((other) => meet(box, other.box))
  .map((other) => `${part.className} and ${other.part.className}`));
"""
FIRST_AND_LAST = """
const walk = document.createTreeWalker(document.querySelector(arguments[0]), NodeFilter.SHOW_TEXT);
const text = walk.nextNode();
const left = (at) => {
  const range = document.createRange();
  range.setStart(text, at);
  range.setEnd(text, at + 1);
  return range.getBoundingClientRect().left;
};
const ends = { first: left(0), last: left(text.data.trimEnd().length - 1) };
return Object.keys(ends).sort((a, b) => ends[a] - ends[b]);
"""
DOT_AND_GROUND = """
const ground = (...of) => getComputedStyle(...of).backgroundColor;
const status = document.querySelector(".status");
return [ground(status, "::before"), ground(status)];
"""
EDGES = """
const style = getComputedStyle(document.querySelector(arguments[0]));
const ground = getComputedStyle(document.documentElement).backgroundColor;
const border = style.borderTopWidth === "0px" ? ground : style.borderTopColor;
return { border, fill: style.backgroundColor, ground };
"""


@pytest.mark.parametrize("state", CLICKER, ids=[state.name for state in CLICKER])
def test_a_state_fits_every_phone_and_serves_everybody(
    phone: Phone, gate: Gate, site: Site, state: State, undecided: set[str]
) -> None:
    # What is half faded in has another contrast.
    phone.prefers("dark", reduced_motion=True)
    state.enter(phone, gate, site)

    for look in looks(phone, SIZES):
        assert phone.run("return document.documentElement.scrollWidth") == look.size[0]
        assert phone.run(CUT) == []
        name = f"clicker {state.name} {look}"
        phone.picture(name)
        if look.size == PHONE:
            axe.serves_everybody(phone, name, undecided)
    injected = "Failed to load resource" if gate.trouble else "nothing"
    assert [entry for entry in phone.console() if injected not in entry] == []
    assert phone.foreign_requests() == []


@pytest.mark.parametrize("page", ["clicker", "dashboard"])
def test_nothing_lies_under_the_edges_of_the_glass(phone: Phone, page: str) -> None:
    for (width, height), insets in NOTCHES:
        phone.resize(width, height)
        phone.cdp("Emulation.setSafeAreaInsetsOverride", insets=insets)
        phone.open_clicker() if page == "clicker" else phone.open_dashboard()
        assert phone.run(UNDER_THE_EDGE, insets) == []
        phone.picture(f"{page} notch dark en {width}")
    none = dict.fromkeys(insets, 0)
    phone.cdp("Emulation.setSafeAreaInsetsOverride", insets=none)
    assert phone.run(UNDER_THE_EDGE, insets) != []


def violations(phone: Phone) -> list[str]:
    """Return what axe-core finds; it takes the page's colours for those on the screen."""
    return [each for each in axe.examine(phone).violations if "color-contrast" not in each]


def test_with_the_systems_colours_edges_and_presses_are_seen(phone: Phone) -> None:
    phone.prefers("light", reduced_motion=True, forced_colors=True)
    phone.open_clicker()
    assert violations(phone) == []
    looks = []
    for name in (CHEERS, HATE):
        looks.append(phone.run(EDGES, name))
        x, y = phone.middle_of(name)
        phone.cdp("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, button="left")
        looks.append(phone.run(EDGES, name))
        phone.picture(f"clicker forced {name[-10:-7]}")
        phone.cdp("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left")

    ready, pressed, *others = looks
    assert others == [ready, pressed]
    assert ready["border"] != ready["ground"] != pressed["border"] != ready["border"]


def test_with_the_systems_colours_the_chosen_window_is_seen(phone: Phone) -> None:
    phone.prefers("dark", reduced_motion=True, forced_colors=True)
    phone.open_dashboard()

    window, other = (phone.run(EDGES, f"#window-{seconds}")["fill"] for seconds in (120, 900))
    assert window != other
    dot, ground = phone.run(DOT_AND_GROUND)
    assert dot != ground
    assert violations(phone) == []
    phone.picture("dashboard forced")


def test_text_twice_as_large_covers_nothing(phone: Phone) -> None:
    phone.cdp("Page.setFontSizes", fontSizes={"standard": 32, "fixed": 26})
    phone.prefers("light", reduced_motion=True)
    for width, height in SIZES[:2]:
        phone.resize(width, height)
        phone.open_clicker()
        assert phone.run("return document.documentElement.scrollWidth") == width
        assert phone.run(COVERED) == []


def test_a_title_from_right_to_left_begins_at_the_right(
    make_site: MakeSite, phone_of: PhoneOf
) -> None:
    phone = phone_of(make_site(title="שלום!", reactions="cheers=כן!, hate=לא!"))
    phone.open_clicker()
    assert phone.run(FIRST_AND_LAST, "h1") == phone.run(FIRST_AND_LAST, CHEERS) == ["last", "first"]
    phone.open_dashboard()
    assert phone.run(FIRST_AND_LAST, "h1") == ["last", "first"]


def test_without_javascript_the_page_says_so_and_offers_no_button(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One picture in each run: `make pictures` must work when somebody needs it.
    monkeypatch.setenv("PICTURES", "all")
    phone.cdp("Emulation.setScriptExecutionDisabled", value=True)
    phone.driver.get(f"{phone.base}/kafka-clicker")

    notices = phone.find(".notice").text + phone.find("[lang=es].notice").text
    assert "needs JavaScript" in notices
    assert "necesita JavaScript" in notices
    assert not phone.find("#shell .pads").is_displayed()
    assert not phone.find("#shell .switches").is_displayed()
    phone.picture("clicker without javascript")
