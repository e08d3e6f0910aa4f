"""A site with access codes, and how a browser or a program asks it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dash_app.settings import Settings
from tests.served import PREFIX
from tests.sites import Site, open_site

MakeSite = Callable[..., Site]
CODES = {"clicker_code": "tap-tap-tap", "dashboard_code": "for-the-presenter"}


@contextmanager
def making_sites(folder: Path) -> Iterator[MakeSite]:
    """Make sites on one file of the folder: `make(clicker_code=…)`; stop them at the end."""
    with ExitStack() as opened:

        def make(**changes: Any) -> Site:
            values = {"clicks_db": folder / "clicks.sqlite3", **CODES, **changes}
            return opened.enter_context(open_site(Settings(**values)))

        yield make


def browser(site: Site) -> FlaskClient:
    return site.server.test_client()


def status(client: FlaskClient, path: str, **headers: str) -> int:
    return client.get(f"{PREFIX}{path}", headers=headers).status_code


def click(client: FlaskClient, **headers: str) -> TestResponse:
    return client.post(f"{PREFIX}/kafka/click", json={"type": "cheers"}, headers=headers)


def follow(client: FlaskClient, path: str) -> TestResponse:
    """Open an address as a browser does; return what stands at its end."""
    answer = client.get(path)
    while answer.status_code in {302, 303}:
        path = urljoin(path, answer.headers["Location"])
        answer = client.get(path)
    return answer
