"""Each state of the dashboard on each screen, in both themes and languages: nothing cut off."""

from itertools import product

import pytest

from dash_app.settings.reactions import Reactions
from tests.browser.conftest import MakeSite
from tests.browser.gate import Gate
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.states import DASHBOARD, State
from tests.waiting import eventually

SIZES = [(390, 844), (1280, 800), (1920, 1080)]
CUT = """
const cut = (e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'auto';
const seen = [...document.querySelectorAll('h1, h2, p, span, button, a, .card, .panel')];
const heard = '.visually-hidden, [data-view="presenter"] .titles';
return seen.filter((e) => e.offsetParent && !e.closest(heard) && cut(e))
  .map((e) => e.outerHTML.slice(0, 120));
"""
FITS = """
const drawn = document.querySelector('.js-plotly-plot .main-svg').getBoundingClientRect();
const frame = document.querySelector('.timeline-frame').getBoundingClientRect();
const tick = parseFloat(getComputedStyle(document.querySelector('.xtick text')).fontSize);
return Math.abs(drawn.width - frame.width) <= 1 && Math.abs(drawn.height - frame.height) <= 1
  && (tick > 13) === (document.documentElement.dataset.view === 'presenter' && innerWidth > 1000);
"""


@pytest.fixture
def site(make_site: MakeSite, reactions: Reactions) -> Site:
    """A site that phones are asked to join."""
    return make_site(join_url="http://192.168.1.20:8050/j", reactions=reactions)


def has_theme(phone: Phone, theme: str) -> None:
    """Have the system prefer the theme, and wait for the page; over a stream it is always dark."""
    phone.prefers(theme)
    shown = "const { overlay, bsTheme } = document.documentElement.dataset;"
    shown += " return overlay === 'on' ? arguments[0] : bsTheme"
    eventually(lambda: phone.run(shown, theme) == theme, 3, "the theme is not followed")


@pytest.mark.parametrize("state", DASHBOARD, ids=[state.name for state in DASHBOARD])
def test_a_state_fits_every_screen(phone: Phone, gate: Gate, site: Site, state: State) -> None:
    phone.resize(*SIZES[0])
    state.enter(phone, gate, site)

    for language, theme in product(("en", "es"), ("dark", "light")):
        phone.speaks(language)
        has_theme(phone, theme)
        for width, height in SIZES:
            phone.resize(width, height)
            eventually(lambda: phone.run(FITS), 5, "the chart does not fit its frame")
            assert phone.run("return document.documentElement.scrollWidth") <= width
            assert phone.run(CUT) == []
            phone.picture(f"dashboard {state.name} {theme} {language} {width}")
    assert all("Failed to load resource" in entry for entry in phone.console())
