"""The landing page: what this is, links to the two pages, and how a phone joins."""

import functools
from collections.abc import Callable
from typing import Any

from dash import html
from flask import Response, redirect
from flask.typing import ResponseReturnValue

from dash_app.pages import catalogue, clicker, dashboard, files, theme
from dash_app.pages.banner import demo_banner
from dash_app.pages.document import Head, document
from dash_app.pages.qr import address_parts, qr_code
from dash_app.pages.static_html import html_of
from dash_app.pages.switches import switch_buttons
from dash_app.security import headers
from dash_app.security.access import anybody
from dash_app.security.gate import Gate
from dash_app.settings import Settings
from dash_app.settings.join import follows_network, join_address


def mount(settings: Settings, gate: Gate, *, at_root: bool) -> None:
    """Serve the landing page and the short way to the clicker, `j`, under the prefix.

    With at_root, also at `/` and `/j`.
    """
    prefix = settings.url_prefix
    # Relative addresses, so that a proxy may add a prefix.
    _serve(settings, gate, base="")
    if at_root and prefix:
        _serve(settings, gate.at_root(), base=f"{prefix.removeprefix('/')}/")
    gate.add("", _redirect(f"{prefix.rpartition('/')[2]}/"), access=anybody)


def _serve(settings: Settings, gate: Gate, *, base: str) -> None:
    gate.add("/", _landing(settings, base), access=anybody)
    gate.add(
        "/j",
        _redirect(f"{base}{clicker.NAME}"),
        access=gate.codes.log_in_and_redirect(clicker.NAME),
    )


def _landing(settings: Settings, base: str) -> Callable[[], Response]:
    # The address in it may change with the machine's network.
    @functools.lru_cache(maxsize=4)
    def page(join_url: str | None) -> files.File:
        head = Head(
            title=settings.title or "Kafka Clicker & Dashboard",
            texts=catalogue.by_language(catalogue.LANDING, demo=settings.demo),
            styles=["style.css", "landing.css"],
            scripts=["join.js"] if join_url and follows_network(settings) else [],
            description=_description(settings),
            base=base,
            theme=theme.address(settings),
        )
        return files.pack(
            document(head, html_of(layout(settings, base, join_url))).encode(), "text/html"
        )

    def landing() -> Response:
        # With a code of the clicker the address may contain it: it is for the room, not the web.
        join_url = join_address(settings) if settings.clicker_code is None else None
        response = files.file_response(page(join_url), is_immutable=False)
        response.headers["Content-Security-Policy"] = headers.policy(settings.frame_ancestors)
        return response

    return landing


def _redirect(location: str) -> Callable[[], ResponseReturnValue]:
    return lambda: redirect(location, Response=Response)


def layout(settings: Settings, base: str, join_url: str | None) -> html.Main:
    """Return the body of the page; `base` leads from the address of the page to the prefix."""
    children = [
        switch_buttons(),
        *demo_banner(settings),
        html.H1(settings.title or "Kafka Real-Time Clicker & Dashboard"),
        html.P(**catalogue.text(_lead(settings)), className="lead"),
        html.Nav(
            [
                _choice("Clicker", "for_phone", f"{base}{clicker.NAME}", "choice first"),
                _choice("Dashboard", "for_screen", f"{base}{dashboard.NAME}", "choice"),
            ],
            className="choices",
            **catalogue.label("pages"),
        ),
        *([_join(join_url)] if join_url else []),
    ]
    # dash[testing] waits for an element with this id on every page.
    return html.Main(children, id="react-entry-point", className="landing")


def _description(settings: Settings) -> str:
    if len(settings.reactions) == 2:
        return "A crowd presses two buttons; a log keeps every press."
    return "A crowd taps; a log keeps every tap."


def _lead(settings: Settings) -> str:
    return "lead" if len(settings.reactions) == 2 else "lead_any"


def _choice(name: str, key: str, address: str, style: str) -> html.A:
    parts: list[Any] = [html.Strong(name), " ", html.Span(**catalogue.text(key))]
    return html.A(parts, href=address, className=style)


def _join(address: str) -> html.Section:
    code = html.Img(src=qr_code(address), alt=f"QR: {address}", className="join-code")
    link = html.A(address_parts(address), href=address, className="join-address")
    return html.Section(
        [code, html.P([html.Span(**catalogue.text("scan")), html.Br(), link])],
        className="join-now",
        **catalogue.label("join"),
    )
