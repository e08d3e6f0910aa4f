"""A site under test: its server in this process, and the public routes that a test asks."""

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.test import TestResponse

from dash_app import create_app
from dash_app.settings import Settings
from dash_app.site import EXTENSION
from tests.waiting import eventually

if TYPE_CHECKING:
    from dash_app.consumer.service import Service

LIVE_SECONDS = 15
COUNTED_SECONDS = 2
"""The promise is one second; the second one is for a busy machine."""


class Site:
    """A server made from settings, asked through its test client."""

    def __init__(self, server: Flask, service: "Service | None" = None) -> None:
        self.server = server
        # As a program asks: with the cookie of a browser it would have the limits of one finger.
        self.client = server.test_client(use_cookies=False)
        self.service: Service = service or server.extensions[EXTENSION]
        self.prefix = self.service.settings.url_prefix

    def ask(self, method: str, path: str, **arguments: Any) -> TestResponse:
        """Send a request to a path under the prefix."""
        return self.client.open(f"{self.prefix}{path}", method=method, **arguments)

    def click(self, body: Any) -> TestResponse:
        """Post a body as JSON to the click route."""
        text = json.dumps(body)
        return self.ask("POST", "/kafka/click", data=text, content_type="application/json")

    def timeline(self, **query: Any) -> Any:
        """Return the fields of the timeline."""
        answer = self.ask("GET", "/kafka/timeline", query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def data(self) -> Any:
        """Return the fields of the recent clicks."""
        answer = self.ask("GET", "/kafka/data")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def totals(self) -> tuple[int, int]:
        """Return the cheers and the hate counted."""
        totals = self.timeline()["totals"]
        return totals["cheers"], totals["hate"]

    def wait_for_state(self, state: str, seconds: float = LIVE_SECONDS) -> None:
        """Return once the consumer says that it is in that state."""
        eventually(
            lambda: self.timeline()["state"] == state,
            seconds,
            lambda: f"{state}: {self.timeline()}",
        )

    def wait_for_reason(self, reason: str, seconds: float = LIVE_SECONDS) -> None:
        """Return once readiness says that the broker is away, and why."""

        def has_reason() -> bool:
            broker = self.ask("GET", "/readyz").get_json()["conditions"][0]
            return not broker["ok"] and reason in broker["reason"]

        eventually(has_reason, seconds, lambda: f"{reason}: {self.ask('GET', '/readyz').text}")

    def wait_for_totals(self, cheers: int, hate: int = 0, seconds: float = COUNTED_SECONDS) -> None:
        """Return once exactly so many clicks are counted."""
        eventually(
            lambda: self.totals() == (cheers, hate),
            seconds,
            lambda: f"{cheers} cheers and {hate} hate: {self.totals()}",
        )


@contextlib.contextmanager
def open_site(settings: Settings) -> Iterator[Site]:
    """Make a site of these settings; stop what its requests started at the end."""
    site = Site(create_app(settings))
    try:
        yield site
    finally:
        site.service.stop()


@contextlib.contextmanager
def open_live_site(settings: Settings) -> Iterator[Site]:
    """Make a site of these settings that follows its log; stop it at the end."""
    with open_site(settings) as site:
        site.wait_for_state("live")
        yield site
