import json
import time

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import CHEERS, HATE, Phone
from tests.browser.site import Site
from tests.ports import free_port
from tests.waiting import eventually


@pytest.fixture
def gate_port() -> int:
    """A fresh port: nothing that is in trouble here may come from the browser's own store."""
    return free_port()


def test_separate_taps_are_records_and_toasts(phone: Phone, site: Site) -> None:
    phone.open_clicker()

    for _ in range(3):
        phone.find(CHEERS).click()
    phone.shows("#cheers-count", "3")
    site.has_counted(3, 0)
    phone.find(HATE).click()
    phone.shows("#toast", "Event sent: HATE 🚀")
    site.has_counted(3, 1)

    phone.shows("#delivery", "Sent: 4")
    assert phone.browser.driver.title == "Kafka Event Producer"
    assert phone.text("#react-entry-point header a") == "Home"
    assert phone.console() == []
    assert phone.foreign_requests() == []


def test_a_click_that_no_pointer_began_is_a_tap(phone: Phone, site: Site) -> None:
    phone.open_clicker()

    # What Firefox makes of a press by a screen reader.
    for button in (CHEERS, CHEERS, HATE):
        phone.run(
            "for (const type of ['mousedown', 'mouseup', 'click'])"
            " document.querySelector(arguments[0])"
            ".dispatchEvent(new MouseEvent(type, { bubbles: true, detail: 1 }))",
            button,
        )

    phone.shows("#cheers-count", "2")
    phone.shows("#hate-count", "1")
    site.has_counted(2, 1)


def test_one_tap_has_one_toast(phone: Phone) -> None:
    phone.open_clicker()

    phone.tap(CHEERS)

    phone.shows("#toast", "Event sent: CHEERS 🚀")


def test_the_toast_goes_away(phone: Phone) -> None:
    phone.open_clicker()

    phone.tap(CHEERS)
    phone.shows("#toast", "Event sent: CHEERS 🚀")

    phone.shows("#toast", "")


def test_a_batch_says_how_many_and_of_which_type(phone: Phone, gate: Gate, site: Site) -> None:
    phone.open_clicker()
    gate.trouble["kafka/click"] = Trouble(hold_request=10)
    phone.tap(CHEERS)
    eventually(lambda: gate.count("kafka/click") == 1, 5, "the first tap is not under way")
    for selector in (HATE, CHEERS, HATE):
        phone.tap(selector)
    phone.shows("#delivery", "Waiting: 4")

    gate.clear()

    phone.shows("#toast", "Event sent: CHEERS 🚀\nEvent sent: HATE 🚀 ×2")
    site.has_counted(2, 2)


def test_two_fingers_are_two_taps(phone: Phone, site: Site) -> None:
    phone.open_clicker()
    fingers = phone.middle_of(CHEERS), phone.middle_of(HATE)

    for _ in range(10):
        phone.touch("touchStart", *fingers)
        phone.touch("touchEnd")

    phone.shows("#cheers-count", "10")
    phone.shows("#hate-count", "10")
    site.has_counted(10, 10)
    phone.has_sent_all()


def test_two_thumbs_in_overlap_on_one_button(phone: Phone, site: Site) -> None:
    phone.open_clicker()
    x, y = phone.middle_of(CHEERS)
    left, right = (x - 40, y), (x + 40, y)

    for _ in range(10):
        phone.touch("touchStart", left)
        phone.touch("touchStart", left, right)
        phone.touch("touchEnd", left)
        phone.touch("touchEnd")

    site.has_counted(20, 0)


def test_a_sliding_finger_is_one_tap(phone: Phone, site: Site) -> None:
    phone.open_clicker()
    x, y = phone.middle_of(CHEERS)

    for _ in range(10):
        phone.touch("touchStart", (x, y))
        for step in range(1, 6):
            phone.touch("touchMove", (x, y + 5 * step))
        phone.touch("touchEnd")

    site.has_counted(10, 0)
    assert phone.run("return scrollY") == 0


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE], ids=["Enter", "Space"])
def test_a_key_is_a_tap(phone: Phone, site: Site, key: str) -> None:
    phone.open_clicker()

    for _ in range(3):
        phone.find(HATE).send_keys(key)

    phone.shows("#hate-count", "3")
    site.has_counted(0, 3)


@pytest.mark.parametrize("key", ["Enter", " "], ids=["Enter", "Space"])
@pytest.mark.parametrize("rendered", [True, False], ids=["Dash's button", "the first HTML"])
def test_a_key_that_is_held_is_one_tap(
    phone: Phone, gate: Gate, site: Site, key: str, rendered: bool
) -> None:
    if rendered:
        phone.open_clicker()
        button = CHEERS
    else:
        gate.trouble["_dash-layout"] = Trouble(hold_request=20)
        phone.browser.wait_for_page(f"{phone.base}/kafka-clicker")
        button = "#shell #cheers-button"
    phone.run("document.querySelector(arguments[0]).focus()", button)

    for taps in (1, 2):
        for _ in range(5):
            phone.key("keyDown", key)
        phone.key("keyUp", key)
        phone.shows("#cheers-count", str(taps))

    site.has_counted(2, 0)
    gate.clear()
    phone.browser.wait_for_element(CHEERS)
    assert phone.run("return document.activeElement.id") == "cheers-button"
    assert phone.run("return document.activeElement.tagName") == "BUTTON"


def test_only_the_first_mouse_button_taps(phone: Phone, site: Site) -> None:
    phone.resize(1280, 800)
    phone.open_clicker()
    x, y = phone.middle_of(CHEERS)

    for button in ("right", "middle", "left"):
        for kind in ("mousePressed", "mouseReleased"):
            phone.cdp("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, clickCount=1)

    phone.shows("#cheers-count", "1")
    site.has_counted(1, 0)


def test_a_tap_before_dash_has_rendered_counts(phone: Phone, gate: Gate, site: Site) -> None:
    gate.trouble["_dash-layout"] = Trouble(hold_request=20)
    phone.browser.wait_for_page(f"{phone.base}/kafka-clicker")
    phone.shows("#shell #cheers-button", "Cheers Button! 👍")

    phone.tap("#shell #cheers-button")

    phone.shows("#shell #cheers-count", "1")
    phone.shows("#shell #toast", "Event sent: CHEERS 🚀")
    site.has_counted(1, 0)
    gate.clear()
    phone.browser.wait_for_element(CHEERS)
    assert not phone.run("return document.getElementById('shell')")
    phone.shows("#cheers-count", "1")
    phone.tap(CHEERS)
    phone.shows("#cheers-count", "2")
    site.has_counted(2, 0)
    assert phone.console() == []


def test_what_was_left_is_sent_and_told_while_the_page_still_loads(
    phone: Phone, gate: Gate, site: Site
) -> None:
    phone.driver.get(f"{phone.base}/")
    batch = [{"seq": 0, "taps": [["cheers", time.time() * 1000]] * 3, "sent": None, "tries": 0}]
    client, script = "0" * 32, "localStorage.setItem('clicks:' + arguments[0], arguments[1])"
    phone.run(script, client, json.dumps(batch))
    phone.cdp(
        "Page.addScriptToEvaluateOnNewDocument",
        source="window.told = []; new MutationObserver(() => {"
        " const toast = document.querySelector('#toast');"
        " if (toast && toast.textContent) told.push([document.readyState, toast.textContent]);"
        "}).observe(document, { childList: true, subtree: true });",
    )
    gate.trouble["_dash-component-suites"] = Trouble(hold_answer=2)

    phone.open_clicker()

    assert phone.run("return told[0]") == ["loading", "Event sent: CHEERS 🚀 ×3"]
    site.has_counted(3, 0)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568), (844, 390)])
def test_a_toast_covers_nothing_that_is_to_be_read(
    make_site: MakeSite, phone_of: PhoneOf, width: int, height: int
) -> None:
    site = make_site(demo=True, reactions=[("cheers", "W" * 40), ("hate", "HATE")])
    phone = phone_of(site)
    phone.resize(width, height)
    phone.open_clicker()

    phone.tap(HATE)
    phone.shows("#toast", "Event sent: HATE 🚀")

    toast = phone.box("#toast")
    for selector in (".home-link", ".clicker-title", ".demo", "#delivery", "#hate-count"):
        other = phone.box(f"#react-entry-point {selector}")
        apart = toast["bottom"] <= other["top"] or other["bottom"] <= toast["top"]
        beside = toast["right"] <= other["left"] or other["right"] <= toast["left"]
        assert apart or beside, selector
    phone.tap(CHEERS)
    phone.shows("#toast", f"Event sent: {'W' * 40} 🚀")
    fits = "const t = document.getElementById('toast'); return t.scrollWidth <= t.clientWidth"
    assert phone.run(fits)


def test_nothing_jumps_when_dash_takes_over(phone: Phone, gate: Gate) -> None:
    gate.trouble["_dash-layout"] = Trouble(hold_request=20)
    phone.browser.wait_for_page(f"{phone.base}/kafka-clicker")
    before = [phone.middle_of(f"#shell #{name}-button") for name in ("cheers", "hate")]
    gate.clear()
    phone.browser.wait_for_element(CHEERS)

    assert [phone.middle_of(CHEERS), phone.middle_of(HATE)] == before


def test_labels_of_ones_own(make_site: MakeSite, phone_of: PhoneOf) -> None:
    phone = phone_of(make_site(reactions=[("cheers", "Faster 🐇"), ("hate", "Slower")]))
    phone.open_clicker()

    phone.tap(CHEERS)
    phone.shows("#toast", "Event sent: Faster 🐇 🚀")
    phone.tap(HATE)
    phone.shows("#toast", "Event sent: Slower 🚀")
    assert phone.text(CHEERS) == "Faster 🐇"


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568), (844, 390)])
def test_the_page_fits_a_phone(phone: Phone, width: int, height: int) -> None:
    phone.resize(width, height)
    phone.open_clicker()

    assert phone.run("return document.documentElement.scrollWidth") == width
    for selector in (CHEERS, HATE):
        size = phone.find(selector).size
        assert size["width"] >= 120
        assert size["height"] >= 100
        x, y = phone.middle_of(selector)
        assert 0 < x < width
        assert 0 < y < height
    style = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
    assert phone.run(style, CHEERS, "touchAction") == "manipulation"
    assert phone.run(style, CHEERS, "userSelect") == "none"
    assert phone.run(style, CHEERS, "color") == "rgb(4, 36, 26)"
    assert phone.run(style, HATE, "color") == "rgb(26, 2, 2)"
