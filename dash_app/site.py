"""Puts the routes and the pages of the site on a Flask server."""

import functools
import logging
import os
from collections.abc import Callable
from typing import NamedTuple

from dash import Dash
from flask import Flask, Request
from flask.helpers import get_debug_flag
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from dash_app import errors
from dash_app.consumer.service import Service
from dash_app.operations import probes
from dash_app.operations.telemetry import Telemetry
from dash_app.pages import (
    clicker,
    code_form,
    dashboard,
    files,
    join,
    lab,
    landing,
    report,
    report_file,
    theme,
)
from dash_app.pages import talks as talks_page
from dash_app.security.access import Codes
from dash_app.security.buckets import TokenBuckets
from dash_app.security.gate import NAME, Gate
from dash_app.security.guessing import CodeGuesses
from dash_app.security.limits import ClickLimits
from dash_app.security.presenter import presenter_of
from dash_app.security.signing import Signing, signing_key
from dash_app.security.visitors import Visitors
from dash_app.settings import Settings, bad_setting
from dash_app.web import routes, talks
from dash_app.web.archive import Renderer

logger = logging.getLogger(__name__)

EXTENSION = NAME
"""The key of the site's Service in `server.extensions`; a second site's has `_2` at its end."""

PAGES = f"{EXTENSION}.pages"
"""The key of the site's Pages in `server.extensions`."""


class Pages(NamedTuple):
    """The Dash apps of the pages."""

    clicker: Dash
    dashboard: Dash
    report: Dash
    talks: Dash
    lab: Dash


class _Sessions(SecureCookieSessionInterface):
    """Flask's sessions, which derive no keys for a request without a session cookie.

    The site has no sessions: they are for views that others add to its server.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if app.secret_key and self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def create_app(settings: Settings | None = None) -> Flask:
    """Return a Flask server with the site alone; see dash_app.create_app."""
    _refuse_debugger()
    settings = settings or Settings.from_environment()
    server = Flask("dash_app", static_folder=None)
    # FLASK_DEBUG in the environment must not show tracebacks to an audience.
    server.debug = False
    server.session_interface = _Sessions()
    _mount(server, settings, at_root=True)
    server.register_error_handler(404, lambda _: errors.not_found())
    server.register_error_handler(HTTPException, errors.http_error_response)
    server.before_request(lambda: _keep_secret(server, settings))
    if settings.trusted_hops:
        _trust_proxies(server, settings.trusted_hops)
    return server


def _refuse_debugger() -> None:
    # `flask run` puts its debugger around any app, with a console that runs any code.
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true" and get_debug_flag():
        allowed = "unset or 0 for `flask run`, whose debugger would be open to the audience"
        raise bad_setting("FLASK_DEBUG", os.environ["FLASK_DEBUG"], allowed)


def _trust_proxies(server: Flask, hops: int) -> None:
    """Take the client's address, scheme, host and prefix from the headers of so many proxies.

    Each proxy adds an address, and replaces scheme, host and prefix.
    """
    proxy_fix = ProxyFix(server.wsgi_app, x_for=hops, x_proto=1, x_host=1, x_prefix=1)
    server.wsgi_app = proxy_fix  # type: ignore[method-assign]


def mount(
    server: Flask,
    settings: Settings | None = None,
    may_present: Callable[[], bool] | None = None,
) -> Service:
    """Put the site on a server that exists; see dash_app.mount."""
    settings = settings or Settings.from_environment(mounted=True)
    return _mount(server, settings, at_root=False, may_present=may_present)


def _mount(
    server: Flask,
    settings: Settings,
    *,
    at_root: bool,
    may_present: Callable[[], bool] | None = None,
) -> Service:
    name = _free_name(server, settings)
    telemetry = Telemetry(settings)
    service = Service(settings, telemetry)
    signing = Signing(server, settings)
    buckets = TokenBuckets()
    limits = ClickLimits(settings, Visitors(settings, signing), buckets)
    form = functools.partial(code_form.form, settings)
    guesses = CodeGuesses(settings, buckets)
    presenter = presenter_of(settings, signing, guesses, at_root=at_root, may_present=may_present)
    codes = Codes(settings, signing, guesses, form, presenter)
    gate = Gate(server, settings, codes, telemetry.on_response, name)
    pages = Pages(
        clicker.mount(settings, gate, functools.partial(talks.current_fields, service)),
        dashboard.mount(settings, gate),
        report.mount(settings, gate),
        talks_page.mount(settings, gate),
        lab.mount(settings, gate),
    )
    theme.mount(settings, gate)
    files.mount(gate)
    landing.mount(settings, gate, at_root=at_root)
    join.mount(settings, gate)
    probes.mount(service, telemetry, gate, at_root=at_root)
    # Last: if two rules match a path, Flask uses the one that was added first.
    routes.mount(service, telemetry, limits, gate, {"html": _html(settings)})
    # A request of the host's own starts nothing.
    (server if at_root else gate.routes).before_request(_starter(service))
    gate.register()
    server.extensions |= {name: service, f"{name}.pages": pages}
    return service


def _html(settings: Settings) -> Renderer:
    """Return the form of a report that a browser opens without the site."""
    return Renderer(
        "text/html",
        lambda document, zone, language: report_file.render_html(
            document, language, str(zone), settings
        ),
    )


def _free_name(server: Flask, settings: Settings) -> str:
    """Return the key of a new site on the server; raises ValueError if there is no room for it."""
    if server.url_map.host_matching:
        raise ValueError(
            "this Flask server has host_matching=True, and the site's routes name no host;"
            " mount it on a server of its own and put both behind a DispatcherMiddleware"
        )
    services = [each for each in server.extensions.values() if isinstance(each, Service)]
    if any(service.settings.url_prefix == settings.url_prefix for service in services):
        raise ValueError(
            f"this Flask server has a site at URL_PREFIX={settings.url_prefix} already;"
            " a second one needs a prefix of its own"
        )
    return f"{EXTENSION}_{len(services) + 1}" if services else EXTENSION


def _starter(service: Service) -> Callable[[], None]:
    """Return a hook that starts the service before a request; if it fails, the request goes on."""
    has_failed = False

    def start() -> None:
        nonlocal has_failed
        try:
            service.start()
            has_failed = False
        except Exception:
            if not has_failed:
                logger.exception("the counting cannot start; each request tries again")
            has_failed = True

    return start


def _keep_secret(server: Flask, settings: Settings) -> None:
    if server.secret_key is None:
        server.secret_key = signing_key(server, settings)
