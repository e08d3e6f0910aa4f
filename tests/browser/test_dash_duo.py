"""Dash's own way to test an app: its runner ends every thread that the app has started."""

from collections.abc import Iterator
from typing import Any

import pytest

from dash_app import create_app
from dash_app.settings import Settings
from dash_app.site import EXTENSION, PAGES
from tests.browser.site import PREFIX
from tests.waiting import eventually

# How the runner ends threads: an exception that comes from outside.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The app that `dash_app/app.py` offers, shared by the tests of this file as an import is."""
    folder = tmp_path_factory.mktemp("duo")
    server = create_app(Settings(clicks_db=folder / "clicks.sqlite3"))
    yield server.extensions[PAGES].dashboard
    server.extensions[EXTENSION].stop()


@pytest.mark.parametrize("cheers", [1, 2, 3])
def test_each_server_of_the_same_app_counts(app: Any, dash_duo: Any, cheers: int) -> None:
    dash_duo.start_server(app)
    driver = dash_duo.driver
    driver.get(f"{dash_duo.server.url}{PREFIX}/kafka-clicker")
    dash_duo.wait_for_element("button").click()
    dash_duo.wait_for_contains_text("body", "Event sent: CHEERS 🚀")

    driver.get(f"{dash_duo.server.url}{PREFIX}/kafka-dashboard")
    card = "return document.body.innerText.match(/Total Cheers 👍\\s+(\\d+)/)?.[1]"
    eventually(
        lambda: driver.execute_script(card) == str(cheers),
        10,
        lambda: f"{driver.execute_script(card)} are shown, not {cheers}",
    )
    assert dash_duo.get_logs() == []
