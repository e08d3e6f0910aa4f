"""A talk on the dashboard: its strip, its totals and its marks, on a wall and beside each other."""

import base64
import zlib
from functools import partial

import pytest

from tests.browser.conftest import MakeSite
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.states import EIGHT, LONG_TITLE, TIMELINE, start_talk
from tests.waiting import eventually

SIZES = """
const sizes = [...document.querySelectorAll(arguments[0])].filter((e) => e.textContent)
  .map((e) => parseFloat(getComputedStyle(e).fontSize));
return Math.min(...sizes);
"""
NOTES = """
const shown = [...document.querySelectorAll('.annotation')].filter((e) => e.style.opacity !== '0');
return shown.map((e) => [e.textContent, e.querySelector('rect').getBoundingClientRect().toJSON()]);
"""
LEGEND = "return document.querySelector('.legend').getBoundingClientRect().bottom"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A site with eight reactions that phones are asked to join."""
    return make_site(join_url="http://192.168.1.20:8050/j", reactions=EIGHT)


def collide(one: dict[str, float], other: dict[str, float]) -> bool:
    """Tell whether two boxes share more than an edge."""
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > 1 and down > 1


def test_a_talk_is_read_from_ten_metres(phone: Phone, site: Site) -> None:
    start_talk(site, LONG_TITLE, taps="closed")
    phone.resize(1920, 1080)
    phone.open_dashboard("?view=presenter")
    phone.shows("#talk-name", LONG_TITLE)
    phone.shows("#talk-closed", "Taps are closed")

    assert phone.run("return document.querySelector('#talk-name').childElementCount") == 0
    for selector, least in [
        ("#talk-name", 48),
        ("#talk-time, #talk-facts, #talk-closed", 28),
        (".reactions .total-number", 96),
        (".xtick text, .ytick text, .legendtext", 24),
    ]:
        assert phone.run(SIZES, selector) >= least, selector
    assert min(phone.box(".join-code")[side] for side in ("width", "height")) >= 320
    assert phone.run("return document.documentElement.scrollHeight") == 1080
    assert phone.text("#talk-time").startswith("0:10:")
    before = phone.text("#talk-time")
    eventually(lambda: phone.text("#talk-time") > before, 5, "the time stands still")
    assert phone.console() == []


def test_labels_of_marks_stand_beside_each_other(phone: Phone, gate: Gate, site: Site) -> None:
    start_talk(site)
    answer = site.timeline()
    labels = ["Slide 7", "<b>bold</b> & more", "أسرع قليلاً من فضلك!", "👩🏽‍🚀👨‍👩‍👧‍👦", "W" * 80]
    ages = [*range(116, 16, -6), 9, 3, 3]
    now = int(answer["server_time"])
    marks = [{"id": "m", "at": now - age, "label": labels[age % 5]} for age in ages]
    for title in ("ممر", "T" * 200):
        talk = {**answer["talk"], "title": title, "marks": marks}
        for keys in (["cheers", "hate"], ["cheers", "hate", "too-fast"]):
            body = {**answer, "reactions": [r for r in answer["reactions"] if r["key"] in keys]}
            gate.trouble[TIMELINE] = Trouble(status=200, body={**body, "talk": talk})
            phone.resize(1920, 1080)
            phone.open_dashboard("?view=presenter")
            phone.shows("#talk-name", title)
            for size in [(390, 844), (1920, 1080)]:
                phone.resize(*size)
                # The chart is drawn anew a moment after the page has its new size.
                eventually(partial(phone.fits, size[0]), 5, "the page is wider than the screen")
                eventually(lambda: not covered(phone), 5, lambda: str(covered(phone)))
    assert [entry for entry in phone.console() if "Failed to load" not in entry] == []


def test_the_view_for_a_stream_is_clear_where_nothing_stands(phone: Phone, site: Site) -> None:
    start_talk(site)
    phone.resize(1920, 1080)
    phone.open_dashboard("?view=overlay&qr=off&window=900")
    phone.shows("#talk-name", "Kafka in an hour")
    phone.cdp("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0})

    picture = base64.b64decode(phone.cdp("Page.captureScreenshot", format="png")["data"])

    assert first_pixel(picture)[3] == 0
    ground = "return getComputedStyle(document.querySelector('.main-svg')).backgroundColor"
    assert phone.run(ground) in ("rgba(0, 0, 0, 0)", "transparent")
    for selector in ("#talk-name", "#total-cheers", ".timeline"):
        assert phone.find(f"#react-entry-point {selector}").is_displayed(), selector
    for selector in (".panel-foot", ".panel-head", ".join-column", "#note", ".rate"):
        assert not phone.find(f"#react-entry-point {selector}").is_displayed(), selector
    assert phone.box(".dashboard-header")["height"] <= 1
    assert phone.run("return document.documentElement.scrollHeight") == 1080
    assert phone.run("return document.documentElement.dataset.bsTheme") == "dark"
    assert phone.console() == []


def first_pixel(png: bytes) -> bytes:
    """Return red, green, blue and alpha of the corner, which no filter of PNG changes."""
    assert png[24:26] == b"\x08\x06", "no eight bits of RGBA"
    data, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return zlib.decompress(data)[1:5]


def covered(phone: Phone) -> list[tuple[str, str]]:
    """Return which labels of marks cover each other, or the legend."""
    notes = [(text, box) for text, box in phone.run(NOTES) if "Peak" not in text]
    if len(notes) < 4:
        return [("few labels", str(notes))]
    bottom = phone.run(LEGEND)
    pairs = [(one, other) for at, one in enumerate(notes) for other in notes[at + 1 :]]
    found = [(one[0], other[0]) for one, other in pairs if collide(one[1], other[1])]
    return found + [(text, "legend") for text, box in notes if box["top"] < bottom - 1]
