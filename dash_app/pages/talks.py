"""The list of the talks, the newest first, each with the way to its report."""

from dash import Input, Output, dcc, html

from dash_app.pages import catalogue, talks_texts
from dash_app.pages.banner import demo_banner
from dash_app.pages.page import DASH_SUITES, Contents, Page
from dash_app.pages.switches import switch_buttons, zone_switch
from dash_app.security import access
from dash_app.security.gate import Gate
from dash_app.settings import Settings

NAME = access.TALKS
TITLE = "Kafka Talks"

TICK = "tick"
ASK_MS = 10_000
"""How often the page asks for the talks while somebody looks at it."""


def mount(settings: Settings, gate: Gate) -> Page:
    """Serve the list of the talks and return its Dash app."""
    contents = Contents(
        name=NAME,
        title=TITLE,
        description="The talks of this log, the newest first, with their totals and reports.",
        suites=[*DASH_SUITES, "dash/dcc"],
        styles=["bootstrap.min.css", "style.css", "dashboard.css", "talks.css"],
        section=talks_texts.ALL,
        body_scripts=["talks.js"],
    )
    page = Page(settings, gate, contents)
    page.layout = layout(settings)
    page.add_clientside_callback(
        ("talks", "read"),
        Output(TICK, "disabled"),
        Input(TICK, "n_intervals"),
        run_at_load=True,
    )
    page.set_up()
    return page


def layout(settings: Settings) -> html.Div:
    """Return the whole page; the script fills in the list."""
    title = html.H1(**catalogue.text("talks"), className="dashboard-title")
    dashboard = html.A(href=access.DASHBOARD, className="control", **catalogue.text("to_dashboard"))
    head = [
        html.Div(title, className="titles"),
        *demo_banner(settings),
        dashboard,
        switch_buttons(zone_switch()),
    ]
    body = [
        html.P(id="zone", className="zone"),
        html.P(id="trouble", role="status", className="note warning"),
        html.P(id="no-talks", className="talks-none"),
        html.Ol(id="talks", className="talks"),
    ]
    return html.Div(
        [
            html.Header(head, className="dashboard-header"),
            html.Main(html.Div(body, className="dashboard container-fluid")),
            dcc.Interval(id=TICK, interval=ASK_MS),
        ],
        className="dashboard-page talks-page",
    )
