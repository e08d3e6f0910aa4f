"""Everybody can use both pages in all their states, as far as axe-core can tell."""

import pytest

from dash_app.settings.reactions import Reactions
from tests.browser import axe
from tests.browser.clicker_states import CLICKER
from tests.browser.conftest import MakeSite
from tests.browser.gate import Gate
from tests.browser.phone import Phone, themes_and_languages
from tests.browser.site import Site
from tests.browser.states import DASHBOARD, State

STATES = [("clicker", state) for state in CLICKER] + [("dashboard", state) for state in DASHBOARD]
PHONE, DESK, WALL = (390, 844), (1280, 800), (1920, 1080)
LOOKS = [(PHONE, theme, language) for theme, language in themes_and_languages()]
WIDE = [(DESK, "light", "es"), (DESK, "dark", "en")]
ON_A_WALL = [(WALL, "dark", "en"), (WALL, "light", "es")]
"""What a width changes is the same in all colours, so pairs do for what is wide."""


@pytest.fixture
def site(make_site: MakeSite, reactions: Reactions) -> Site:
    """A site that phones are asked to join."""
    return make_site(join_url="http://192.168.1.20:8050/j", reactions=reactions)


@pytest.mark.parametrize(
    ("page", "state"), STATES, ids=[f"{page} {state.name}" for page, state in STATES]
)
def test_a_state_can_be_used_by_everybody(
    phone: Phone, gate: Gate, site: Site, page: str, state: State, undecided: set[str]
) -> None:
    # What is half faded in has another contrast.
    phone.prefers("dark", reduced_motion=True)
    state.enter(phone, gate, site)

    looks = LOOKS + WIDE * (page == "dashboard") + ON_A_WALL * (state.name == "presenter")
    for size, theme, language in looks:
        phone.prefers(theme, reduced_motion=True)
        phone.speaks(language)
        phone.resize(*size)
        report = axe.examine(phone)
        undecided |= {f"{page}: {line}" for line in report.incomplete}
        assert report.violations == [], (theme, language, size)
    injected = "Failed to load resource" if gate.trouble else "nothing"
    assert [entry for entry in phone.console() if injected not in entry] == []
    assert phone.foreign_requests() == []


def test_what_is_wrong_is_found(phone: Phone) -> None:
    phone.prefers("dark")
    phone.open_clicker()
    phone.run("document.querySelector('.switch.theme').removeAttribute('aria-label')")
    phone.run("document.querySelector('#delivery').style.color = '#333'")

    violations = axe.examine(phone).violations

    assert [line.partition(" ")[0] for line in violations] == ["button-name:", "color-contrast:"]
