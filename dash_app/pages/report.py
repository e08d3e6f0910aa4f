"""The report about a talk: a page that reads it from the archive, and what it has with the file."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from dash_app.pages import catalogue, figures, report_texts
from dash_app.pages.banner import demo_banner
from dash_app.pages.page import DASH_SUITES, Contents, Page
from dash_app.pages.switches import switch_buttons, zone_switch
from dash_app.pages.theme import themed_tokens
from dash_app.security import access
from dash_app.security.gate import Gate
from dash_app.settings import Settings

NAME = access.REPORT
TITLE = "Kafka Report"

CHART = "timeline"
PROGRESS = "progress"
RETRY = "retry"

STYLES = ("bootstrap.min.css", "style.css", "dashboard.css", "report.css")


def mount(settings: Settings, gate: Gate) -> Page:
    """Serve the page of the report and return its Dash app."""
    contents = Contents(
        name=NAME,
        title=TITLE,
        description="What the audience of a talk tapped: totals, the curve, and a replay.",
        suites=[*DASH_SUITES, "dash/dcc", "dash_bootstrap_components/_components"],
        styles=STYLES,
        section=report_texts.ALL,
        body_scripts=[*figures.SCRIPTS, "report.js"],
    )
    page = Page(settings, gate, contents)
    page.layout = layout(settings)
    page.add_clientside_callback(
        ("report", "read"),
        Output(PROGRESS, "animated"),
        Input(RETRY, "n_clicks"),
        State(CHART, "figure"),
        State(CHART, "config"),
        run_at_load=True,
    )
    page.set_up()
    return page


def layout(settings: Settings) -> html.Div:
    """Return the whole page; the script fills in the report."""
    graph = dcc.Graph(
        id=CHART,
        figure=figures.empty_figure([], themed_tokens(settings, "dark")),
        config=figures.GRAPH_CONFIG,
        responsive=True,
        className="timeline",
    )
    banner, switches = demo_banner(settings), switch_buttons(zone_switch())
    talks = html.A(href=access.TALKS, className="control", **catalogue.text("talks"))
    return report_page(graph, [*banner, talks, switches], [_waiting()], is_shown=False)


def report_page(
    graph: Component, head: list[Any], before: list[Any], *, is_shown: bool
) -> html.Div:
    """Return the places which the script of a report fills, around the chart.

    `head` stands beside the title, `before` above the report, which the script shows later unless
    it `is_shown`.
    """
    titles = [
        html.P(id="report-eyebrow", className="eyebrow"),
        html.H1(id="report-title", className="dashboard-title", **catalogue.text("report")),
        html.P(id="report-time", className="report-time"),
    ]
    head = [html.Div(titles, className="titles"), *head]
    places = [
        html.P(id="report-note", className="note warning"),
        html.Div(html.Div(id="reactions", className="reactions"), className="totals"),
        _chart(graph),
        html.Div(id="tables", className="tables"),
        html.P(id="records", className="note"),
    ]
    report = html.Div(places, id="report", className="report", hidden=not is_shown)
    body = html.Div([*before, report], className="dashboard container-fluid")
    return html.Div(
        [html.Header(head, className="dashboard-header named"), html.Main(body)],
        className="dashboard-page report-page",
    )


def _chart(graph: Component) -> html.Section:
    head = [html.H2(id="panel-title", className="panel-title"), html.P(id="zone", className="zone")]
    parts = [
        html.Div(head, className="panel-head"),
        html.Div(graph, className="timeline-frame"),
        html.Div(id="replay"),
        html.P(id="sentence", role="status", className="visually-hidden"),
        html.Div(html.Div(id="foot", className="controls page-controls"), className="panel-foot"),
    ]
    # The colours of the lines need a dark background, whatever the theme of the page.
    dark: Any = {"data-bs-theme": "dark"}
    return html.Section(parts, className="panel chart", **dark)


def _waiting() -> html.Section:
    bar = dbc.Progress(id=PROGRESS, value=0, label="0 %")
    counting = html.Div([html.P(**catalogue.text("counting")), bar], id="counting")
    retry: Any = {"type": "button", **catalogue.text("retry")}
    parts = [
        counting,
        html.P(id="trouble", role="alert", className="trouble"),
        html.Button(id=RETRY, className="control", hidden=True, **retry),
    ]
    return html.Section(parts, id="waiting", className="panel waiting")
