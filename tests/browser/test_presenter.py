"""The presenter view on a wall and on a phone: what it says, and the way out."""

from tests.browser import axe
from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.test_dashboard import GRAPH
from tests.browser.test_looks import SWITCH
from tests.browser.viewer import press, query
from tests.waiting import eventually

JOIN = "http://presenter-laptop.local:8050/j"
LINES = """
const lines = (e) => { const tops = [...e.getClientRects()].map((box) => box.top);
  return new Set(tops).size };
return [...document.querySelectorAll('.join-address .part')].map((e) => [e.textContent, lines(e)]);
"""
OVER = """
const boxes = (s) => [...document.querySelectorAll(s)].map((e) => e.getBoundingClientRect());
const [demo] = boxes('.demo');
return boxes('.total-label').filter((box) => box.width > 0 && box.left < demo.right
  && demo.left < box.right && box.top < demo.bottom && demo.top < box.bottom).length;
"""


def test_the_wall_says_unit_window_and_zone(phone: Phone) -> None:
    phone.resize(1920, 1080)
    phone.open_dashboard("?view=presenter")

    assert phone.text("#panel-title") == "Clicks per 2 seconds, last 2 minutes"
    for selector in ("#panel-title", "#zone"):
        assert phone.find(selector).is_displayed()
        size = "return parseFloat(getComputedStyle(document.querySelector(arguments[0])).fontSize)"
        assert phone.run(size, selector) >= 24


def test_esc_and_a_button_that_says_so_lead_out(phone: Phone) -> None:
    phone.resize(1280, 800)
    phone.open_dashboard("?view=presenter")
    assert phone.text("#presenter") == "Leave presenter view (Esc)"
    # A browser without a mouse shows the controls always, so the mark for the style is looked at.
    controls = "return document.documentElement.dataset.controls || ''"
    phone.cdp("Input.dispatchMouseEvent", type="mouseMoved", x=300, y=300)
    eventually(lambda: phone.run(controls) == "on", 5, "the mouse shows no controls")
    eventually(lambda: phone.run(controls) == "", 5, "the controls stay in the picture")

    phone.key("keyDown", "Escape")
    phone.key("keyUp", "Escape")

    eventually(lambda: query(phone) == {}, 3, "Esc does not lead out")
    assert phone.text("#presenter") == "Presenter view"
    phone.key("keyDown", "Escape")
    assert query(phone) == {}
    press(phone, "presenter")
    press(phone, "code")
    phone.speaks("es")
    phone.shows("#code", "Mostrar código")
    phone.shows("#presenter", "Salir de la presentación (Esc)")
    phone.run("localStorage.clear()")
    assert phone.console() == []


def test_nothing_covers_a_label_and_the_address_breaks_between_its_parts(
    make_site: MakeSite, phone_of: PhoneOf
) -> None:
    phone = phone_of(
        make_site(
            join_url=JOIN,
            demo=True,
            reactions=[("a", "A"), ("b", "Forty characters of a very long label, a")],
        )
    )
    for size in [(320, 568), (390, 844), (1024, 768), (1920, 1080)]:
        phone.resize(*size)
        phone.open_dashboard("?view=presenter")
        phone.shows("#status", "Live")
        assert phone.run(OVER) == 0, size
        parts = phone.run(LINES)
        assert [text for text, _ in parts] == ["http://", "presenter-laptop.local", ":8050", "/j"]
        assert [lines for _, lines in parts] == [1, 1, 1, 1], size
    assert phone.text(".join-address") == JOIN


def test_the_display_stays_awake_where_the_browser_can(phone: Phone) -> None:
    # Browsers give locks to secure contexts only, which http://phone.test is not.
    locks = "window.locks = []; Object.defineProperty(navigator, 'wakeLock', { value: {"
    locks += " request: async (kind) => { const lock = { kind, released: false,"
    locks += " release() { this.released = true; } }; locks.push(lock); return lock; } } });"
    phone.cdp("Page.addScriptToEvaluateOnNewDocument", source=locks)
    phone.open_dashboard("?view=presenter")
    released = "return locks.map((lock) => lock.released)"
    eventually(lambda: phone.run(released) == [False], 5, "the display may sleep")

    press(phone, "presenter")
    eventually(lambda: phone.run(released) == [True], 5, "the display is kept awake for ever")
    press(phone, "presenter")
    eventually(lambda: phone.run(released) == [True, False], 5, "the display may sleep")
    assert phone.console() == []


def test_times_are_local_or_utc_as_the_viewer_likes(phone: Phone, site: Site) -> None:
    site.click(*[("cheers", 60)] * 3)
    phone.cdp("Emulation.setTimezoneOverride", timezoneId="Asia/Kolkata")
    phone.open_dashboard()
    phone.shows("#zone", "Times in UTC+5:30")
    phone.shows("#zone-switch", "UTC")
    peak = "return document.querySelector('.annotation-text').textContent"
    local = phone.run(peak)

    phone.run("document.querySelector(arguments[0]).click()", SWITCH.format("zone"))

    phone.shows("#zone", "Times in UTC")
    phone.shows("#zone-switch", "Local time")
    eventually(lambda: phone.run(peak) != local, 5, "the curve keeps its times")
    minutes = [int(text[9:11]) * 60 + int(text[12:14]) for text in (local, phone.run(peak))]
    assert (minutes[0] - minutes[1]) % 1440 == 330
    phone.open_dashboard()
    phone.shows("#zone", "Times in UTC")
    phone.run("localStorage.clear()")
    assert phone.console() == []


def test_a_page_in_a_frame_leads_nowhere_else(phone: Phone) -> None:
    phone.driver.get(f"{phone.base}/kafka-clicker?embed=on")
    phone.browser.wait_for_element("#react-entry-point #cheers-button")
    for selector in (".home-link", ".switches"):
        assert phone.find(f"#react-entry-point {selector}").is_displayed() is False
    phone.open_dashboard("?embed=on")
    for selector in (".switches", "#full", "#presenter"):
        assert phone.find(f"#react-entry-point {selector}").is_displayed() is False
    assert phone.box(".titles")["width"] == 1
    press(phone, "zero")
    eventually(lambda: "zero" in query(phone), 5, "no zero")
    assert query(phone)["embed"] == ["on"]
    assert phone.console() == []


def test_a_site_of_its_own_has_its_title_on_the_wall_and_its_colours(
    make_site: MakeSite, phone_of: PhoneOf
) -> None:
    site = make_site(title="Kafka in Vigo", theme="#ffb000,#dc8bff,#00c2d1", demo=True)
    site.click(("cheers", 20))
    phone = phone_of(site)
    phone.resize(1920, 1080)
    phone.open_dashboard("?view=presenter")
    heading = phone.find(".dashboard-title")

    assert heading.is_displayed()
    assert (heading.text, phone.driver.title) == ("Kafka in Vigo", "Kafka in Vigo")
    assert phone.run(f"return {GRAPH}.data.map((trace) => trace.line.color)") == [
        "#ffb000",
        "#dc8bff",
    ]
    edge = "return getComputedStyle(document.querySelector('.total.reaction-1')).borderTopColor"
    assert phone.run(edge) == "rgb(255, 176, 0)"
    assert phone.run("return document.documentElement.scrollHeight") == 1080
    assert axe.examine(phone).violations == []
    assert phone.console() == []
