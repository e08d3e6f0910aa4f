"""Everybody can use both pages in all their states, as far as axe-core can tell."""

import pytest

from tests.browser import axe
from tests.browser.clicker_states import CLICKER
from tests.browser.conftest import MakeSite
from tests.browser.gate import Gate
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.states import DASHBOARD, State

STATES = [("clicker", state) for state in CLICKER] + [("dashboard", state) for state in DASHBOARD]


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A site that phones are asked to join."""
    return make_site(join_url="http://192.168.1.20:8050/j")


@pytest.mark.parametrize(
    ("page", "state"), STATES, ids=[f"{page} {state.name}" for page, state in STATES]
)
def test_a_state_can_be_used_by_everybody(
    phone: Phone, gate: Gate, site: Site, page: str, state: State, undecided: set[str]
) -> None:
    # What is half faded in has another contrast.
    phone.prefers("dark", reduced_motion=True)
    state.enter(phone, gate, site)

    for theme, language in (("dark", "en"), ("light", "es")):
        phone.prefers(theme, reduced_motion=True)
        phone.speaks(language)
        found = axe.examine(phone)
        undecided |= {f"{page}: {line}" for line in found.incomplete}
        assert found.violations == [], (theme, language)
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
