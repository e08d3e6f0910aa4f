"""What a viewer of the dashboard does with it, and reads from its address."""

from urllib.parse import parse_qs, urlparse

from tests.browser.phone import Phone
from tests.browser.states import PRESS


def press(phone: Phone, what: str) -> None:
    """Press the button that does what is named, such as `pause`."""
    phone.run(PRESS.format(what))


def query(phone: Phone) -> dict[str, list[str]]:
    """Return the query of the page's address."""
    return parse_qs(urlparse(phone.driver.current_url).query)


def csv_address(phone: Phone) -> str:
    """Return where the page's CSV is, for who knows no names of its browser."""
    href: str = phone.run("return document.querySelector('#csv').href")
    return href.replace("phone.test", "127.0.0.1")
