"""The banner of a demo, the same on each page."""

from dash import html

from dash_app.pages import catalogue
from dash_app.settings import Settings


def demo_banner(settings: Settings) -> list[html.Span]:
    """Return the banner that says that the crowd is simulated; no element unless it is."""
    return [html.Span(**catalogue.text("demo"), className="demo")] if settings.demo else []
