"""The Kafka Real-Time Clicker & Dashboard: a crowd taps, Kafka keeps, a live chart shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from dash_app.consumer.service import Service
    from dash_app.settings import Settings

__version__ = "1.0.0"

__all__ = ["__version__", "create_app", "mount"]


def create_app(settings: Settings | None = None) -> Flask:
    """Return a Flask server with both pages, the routes and a landing page at `/`.

    `settings` defaults to the environment. Nothing is opened or started: the first request of a
    process starts the counting, or `server.extensions["kafka_clicker"].start()`. Raises BadSetting.
    """
    from dash_app.site import create_app  # noqa: PLC0415 - importing the package stays cheap

    return create_app(settings)


def mount(
    server: Flask,
    settings: Settings | None = None,
    may_present: Callable[[], bool] | None = None,
) -> Service:
    """Put both pages and the routes on a Flask server that exists, under `settings.url_prefix`.

    `settings` defaults to the environment, where names that a host may use itself have the prefix
    CLICKER_. Nothing is opened or started: the first request of a process starts the counting, or
    `start()` of the service that is returned. `may_present` is called in a request and says whether
    it may change talks; without it only whoever has PRESENTER_CODE may. Raises BadSetting, and
    ValueError if the server has a site with this prefix or matches hosts.
    """
    from dash_app.site import mount  # noqa: PLC0415

    return mount(server, settings, may_present)
