"""Each state of the dashboard in each look: nothing is cut off, and everybody can use it."""

import pytest

from dash_app.settings.reactions import Reactions
from tests.browser import axe
from tests.browser.conftest import MakeSite
from tests.browser.gate import Gate
from tests.browser.looks import CUT, DESK, PHONE, WALL, looks
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.states import DASHBOARD, State
from tests.waiting import eventually

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


@pytest.mark.parametrize("state", DASHBOARD, ids=[state.name for state in DASHBOARD])
def test_a_state_fits_every_screen_and_serves_everybody(
    phone: Phone, gate: Gate, site: Site, state: State, undecided: set[str]
) -> None:
    state.enter(phone, gate, site)
    # What a width changes is the same in all states, so the wall does for one of them.
    examined = {PHONE, DESK, WALL} if state.name == "presenter" else {PHONE, DESK}

    for look in looks(phone):
        eventually(lambda: phone.run(FITS), 5, "the chart does not fit its frame")
        assert phone.fits(look.size[0])
        assert phone.run(CUT) == []
        name = f"dashboard {state.name} {look}"
        phone.picture(name)
        if look.size in examined:
            axe.serves_everybody(phone, name, undecided)
    injected = "Failed to load resource" if gate.trouble else "nothing"
    assert [entry for entry in phone.console() if injected not in entry] == []
    assert phone.foreign_requests() == []
