"""The landing page: what this is, the two pages, and how a phone joins."""

import functools
from collections.abc import Callable
from typing import Any

from dash import html
from flask import Response, redirect
from flask.typing import ResponseReturnValue

from dash_app.pages import clicker, dashboard, files, texts
from dash_app.pages.page import texts_tag
from dash_app.pages.qr import qr_code
from dash_app.pages.static_html import html_of
from dash_app.pages.switches import switches
from dash_app.pages.tokens import bar_tags
from dash_app.security import headers
from dash_app.security.access import anybody
from dash_app.security.gate import Gate
from dash_app.settings import Settings

_PAGE = """<!DOCTYPE html>
<html lang="en" data-bs-theme="dark">
<head>
<meta charset="utf-8">
{texts}
<script src="{base}{script}"></script>
<title>Kafka Clicker &amp; Dashboard</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="A crowd presses two buttons; Kafka carries every press.">
{bars}
<meta name="color-scheme" content="dark light">
<link rel="icon" type="image/svg+xml" href="{base}{icon}">
<link rel="stylesheet" href="{base}{tokens}">
<link rel="stylesheet" href="{base}{style}">
</head>
<body>
{main}
</body>
</html>
"""


def mount(settings: Settings, gate: Gate, *, at_root: bool) -> None:
    """Serve the landing page and the short way to the clicker, `j`, under the prefix.

    With at_root, also at `/` and `/j`.
    """
    prefix = settings.url_prefix
    # Relative addresses, so that a proxy may add a prefix of its own.
    _serve(settings, gate, base="")
    if at_root:
        _serve(settings, gate.at_root(), base=f"{prefix.removeprefix('/')}/")
    gate.add("", _redirect(f"{prefix.rpartition('/')[2]}/"), access=anybody)


def _serve(settings: Settings, gate: Gate, *, base: str) -> None:
    gate.add("/", _landing(settings, base), access=anybody)
    gate.add("/j", _redirect(f"{base}{clicker.NAME}"), access=gate.codes.pass_on(clicker.NAME))


def _landing(settings: Settings, base: str) -> Callable[[], Response]:
    @functools.cache
    def made() -> files.File:
        page = _PAGE.format(
            base=base,
            texts=texts_tag(texts.catalogue(texts.LANDING, demo=settings.demo)),
            script=files.asset_url("page.js"),
            bars=bar_tags(),
            icon=files.asset_url("icon.svg"),
            tokens=files.asset_url("style.css"),
            style=files.asset_url("landing.css"),
            main=html_of(layout(settings, base)),
        )
        return files.pack(page.encode(), "text/html")

    def landing() -> Response:
        response = files.answer(made(), forever=False)
        response.headers["Content-Security-Policy"] = headers.policy(settings.frame_ancestors)
        return response

    return landing


def _redirect(location: str) -> Callable[[], ResponseReturnValue]:
    return lambda: redirect(location, Response=Response)


def layout(settings: Settings, base: str) -> html.Main:
    """Return the body of the page; `base` leads from where it is asked for to the prefix."""
    # Where the clicker needs a code, the address may hold it: for the room, not for the web.
    join_url = settings.join_url if settings.clicker_code is None else None
    children = [
        switches(),
        *([html.P(**texts.text("demo"), className="demo")] * settings.demo),
        html.H1("Kafka Real-Time Clicker & Dashboard"),
        html.P(**texts.text("lead"), className="lead"),
        html.Nav(
            [
                _choice("Clicker", "for_phone", f"{base}{clicker.NAME}", "choice cheers"),
                _choice("Dashboard", "for_screen", f"{base}{dashboard.NAME}", "choice"),
            ],
            className="choices",
            **texts.label("pages"),
        ),
        *([_join(join_url)] if join_url else []),
    ]
    # The id is what dash[testing] waits for on every address it opens.
    return html.Main(children, id="react-entry-point", className="landing")


def _choice(name: str, key: str, address: str, style: str) -> html.A:
    parts: list[Any] = [html.Strong(name), " ", html.Span(**texts.text(key))]
    return html.A(parts, href=address, className=style)


def _join(address: str) -> html.Section:
    code = html.Img(src=qr_code(address), alt=f"QR: {address}", className="join-code")
    link = html.A(address, href=address, className="join-address")
    return html.Section(
        [code, html.P([html.Span(**texts.text("scan")), html.Br(), link])],
        className="join-now",
        **texts.label("join"),
    )
