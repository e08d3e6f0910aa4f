"""The clicker page: a button for each reaction, whose taps the page's script queues and sends."""

import json
from collections.abc import Callable
from typing import Any

from dash import Input, Output, html
from markupsafe import Markup

from dash_app.pages import catalogue
from dash_app.pages.banner import demo_banner
from dash_app.pages.labels import Label, click_labels
from dash_app.pages.page import DASH_SUITES, Contents, Page
from dash_app.pages.static_html import html_of
from dash_app.pages.switches import switch_buttons
from dash_app.security import access
from dash_app.security.gate import Gate
from dash_app.settings import Settings

NAME = access.CLICKER
TITLE = "Kafka Event Producer"

TOAST = "toast"
DELIVERY = "delivery"

SHELL = "shell"

_LONG, _LONGER = 12, 24
"""Characters that a button among many holds in large type, and in smaller type."""


def mount(settings: Settings, gate: Gate, current_talk: Callable[[], Any]) -> Page:
    """Serve the clicker page and return its Dash app; `current_talk` is what phones get of it."""

    def talk() -> str:
        return json.dumps(current_talk())

    def initial_html() -> Markup:
        # The script shows its title and buttons at once: whoever scans the code comes for them.
        data: Any = {"data-talk": talk()}
        return html_of(html.Div(layout(settings), id=SHELL, **data))

    contents = Contents(
        name=NAME,
        title=settings.title or TITLE,
        description="Press a button: every press becomes a record in the log.",
        suites=DASH_SUITES,
        styles=["style.css", "clicker.css"],
        head_scripts=["clicker.js"],
        section={**catalogue.CLICKER, **catalogue.same_in_every_language(_values(settings))},
        initial_html=initial_html,
        variant=talk,
    )
    page = Page(settings, gate, contents)
    page.layout = layout(settings)
    for key, _ in settings.reactions:
        toast = Output(TOAST, "children", allow_duplicate=True)
        page.add_clientside_callback(
            ("clicker", "send"), toast, Input(f"{key}-button", "n_clicks"), run_at_load=False
        )
    page.set_up()
    return page


def _values(settings: Settings) -> dict[str, str]:
    """Return what the script must know of the settings, and of the buttons that it makes."""
    reactions = [reaction._asdict() for reaction in settings.reactions]
    return {
        "answer_limit_ms": str(settings.answer_limit_ms),
        # In the script's own form of JSON, to tell whether a talk has other ones.
        "reactions": json.dumps(reactions, separators=(",", ":"), ensure_ascii=False),
        "long": str(_LONG),
        "longer": str(_LONGER),
    }


def layout(settings: Settings) -> html.Div:
    """Return the whole page, the same for the first HTML and for Dash."""
    pads = [_pad(*each, place) for place, each in enumerate(click_labels(settings).items(), 1)]
    children = [
        html.Header(
            [
                html.A(**catalogue.text("home"), href="./", className="home-link"),
                html.H1(settings.title or TITLE, className="clicker-title"),
                *demo_banner(settings),
            ],
            className="clicker-header",
        ),
        html.Main(
            [
                # The script shows a talk in them; without one they take no room.
                html.Div(
                    [
                        html.H2(className="talk-title"),
                        html.P(**catalogue.text("buttons_closed"), className="taps-closed"),
                    ],
                    className="talk",
                ),
                html.Div(
                    [*pads, html.Div(id=TOAST, role="status", className="toast-area")],
                    className=f"pads pads-{len(pads)}{' many' if len(pads) > 2 else ''}",
                ),
            ],
            className="stage",
        ),
        html.Footer(
            # No live region: the toast already says it to screen readers, once.
            html.P("Ready", id=DELIVERY, className="delivery ready"),
            className="clicker-footer",
        ),
        # The style moves it beside the header; last here, so that those come first.
        switch_buttons(),
    ]
    return html.Div(children, className="clicker")


def _pad(key: str, label: Label, place: int) -> html.Div:
    tap: Any = {"data-tap": key, "data-toast": label.toast}
    size = (
        "" if len(label.button) <= _LONG else " long" if len(label.button) <= _LONGER else " longer"
    )
    return html.Div(
        [
            html.Button(
                label.button,
                id=f"{key}-button",
                type="button",
                className=f"pad-button{size}",
                dir="auto",
                **tap,
            ),
            html.P(
                [
                    html.Span("0", id=f"{key}-count", className="pad-number"),
                    " ",
                    html.Span(**catalogue.text("by_you"), className="by-you"),
                ],
                className="pad-count",
            ),
        ],
        className=f"pad reaction-{place}",
    )
