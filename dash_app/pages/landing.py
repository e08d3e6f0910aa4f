"""The landing page: what this is, the two pages, and how a phone joins."""

import functools
from collections.abc import Callable

from flask import Flask, Response, redirect
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from dash_app.pages import clicker, dashboard, files
from dash_app.pages.page import POLICY
from dash_app.pages.qr import qr_code
from dash_app.settings import Settings

# The main element bears the id that dash[testing] waits for on every address it opens.
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Kafka Clicker &amp; Dashboard</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="A crowd presses two buttons; Kafka carries every press.">
<meta name="theme-color" content="#0b1016">
<meta name="color-scheme" content="dark">
<link rel="icon" type="image/svg+xml" href="{base}{icon}">
<link rel="stylesheet" href="{base}{tokens}">
<link rel="stylesheet" href="{base}{style}">
</head>
<body>
<main id="react-entry-point" class="landing">
{demo}
<h1>Kafka Real-Time Clicker &amp; Dashboard</h1>
<p class="lead">A crowd presses two buttons on its phones. Every press becomes a record in Kafka,
a consumer counts the records, and the dashboard draws them live.</p>
<nav class="choices" aria-label="Pages">
<a class="choice cheers" href="{base}{clicker}"><strong>Clicker</strong> for your phone</a>
<a class="choice" href="{base}{dashboard}"><strong>Dashboard</strong> for the big screen</a>
</nav>
{join}
</main>
</body>
</html>
"""

_DEMO = Markup('<p class="demo">DEMO: the crowd is simulated</p>')
_JOIN = Markup("""<section class="join-now" aria-label="Join in">
<img class="join-code" src="{code}" alt="QR code of {address}">
<p>Scan to join, or open<br><a class="join-address" href="{address}">{address}</a></p>
</section>""")


def mount(server: Flask, settings: Settings, *, at_root: bool) -> None:
    """Serve the landing page and the short way to the clicker, `j`, under the prefix.

    With at_root, also at `/` and `/j`.
    """
    places = [settings.url_prefix, ""] if at_root else [settings.url_prefix]
    for place in places:
        # Relative addresses, so that a proxy may add a prefix of its own.
        base = "" if place else f"{settings.url_prefix.removeprefix('/')}/"
        server.add_url_rule(f"{place}/", f"{place}/", _landing(settings, base))
        server.add_url_rule(f"{place}/j", f"{place}/j", _redirect(f"{base}{clicker.NAME}"))
    prefix = settings.url_prefix
    server.add_url_rule(prefix, prefix, _redirect(f"{prefix.rpartition('/')[2]}/"))


def _landing(settings: Settings, base: str) -> Callable[[], Response]:
    @functools.cache
    def page() -> files.File:
        html = _PAGE.format(
            base=base,
            icon=files.asset_url("icon.svg"),
            tokens=files.asset_url("style.css"),
            style=files.asset_url("landing.css"),
            clicker=clicker.NAME,
            dashboard=dashboard.NAME,
            demo=_DEMO if settings.demo else "",
            join=_join(settings.join_url) if settings.join_url else "",
        )
        return files.pack(html.encode(), "text/html")

    def landing() -> Response:
        response = files.answer(page(), forever=False)
        response.headers["Content-Security-Policy"] = POLICY.format(scripts="").replace(" ;", ";")
        return response

    return landing


def _redirect(location: str) -> Callable[[], ResponseReturnValue]:
    return lambda: redirect(location, Response=Response)


def _join(address: str) -> Markup:
    return _JOIN.format(code=qr_code(address), address=address)
