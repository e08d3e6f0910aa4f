"""axe-core, which the tests of looks ask, finds what is wrong."""

from tests.browser import axe
from tests.browser.phone import Phone


def test_what_is_wrong_is_found(phone: Phone) -> None:
    phone.prefers("dark")
    phone.open_clicker()
    phone.run("document.querySelector('.switch.theme').removeAttribute('aria-label')")
    phone.run("document.querySelector('#delivery').style.color = '#333'")

    violations = axe.examine(phone).violations

    assert [line.partition(" ")[0] for line in violations] == ["button-name:", "color-contrast:"]
