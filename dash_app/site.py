"""The site: routes and pages put together on a Flask server."""

import logging
import secrets
from typing import NamedTuple

from dash import Dash
from flask import Flask

from dash_app import api, secret
from dash_app.pages import clicker, dashboard, landing
from dash_app.service import Service
from dash_app.settings import Settings

log = logging.getLogger(__name__)

EXTENSION = "kafka_clicker"
"""Where `server.extensions` holds the Service of the site."""

PAGES = "kafka_clicker.pages"
"""Where `server.extensions` holds the Pages of the site."""


class Pages(NamedTuple):
    """The Dash apps of the two pages."""

    clicker: Dash
    dashboard: Dash


def create_app(settings: Settings | None = None) -> Flask:
    """Return a Flask server of our own; see dash_app.create_app."""
    settings = settings or Settings.from_environment()
    server = Flask("dash_app", static_folder=None)
    _put_on(server, settings, at_root=True)
    server.register_error_handler(404, lambda _: api.not_found())
    if settings.secret_key is not None:
        server.secret_key = settings.secret_key.get_secret_value()
    server.before_request(lambda: _keep_secret(server, settings))
    return server


def mount(server: Flask, settings: Settings | None = None) -> Service:
    """Put everything on a server that exists; see dash_app.mount."""
    return _put_on(server, settings or Settings.from_environment(), at_root=False)


def _put_on(server: Flask, settings: Settings, *, at_root: bool) -> Service:
    service = Service(settings)
    server.extensions[EXTENSION] = service
    server.before_request(service.start)
    server.register_blueprint(api.blueprint(service))
    server.extensions[PAGES] = Pages(
        clicker.mount(server, settings), dashboard.mount(server, settings)
    )
    landing.mount(server, settings, at_root=at_root)
    return service


def _keep_secret(server: Flask, settings: Settings) -> None:
    if server.secret_key is not None:
        return
    try:
        server.secret_key = secret.load_or_make(settings.clicks_db.parent)
    except OSError as error:
        log.warning("set SECRET_KEY: none is set and none can be kept: %s", error)
        server.secret_key = secrets.token_hex(32)
