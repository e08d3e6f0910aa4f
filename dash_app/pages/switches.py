"""The switches of theme, language and time zone, the same on each page; page.js handles them."""

from typing import Any

from dash import html

from dash_app.pages import catalogue


def switch_buttons(*more: html.Button) -> html.Div:
    """Return the switches; until they are used, the pages follow the system and the browser."""
    language: Any = {"data-switch": "language", **catalogue.text("language")}
    theme: Any = {"data-switch": "theme", **catalogue.label("theme")}
    return html.Div(
        [
            html.Button(type="button", className="switch", **language),
            html.Button(type="button", className="switch theme", **theme),
            *more,
        ],
        className="switches",
    )


def zone_switch() -> html.Button:
    """Return the switch of the time zone, for a page that shows times; it names the other zone."""
    zone: Any = {"id": "zone-switch", "data-switch": "zone", **catalogue.text("utc")}
    return html.Button(type="button", className="switch", **zone)
