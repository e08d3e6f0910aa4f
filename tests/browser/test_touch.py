"""What a finger feels and sees before any answer of the server."""

import itertools

import pytest

from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import CHEERS, HATE, Phone
from tests.browser.site import Site
from tests.waiting import eventually

UPPERMOST_LABEL = """
const range = document.createRange();
return Math.min(...[...document.querySelectorAll("#react-entry-point [data-tap]")].map((button) => {
  range.selectNodeContents(button);
  return range.getBoundingClientRect().top;
}));
"""
CUT_LABELS = """
const range = document.createRange();
return [...document.querySelectorAll("#react-entry-point [data-tap]")].filter((button) => {
  range.selectNodeContents(button);
  const [text, box] = [range.getBoundingClientRect(), button.getBoundingClientRect()];
  const count = button.parentElement.querySelector(".pad-count").getBoundingClientRect();
  const isWide = text.left < box.left || text.right > box.right;
  return isWide || text.top < box.top || text.bottom > count.top + 1;
}).map((button) => [innerWidth, button.id]);
"""
SPIES = """
window.moves = [];
const { animate } = Element.prototype;
Element.prototype.animate = function (...how) {
  moves.push(this.id);
  return animate.apply(this, how);
};
window.buzzes = [];
navigator.vibrate = (ms) => buzzes.push(ms) > 0;
"""


def open_with_spies(phone: Phone) -> None:
    phone.cdp("Page.addScriptToEvaluateOnNewDocument", source=SPIES)
    phone.open_clicker()


def test_a_button_moves_under_each_tap(phone: Phone) -> None:
    phone.prefers("dark")
    open_with_spies(phone)

    for button in (CHEERS, HATE, HATE):
        phone.tap(button)

    assert phone.run("return moves") == ["cheers-button", "hate-button", "hate-button"]


def test_whoever_wants_no_motion_sees_none(phone: Phone) -> None:
    phone.prefers("dark", reduced_motion=True)
    open_with_spies(phone)

    phone.tap(CHEERS)

    phone.shows("#toast", "Event sent: CHEERS 🚀")
    assert phone.run("return moves") == []
    assert phone.run("return document.getAnimations()") == []


def test_the_phone_buzzes_once_the_browser_allows_it(phone: Phone) -> None:
    open_with_spies(phone)

    phone.tap(CHEERS)
    assert phone.run("return buzzes") == []
    phone.tap(CHEERS)
    phone.tap(HATE)

    assert phone.run("return buzzes") == [12, 12]
    assert phone.console() == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568), (844, 390)])
def test_a_thumb_reaches_both_buttons(phone: Phone, width: int, height: int) -> None:
    phone.resize(width, height)
    phone.open_clicker()
    boxes = [phone.box(selector) for selector in (CHEERS, HATE)]

    # Each at least a fifth of the window and a thumb high, and the lower one ends near its bottom.
    for box in boxes:
        assert box["width"] * box["height"] >= width * height / 5
    assert max(box["bottom"] for box in boxes) >= 0.85 * height
    assert min(box["height"] for box in boxes) >= 150


@pytest.mark.parametrize("count", [1, 3, 5, 8])
def test_a_thumb_reaches_each_of_one_to_eight_buttons(
    make_site: MakeSite, phone_of: PhoneOf, count: int
) -> None:
    # The longest labels, and keys that CSS and objects read as something else.
    keys = ["cheers", "1", "__proto__", "constructor", "-", "a", "b", "c"][:count]
    site = make_site(reactions=[(key, "W" * 40) for key in keys])
    phone = phone_of(site)
    phone.resize(320, 568)
    phone.open_clicker()
    for width, height in [(320, 568), (390, 844), (568, 320), (844, 390)]:
        phone.resize(width, height)
        boxes = [phone.box(f"#react-entry-point [data-tap='{key}']") for key in keys]
        assert min(box["width"] for box in boxes) >= 64
        assert min(box["height"] for box in boxes) >= 64
        for one, other in itertools.combinations(boxes, 2):
            beside = one["right"] < other["left"] or other["right"] < one["left"]
            assert beside or one["bottom"] < other["top"] or other["bottom"] < one["top"]
        # Nine centimetres of a phone, below which nothing but the status stands.
        assert min(box["top"] for box in boxes) >= (0 if count < 3 else height - 600)
        assert 0.85 * height <= max(box["bottom"] for box in boxes) <= height
        assert phone.run("return document.documentElement.scrollHeight") == height
        assert phone.run(CUT_LABELS) == []
        phone.run("document.getElementById('toast').textContent = arguments[0]", "Sent! " * 10)
        assert phone.box("#toast")["bottom"] <= phone.run(UPPERMOST_LABEL)
    phone.run("document.getElementById('toast').textContent = ''")

    for key in keys:
        phone.tap(f"#react-entry-point [data-tap='{key}']")
    phone.has_sent_all()
    own = "return document.getElementById(`${arguments[0]}-count`).textContent"
    assert [phone.run(own, key) for key in keys] == ["1"] * count
    eventually(
        lambda: list(site.timeline()["totals"].values()) == [1] * count, 10, "not each is counted"
    )
    assert phone.console() == []


def test_a_thumb_reaches_eight_buttons_below_a_long_title(phone: Phone, site: Site) -> None:
    buttons = [{"key": key, "label": "W" * 40} for key in "abcdefgh"]
    talk = site.present("POST", "", {"title": "W" * 80, "reactions": buttons})["id"]
    phone.resize(320, 568)
    phone.open_clicker()
    phone.offers(*["W" * 40] * 8)
    for taps in ("open", "closed"):
        site.present("PATCH", f"/{talk}", {"taps": taps})
        phone.run("window.dispatchEvent(new Event('online'))")
        phone.browser.wait_for_element(f"html[data-taps='{taps}']")
        for width, height in [(320, 568), (390, 844), (568, 320), (844, 390)]:
            phone.resize(width, height)
            boxes = [phone.box(f"#react-entry-point [data-tap={key}]") for key in "abcdefgh"]
            title, toggle = phone.box("#react-entry-point .talk"), phone.box(".switch.theme")
            assert min(min(box["width"], box["height"]) for box in boxes) >= 64
            assert toggle["bottom"] <= title["top"]
            assert title["bottom"] <= min(box["top"] for box in boxes)
            assert 0.85 * height <= max(box["bottom"] for box in boxes) <= height
            assert phone.run("return document.documentElement.scrollWidth") == width
            assert phone.run("return document.documentElement.scrollHeight") == height
            assert phone.run(CUT_LABELS) == [], (taps, width)


def test_a_toast_leaves_the_labels_to_be_read(phone: Phone) -> None:
    phone.resize(320, 568)
    phone.open_clicker()
    label = phone.run(
        "const range = document.createRange();"
        " range.selectNodeContents(document.querySelector(arguments[0]));"
        " return range.getBoundingClientRect().top",
        CHEERS,
    )
    phone.run("document.getElementById('toast').textContent = arguments[0]", "Sent! " * 10)

    assert phone.box("#toast")["bottom"] <= label


def test_drumming_neither_zooms_nor_reloads_and_the_own_count_stays(
    phone: Phone, site: Site
) -> None:
    phone.cdp("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
    # A button that moves is farther from a finger in the gap.
    phone.prefers("dark", reduced_motion=True)
    phone.open_clicker()
    phone.run("window.isSamePage = true")
    (x, top), (_, low) = phone.middle_of(CHEERS), phone.middle_of(HATE)
    gap = phone.box(CHEERS)["bottom"] + 4

    for _ in range(2):
        # Two taps in the gap, thumbs that part, and a stroke from the first button over the second.
        for _ in range(2):
            phone.touch("touchStart", (x, gap))
            phone.touch("touchEnd")
        phone.touch("touchStart", (x - 20, top), (x + 20, low))
        for way in (40, 80, 120):
            phone.touch("touchMove", (x - 20 - way, top - way), (x + 20 + way, low + way))
        phone.touch("touchEnd")
        phone.touch("touchStart", (x, top))
        for way in (100, 200, 300):
            phone.touch("touchMove", (x, top + way))
        phone.touch("touchEnd")

    assert phone.run("return [visualViewport.scale, scrollY, window.isSamePage]") == [1, 0, True]
    overscroll = "return getComputedStyle(document.documentElement).overscrollBehaviorY"
    assert phone.run(overscroll) == "none"
    own, hate = (int(phone.text(f"#{kind}-count")) for kind in ("cheers", "hate"))
    # Chromium gives each of the four fingers in the gap to a button beside it, or to none.
    assert own >= 4
    assert hate >= 2
    assert own + hate <= 10
    site.has_counted(own, hate)
    phone.has_sent_all()

    phone.open_clicker()
    assert phone.run("return window.isSamePage") is None
    phone.shows("#react-entry-point #cheers-count", str(own))
    phone.tap(CHEERS)
    phone.shows("#react-entry-point #cheers-count", str(own + 1))
    assert phone.console() == []


def test_a_reload_after_a_new_log_counts_the_own_taps_from_zero(phone: Phone, gate: Gate) -> None:
    phone.open_clicker()
    phone.tap(CHEERS)
    phone.has_sent_all()
    gate.trouble["/kafka/repeat"] = Trouble(status=200, body={"repeat_s": None, "log": "another"})

    phone.open_clicker()
    phone.shows("#react-entry-point #cheers-count", "0")
    phone.tap(CHEERS)
    phone.shows("#react-entry-point #cheers-count", "1")


def test_hurried_taps_neither_zoom_nor_select(phone: Phone) -> None:
    phone.open_clicker()

    for button in (CHEERS, HATE):
        for _ in range(4):
            phone.tap(button)
        style = f"getComputedStyle(document.querySelector('{button}'))"
        # "manipulation" leaves a finger everything but the zoom by a double tap.
        assert phone.run(f"return {style}.touchAction") == "manipulation"
        assert phone.run(f"return {style}.userSelect") == "none"

    assert phone.run("return visualViewport.scale") == 1
    assert phone.run("return getSelection().toString()") == ""
