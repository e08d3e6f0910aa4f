"""What a viewer of the dashboard does with it, and reads from its address."""

import csv
from pathlib import Path
from urllib.parse import parse_qs, urlparse

from tests.browser.phone import Phone
from tests.browser.states import PRESS
from tests.waiting import eventually


def press(phone: Phone, what: str) -> None:
    """Press the button that does what is named, such as `pause`."""
    phone.run(PRESS.format(what))


def query(phone: Phone) -> dict[str, list[str]]:
    """Return the query of the page's address."""
    return parse_qs(urlparse(phone.driver.current_url).query)


def is_saved(folder: Path, kind: str) -> bool:
    """Tell whether the browser has saved a whole file of this kind."""
    # Chromium holds the place of a file with an empty one, which the whole one replaces.
    return any(file.stat().st_size for file in folder.glob(f"*.{kind}"))


def saved(phone: Phone, kind: str, folder: Path) -> Path:
    """Press the button that saves a file of this kind, csv or png, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    phone.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    press(phone, kind)
    eventually(lambda: is_saved(folder, kind), 15, f"no {kind} was saved")
    (file,) = folder.glob(f"*.{kind}")
    return file


def saved_rows(phone: Phone, folder: Path) -> list[dict[str, str]]:
    """Save the CSV and return its rows by the labels of the columns."""
    return list(csv.DictReader(saved(phone, "csv", folder).read_text("utf-8-sig").splitlines()))
