"""What older engines lack, and slow ones get in pieces: a page works, or says that it does not."""

from pathlib import Path
from typing import Any

import pytest
from dash.testing.browser import Browser

from dash_app.pages.report_file import render_html
from tests.browser import axe
from tests.browser.conftest import MakeSite
from tests.browser.gate import Gate, Trouble
from tests.browser.laboratory import open_lab
from tests.browser.phone import CHEERS, Phone
from tests.browser.reports import EXAMPLE, answer_with, drawn, open_report
from tests.browser.site import Site
from tests.browser.test_dashboard import draws
from tests.browser.test_looks import looks, open_page, prefers
from tests.ports import free_port
from tests.waiting import eventually

OLD_QUERIES = "MediaQueryList.prototype.addEventListener = undefined;"
"""As in Safari before 14."""

OLD_SELECTORS = """
const { supports } = CSS;
CSS.supports = (...what) => !what[0].includes(":focus-visible") && supports(...what);
const { insertRule } = CSSStyleSheet.prototype;
CSSStyleSheet.prototype.insertRule = function (rule, index) {
  if (rule.includes(":focus-visible")) throw new DOMException("no such selector", "SyntaxError");
  return insertRule.call(this, rule, index);
};
"""
"""As in Safari before 15.4 and Chrome before 86."""

OLD_FRAMES = """
const { animate } = Element.prototype;
Element.prototype.animate = function (frames, options) {
  const named = frames.map((frame) => Object.keys(frame).sort().join());
  if (new Set(named).size > 1) throw new DOMException("Partial keyframes", "NotSupportedError");
  return animate.call(this, frames, options);
};
"""
"""As in Chrome before 84."""

IN_APP = """
delete Navigator.prototype.sendBeacon;
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("", "SecurityError"); } });
}
"""
"""As in the browsers that some apps show pages in."""

OLD_WORDS = ("cqi", "dvh", "inset: 0", ":has", '"‹ " /')
"""What stylesheets of ours hold and Safari 14.0 and Chrome 83 do not know."""

WIDER = "const page = document.documentElement; return page.scrollWidth - page.clientWidth"
TEXTS = "return [...document.querySelectorAll('[data-text]')].map((e) => e.textContent)"
SEE = """
window.seen = new Set();
const see = () => document.querySelectorAll("[data-text]").forEach((e) => seen.add(e.textContent));
new MutationObserver(see).observe(document, { childList: true, subtree: true });
"""
NOTICES = ["This page needs JavaScript", "Esta página necesita JavaScript"]
SCRIPTS = [
    ("clicker", "page.js"),
    ("clicker", "clicker.js"),
    ("dashboard", "page.js"),
    ("dashboard", "dashboard.js"),
    ("dashboard", "dash_renderer"),
    ("talks", "page.js"),
    ("report", "page.js"),
    ("lab", "page.js"),
]


@pytest.fixture
def gate_port() -> int:
    """A fresh port: nothing that is in trouble here may come from the browser's own store."""
    return free_port()


def before(phone: Phone, script: str) -> None:
    """Run the script in each document before any other."""
    phone.cdp("Page.addScriptToEvaluateOnNewDocument", source=script)


@pytest.mark.parametrize("path", ["/", "/kafka-clicker", "/kafka-clicker?code=wrong"])
def test_a_page_that_comes_in_pieces_shows_each_text_once(
    make_site: MakeSite, browser: Browser, path: str
) -> None:
    codes: Any = {"clicker_code": "tap-tap-tap"} if "code" in path else {}
    site = make_site(join_url="http://192.168.1.20:8050/j", **codes)
    with Gate(site.port) as gate:
        phone = Phone(browser, gate.port)
        prefers(phone, "dark", "es-ES")
        before(phone, SEE)
        # First: what the browser has stored comes whole.
        gate.trouble["/"] = Trouble(pause=0.03)
        phone.driver.get(phone.base + path)
        pieced, seen = phone.run(TEXTS), phone.run("return [...window.seen]")

        gate.clear()
        phone.driver.get(phone.base + path)
        whole = phone.run(TEXTS)
        assert "English" in whole
        assert pieced == whole
        texts = tuple(filter(None, whole))
        # Also for no moment: a text before which its translation stands.
        assert [text for text in seen if text not in whole and text.startswith(texts)] == []


def test_an_engine_without_listeners_on_media_queries_and_partial_frames_follows_the_system(
    phone: Phone,
) -> None:
    before(phone, OLD_QUERIES)
    before(phone, OLD_FRAMES)
    prefers(phone, "light", "es-ES")
    open_page(phone, "/kafka-clicker")
    assert looks(phone) == ("es", "light", False)

    prefers(phone, "dark", "es-ES")
    eventually(lambda: looks(phone) == ("es", "dark", True), 3, "the system is not followed")
    phone.tap(CHEERS)
    phone.shows("#cheers-count", "1")
    assert phone.console() == []


def test_an_engine_without_focus_visible_draws_the_chart(phone: Phone, site: Site) -> None:
    site.click(*[("cheers", 30)] * 5)
    before(phone, OLD_SELECTORS)
    phone.open_dashboard()

    draws(phone, 5, 0)
    assert phone.console() == []


def test_an_engine_without_focus_visible_draws_the_report_the_file_and_the_laboratory(
    phone: Phone, gate: Gate, tmp_path: Path
) -> None:
    before(phone, OLD_SELECTORS)
    answer_with(gate, {"report": EXAMPLE})
    open_report(phone)
    shown = drawn(phone)
    assert sum(shown) > 0
    gate.clear()
    open_lab(phone)

    # JavaFX's WebKit has none; Dash needs it to draw a chart, and the file does not.
    before(phone, "delete window.ResizeObserver;")
    file = tmp_path / "report.html"
    file.write_bytes(render_html(EXAMPLE, "en", "UTC"))
    phone.driver.get(file.as_uri())
    eventually(lambda: drawn(phone) == shown, 10, "the chart of the file is not drawn")
    assert phone.console() == []


@pytest.mark.parametrize(("page", "script"), SCRIPTS)
def test_a_page_whose_script_fails_says_so_and_offers_nothing(
    phone: Phone, gate: Gate, page: str, script: str
) -> None:
    gate.trouble[script] = Trouble(status=503, body={})
    phone.driver.get(f"{phone.base}/kafka-{page}")

    notices = phone.browser.driver.find_elements("css selector", ".notice")
    eventually(lambda: all(notice.is_displayed() for notice in notices), 5, "nothing is said")
    for notice, text in zip(notices, NOTICES, strict=True):
        assert notice.text.startswith(text)
    offers = phone.run(
        "return [...document.querySelectorAll('[data-tap], [data-switch]')]"
        ".filter((each) => each.getClientRects().length > 0).length"
    )
    assert offers == 0
    violations = axe.examine(phone).violations
    # The notice is the whole page, and no heading.
    assert [each for each in violations if "page-has-heading-one" not in each] == []


def test_the_taps_count_on_although_a_bundle_of_dash_fails(phone: Phone, gate: Gate) -> None:
    gate.trouble["dash_renderer"] = Trouble(status=503, body={})
    phone.driver.get(f"{phone.base}/kafka-clicker")

    phone.tap("#shell #cheers-button")

    phone.shows("#shell #delivery", "Sent: 1")
    assert not phone.find(".notice").is_displayed()


def test_a_browser_without_beacons_and_storage_taps_on(phone: Phone, gate: Gate) -> None:
    before(phone, IN_APP)
    phone.open_clicker()
    gate.trouble["kafka/click"] = Trouble(hold_request=20)
    phone.tap(CHEERS)
    phone.run("dispatchEvent(new PageTransitionEvent('pagehide'))")
    gate.clear()

    phone.shows("#delivery", "Sent: 1")
    assert phone.console() == []


@pytest.mark.parametrize("search", ["", "?view=presenter"])
def test_nothing_lies_under_a_notch(phone: Phone, search: str) -> None:
    insets = {"left": 59, "right": 59, "bottom": 21}
    phone.resize(844, 390)
    phone.cdp("Emulation.setSafeAreaInsetsOverride", insets=insets)
    phone.open_dashboard(search)

    outside = phone.run(
        "return [...document.querySelectorAll('.card, .panel, .status, .switch, .control')]"
        ".filter((each) => each.getClientRects().length > 0)"
        ".map((each) => [each, each.getBoundingClientRect()])"
        ".filter(([, { left, right }]) => left < 59 || right > 844 - 59)"
        ".map(([each]) => each.outerHTML)"
    )
    assert outside == []
    assert phone.run(WIDER) == 0


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_an_engine_without_new_words_of_css_shows_the_clicker(
    phone: Phone, gate: Gate, width: int, height: int
) -> None:
    gate.trouble[".css"] = Trouble(unknown=OLD_WORDS)
    phone.resize(width, height)
    phone.open_clicker()

    arrow = "return getComputedStyle(document.querySelector('.home-link'), '::before').content"
    assert "‹" in phone.run(arrow)
    assert phone.find("#react-entry-point .pad-count").text == "0 by you"
    assert height - 60 < phone.box("#delivery")["bottom"] < height
    assert phone.run(WIDER) == 0


@pytest.mark.parametrize(
    ("width", "search"), [(320, ""), (390, ""), (1280, ""), (1920, "?view=presenter")]
)
@pytest.mark.parametrize("total", [99_999, 1_234_567])
def test_an_engine_without_new_words_of_css_shows_large_totals(
    phone: Phone, gate: Gate, site: Site, width: int, search: str, total: int
) -> None:
    answer = site.timeline() | {"totals": {"cheers": total, "hate": total}}
    gate.trouble["kafka/timeline"] = Trouble(status=200, body=answer)
    gate.trouble[".css"] = Trouble(unknown=OLD_WORDS)
    phone.resize(width, 844)
    phone.open_dashboard(search)
    phone.shows("#total-cheers", f"{total:,}")

    size, needs, has = phone.run(
        "const e = document.querySelector('#total-cheers');"
        "return [parseFloat(getComputedStyle(e).fontSize), e.scrollWidth, e.clientWidth]"
    )
    assert needs <= has
    assert size >= (18 if width < 992 else 36)
    assert phone.box("#timeline")["height"] >= 190
