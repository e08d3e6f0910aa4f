"""What a presenter does with the bar of the dashboard."""

from tests.browser.phone import Phone
from tests.browser.site import PRESENTER_CODE

PRESS = "document.querySelector(\"#bar [data-bar='{}']\").click()"
FILL_IN = "document.querySelector(arguments[0]).value = arguments[1]"


def present(phone: Phone, search: str = "") -> None:
    """Open the dashboard by the presenter's link."""
    phone.open_dashboard(f"?presenter={PRESENTER_CODE}{search}")
    phone.browser.wait_for_element("#bar")


def press_bar(phone: Phone, *buttons: str) -> None:
    """Press buttons of the bar: start, mark, taps, results, end, again or dismiss."""
    for what in buttons:
        phone.run(PRESS.format(what))


def start_by_bar(phone: Phone, title: str, *labels: str) -> None:
    """Fill in the dialog of the bar, and start."""
    press_bar(phone, "start")
    phone.run(FILL_IN, "#new-title", title)
    phone.run(FILL_IN, "#new-buttons", "\n".join(labels))
    phone.run("document.querySelector('.talk-dialog .go').click()")
