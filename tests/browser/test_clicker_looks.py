"""Each state of the clicker on each phone, in both themes and languages: pictured, nothing cut."""

from itertools import product

import pytest

from tests.browser import axe
from tests.browser.clicker_states import CLICKER
from tests.browser.gate import Gate
from tests.browser.phone import CHEERS, HATE, Phone
from tests.browser.site import ROOT, Site
from tests.browser.states import State

SIZES = [(390, 844), (320, 568), (844, 390), (1280, 800), (1920, 1080)]
LOOKS = [*product(SIZES, ("dark", "light"), ("en", "es"))]
PICTURES = ROOT / "var" / "pictures"
CUT = """
const page = document.querySelector("#react-entry-point");
const range = document.createRange();
return [...page.querySelectorAll("h1, a, button, p")].filter((element) => {
  range.selectNodeContents(element);
  const [text, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
  const isOut = box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight;
  return isOut || text.width > box.width || text.height > box.height;
}).map((element) => element.outerHTML);
"""
EDGES = """
const style = getComputedStyle(document.querySelector(arguments[0]));
const ground = getComputedStyle(document.documentElement).backgroundColor;
const border = style.borderTopWidth === "0px" ? ground : style.borderTopColor;
return { border, fill: style.backgroundColor, ground };
"""


@pytest.mark.parametrize("state", CLICKER, ids=[state.name for state in CLICKER])
def test_a_state_fits_every_phone(phone: Phone, gate: Gate, site: Site, state: State) -> None:
    phone.prefers("dark", reduced_motion=True)
    state.enter(phone, gate, site)

    for (width, height), theme, language in LOOKS:
        phone.prefers(theme, reduced_motion=True)
        phone.speaks(language)
        phone.resize(width, height)
        assert phone.run("return document.documentElement.scrollWidth") == width
        assert phone.run(CUT) == []
        name = f"clicker {state.name} {theme} {language} {width}".replace(" ", "-")
        phone.picture(PICTURES / f"{name}.png")


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
        phone.picture(PICTURES / f"clicker-forced-{name[-10:-7]}.png")
        phone.cdp("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left")

    ready, pressed, *others = looks
    assert others == [ready, pressed]
    assert ready["border"] != ready["ground"] != pressed["border"] != ready["border"]


def test_with_the_systems_colours_the_chosen_window_is_seen(phone: Phone) -> None:
    phone.prefers("dark", reduced_motion=True, forced_colors=True)
    phone.open_dashboard()

    window, other = (phone.run(EDGES, f"#window-{seconds}")["fill"] for seconds in (120, 900))
    assert window != other
    assert violations(phone) == []
    phone.picture(PICTURES / "dashboard-forced.png")


def test_without_javascript_the_page_says_so_and_offers_no_button(phone: Phone) -> None:
    phone.cdp("Emulation.setScriptExecutionDisabled", value=True)
    phone.driver.get(f"{phone.base}/kafka-clicker")

    notices = phone.find(".notice").text + phone.find("[lang=es].notice").text
    assert "needs JavaScript" in notices
    assert "necesita JavaScript" in notices
    assert not phone.find("#shell .pads").is_displayed()
    assert not phone.find("#shell .switches").is_displayed()
    phone.picture(PICTURES / "clicker-without-javascript.png")
