"""What loses or doubles taps on the engines beside Chromium, which hides some of it."""

from tests.browser.engines.engines import each_engine
from tests.browser.engines.phone import EnginePhone
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import CHEERS, HATE
from tests.browser.site import Site
from tests.waiting import eventually

CLICK = "kafka/click"
REPEAT = "kafka/repeat"
NOT_APPENDED = {"status": "error", "message": "Failed to send to Kafka", "appended": False}
FINGERS_OF_A_SCRIPT = """
for (const type of ["pointerdown", "pointerup"]) {
  arguments[0].forEach(([clientX, clientY], pointerId) => {
    const finger = { bubbles: true, pointerId, pointerType: "touch", clientX, clientY };
    document.elementFromPoint(clientX, clientY).dispatchEvent(new PointerEvent(type, finger));
  });
}
"""


def has_counted_once(phone: EnginePhone, site: Site, cheers: int, hate: int) -> None:
    """Wait until so many are counted and nothing waits that could still be counted twice."""
    site.has_counted(cheers, hate, seconds=30)
    phone.has_sent_all()
    assert site.totals() == (cheers, hate)


def test_separate_taps_count_once_each(phone: EnginePhone, site: Site) -> None:
    phone.open_clicker()

    for button in (CHEERS, CHEERS, HATE, CHEERS):
        phone.tap(button)

    phone.shows("#cheers-count", "3")
    phone.shows("#hate-count", "1")
    has_counted_once(phone, site, 3, 1)
    phone.shows("#delivery", "Sent: 4")
    assert phone.console() == []
    assert phone.foreign_requests() == []


def test_each_key_is_one_tap(phone: EnginePhone, site: Site) -> None:
    phone.open_clicker()
    phone.run("document.querySelector(arguments[0]).focus()", HATE)

    for key in ("Enter", " ", "Enter", " "):
        phone.key("keyDown", key)
        phone.key("keyUp", key)

    phone.shows("#hate-count", "4")
    has_counted_once(phone, site, 0, 4)


@each_engine(webkit="whose driver has one pointer, by a script")
def test_two_fingers_are_two_taps(phone: EnginePhone, site: Site) -> None:
    phone.open_clicker()
    fingers = phone.middle_of(CHEERS), phone.middle_of(HATE)

    for _ in range(5):
        if phone.engine.pointer == "touch":
            phone.touch("touchStart", *fingers)
            phone.touch("touchEnd")
        else:
            phone.run(FINGERS_OF_A_SCRIPT, fingers)

    phone.shows("#cheers-count", "5")
    phone.shows("#hate-count", "5")
    has_counted_once(phone, site, 5, 5)


@each_engine(webkit="whose driver has no fingers, by a mouse")
def test_a_slide_is_one_tap(phone: EnginePhone, site: Site) -> None:
    phone.open_clicker()
    x, y = phone.middle_of(CHEERS)

    for way in (5, 25, phone.middle_of(HATE)[1] - y):
        phone.touch("touchStart", (x, y))
        for part in (0.5, 1):
            phone.touch("touchMove", (x, y + part * way))
        phone.touch("touchEnd")

    phone.shows("#cheers-count", "3")
    has_counted_once(phone, site, 3, 0)


def test_a_press_by_assistive_technology_is_one_tap(phone: EnginePhone, site: Site) -> None:
    phone.open_clicker()

    for taps in (1, 2, 3):
        phone.press("Cheers Button! 👍")
        phone.shows("#cheers-count", str(taps))
    phone.tap(HATE)

    has_counted_once(phone, site, 3, 1)
    phone.shows("#delivery", "Sent: 4")


def test_an_outage_loses_and_doubles_nothing(phone: EnginePhone, gate: Gate, site: Site) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(lose="answer")
    phone.tap(CHEERS)
    site.has_counted(1, 0)
    gate.trouble[CLICK] = gate.trouble[REPEAT] = Trouble(lose="request")
    for button in (HATE, CHEERS, HATE):
        phone.tap(button)
    eventually(lambda: "Offline" in phone.text("#delivery"), 10, "the page does not say offline")

    gate.clear()

    has_counted_once(phone, site, 2, 2)
    phone.shows("#delivery", "Sent: 4")


@each_engine(webkit="whose driver chooses no tabs, by assistive technology")
def test_taps_that_wait_in_two_tabs_survive_a_reload_of_each(
    phone: EnginePhone, gate: Gate, site: Site
) -> None:
    gate.trouble[CLICK] = Trouble(status=503, body=NOT_APPENDED)
    tabs = []
    for button in (CHEERS, HATE):
        tabs.append(phone.open_tab())
        phone.open_clicker()
        for _ in range(3):
            phone.tap(button)
        phone.open_clicker()
        phone.shows(f"{button.removesuffix('button')}count", "3")
    assert site.totals() == (0, 0)
    gate.clear()

    for tab in reversed(tabs):
        phone.look_at(tab)
        # It need not wait for the end of a pause.
        phone.run("dispatchEvent(new Event('online'))")
    phone.tap(CHEERS)
    has_counted_once(phone, site, 4, 3)


def test_a_page_left_by_a_link_hands_over_all_taps(
    phone: EnginePhone, gate: Gate, site: Site
) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(hold_request=0.4)
    for _ in range(3):
        phone.tap(CHEERS)

    phone.run("document.querySelector('#react-entry-point header a').click()")

    site.has_counted(3, 0)
    # Without another visit.
    assert phone.driver.current_url == f"{phone.base}/"
    phone.open_clicker()
    has_counted_once(phone, site, 3, 0)


@each_engine(webkit="whose driver chooses no tabs, by assistive technology")
def test_a_tab_closed_with_a_post_in_flight_loses_and_doubles_nothing(
    phone: EnginePhone, gate: Gate, site: Site
) -> None:
    phone.open_tab()
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(hold_request=60)
    phone.tap(CHEERS)
    eventually(lambda: gate.count(CLICK) == 1, 5, "the first tap is not under way")
    for _ in range(4):
        phone.tap(HATE)
    phone.shows("#hate-count", "4")

    phone.close_tab()
    gate.clear()

    phone.open_clicker()
    has_counted_once(phone, site, 1, 4)
