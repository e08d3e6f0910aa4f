"""The switches of theme and language, the same on each page; page.js handles them."""

from typing import Any

from dash import html

from dash_app.pages import catalogue


def switch_buttons() -> html.Div:
    """Return both switches; until they are used, the pages follow the system and the browser."""
    language: Any = {"data-switch": "language", **catalogue.text("language")}
    theme: Any = {"data-switch": "theme", **catalogue.label("theme")}
    return html.Div(
        [
            html.Button(type="button", className="switch", **language),
            html.Button(type="button", className="switch theme", **theme),
        ],
        className="switches",
    )
