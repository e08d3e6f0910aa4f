"""The switches of theme and language, the same on each page; page.js answers them."""

from typing import Any

from dash import html

from dash_app.pages import texts


def switches() -> html.Div:
    """Return both switches; without a choice the pages follow the system and the browser."""
    language: Any = {"data-switch": "language", **texts.text("language")}
    theme: Any = {"data-switch": "theme", **texts.label("theme")}
    return html.Div(
        [
            html.Button(type="button", className="switch", **language),
            html.Button(type="button", className="switch theme", **theme),
        ],
        className="switches",
    )
