"""Each state of the dashboard on each screen, in both themes and languages: nothing cut off."""

import pytest

from dash_app.settings.reactions import Reactions
from tests.browser.conftest import MakeSite
from tests.browser.gate import Gate
from tests.browser.phone import Phone, themes_and_languages
from tests.browser.site import Site
from tests.browser.states import DASHBOARD, State
from tests.waiting import eventually

SIZES = [(390, 844), (844, 390), (683, 384), (1366, 768), (1920, 1080)]
"""A phone upright and sideways, a desk with a zoom of 200 % and without, and a wall."""
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
const plot = document.querySelector('.js-plotly-plot .nsewdrag').getBoundingClientRect();
const legend = document.querySelector('.js-plotly-plot .legend');
const bottom = legend ? legend.getBoundingClientRect().bottom : 0;
const tick = parseFloat(getComputedStyle(document.querySelector('.xtick text')).fontSize);
const page = document.documentElement;
const isWall = page.dataset.view === 'presenter' && innerWidth > 1000;
// On a wall nobody scrolls.
const isSeen = !isWall || page.scrollHeight <= innerHeight;
const isFull = ['width', 'height'].every((side) => Math.abs(drawn[side] - frame[side]) <= 1);
return isSeen && isFull && bottom <= plot.top + 1 && (tick > 13) === isWall;
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

    for theme, language in themes_and_languages():
        phone.speaks(language)
        has_theme(phone, theme)
        for width, height in SIZES:
            phone.resize(width, height)
            eventually(lambda: phone.run(FITS), 5, "the chart does not fit its frame")
            assert phone.run("return document.documentElement.scrollWidth") <= width
            assert phone.run(CUT) == []
            phone.picture(f"dashboard {state.name} {theme} {language} {width}")
    assert all("Failed to load resource" in entry for entry in phone.console())
