"""The buttons of the dashboard around the chart; the page's script handles them."""

from typing import Any

from dash import html

from dash_app.counting.windows import WINDOWS
from dash_app.pages import catalogue
from dash_app.security import access
from dash_app.settings import Settings
from dash_app.settings.join import join_address


def _button(action: str, key: str, **more: Any) -> html.Button:
    properties: Any = {"data-do": action, **catalogue.text(key), **more}
    return html.Button(type="button", className="control", **properties)


def time_controls() -> html.Div:
    """Return the buttons that choose which time the chart shows."""
    windows = [_window(window) for window in WINDOWS]
    # The script writes on it when it ends which zero, or begins which one again.
    every: Any = {"data-do": "all"}
    return html.Div(
        [
            html.Div(windows, role="group", className="windows", **catalogue.label("window")),
            _button("live", "jump", id="live", hidden=True),
            _button("pause", "pause", id="pause"),
            html.Button(id="all", type="button", className="control", hidden=True, **every),
            _button("zero", "zero"),
        ],
        className="controls",
    )


def _window(seconds: int) -> html.Button:
    marks: Any = {"data-do": "window", "data-value": str(seconds)}
    name = f"{seconds // 60} min"
    return html.Button(name, id=f"window-{seconds}", type="button", className="control", **marks)


def page_controls(settings: Settings) -> html.Div:
    """Return the buttons that save what is shown and choose how it is shown, and a way on."""
    return html.Div(
        [
            _button("csv", "csv", id="csv"),
            _button("png", "png", id="png"),
            _button("code", "code", id="code", hidden=not join_address(settings)),
            _button("full", "full", id="full"),
            _button("presenter", "presenter", id="presenter"),
            html.A(href=access.TALKS, className="control", **catalogue.text("talks")),
        ],
        className="controls page-controls",
    )
