"""The strip of the dashboard that says which talk runs, for how long, and how many take part."""

from dash import html

from dash_app.pages import catalogue


def talk_strip() -> html.Section:
    """Return the strip; the page's script fills it in, and shows it while a talk runs."""
    facts = [
        html.Span(id="talk-time", className="talk-time"),
        html.Span(id="talk-facts"),
        html.Strong(id="talk-closed", className="talk-closed"),
    ]
    return html.Section(
        [html.H2(id="talk-name", className="talk-name"), html.P(facts, className="talk-facts")],
        id="talk",
        className="talk",
        hidden=True,
        **catalogue.label("talk"),
    )
