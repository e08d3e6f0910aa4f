"""The dashboard page: totals and a live time series, redrawn by the page's script."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import Input, Output, State, dcc, html
from flask import Flask

from dash_app import figures, texts
from dash_app.clicks import CHEERS, HATE
from dash_app.labels import labels
from dash_app.pages.page import DASH_SUITES, Contents, Page
from dash_app.pages.qr import qr_code
from dash_app.pages.switches import switches
from dash_app.settings import Settings

NAME = "kafka-dashboard"
TITLE = "Kafka Real-time Dashboard"

TIMELINE = "timeline"
TICK = "tick"
STATUS = "status"
AGE = "age"
NOTE = "note"
TOTALS = {CHEERS: "total-cheers", HATE: "total-hate"}

_GRAPH_CONFIG: Any = {
    "displaylogo": False,
    "showSendToCloud": False,
    "modeBarButtonsToRemove": ["zoomIn2d", "zoomOut2d", "autoScale2d", "select2d", "lasso2d"],
}


def mount(server: Flask, settings: Settings) -> Page:
    """Serve the dashboard page on the Flask server and return its Dash app."""
    contents = Contents(
        name=NAME,
        title=TITLE,
        description="Totals and a live time series of the clicks in Kafka.",
        suites=[*DASH_SUITES, "dash/dcc", "dash_bootstrap_components/_components"],
        styles=["bootstrap.min.css", "style.css", "dashboard.css"],
        section=texts.DASHBOARD,
        body_scripts=["plotly-basic.min.js", "dashboard.js"],
    )
    page = Page(server, settings, contents)
    page.layout = lambda: layout(settings)
    page.on_clients_side(
        ("dashboard", "refresh"),
        Output(TIMELINE, "figure"),
        Input(TICK, "n_intervals"),
        State(TIMELINE, "figure"),
        first=True,
    )
    return page


def layout(settings: Settings) -> html.Div:
    """Return the whole page; the script fills in what the server answers."""
    return html.Div(
        [
            _header(settings),
            html.Main(dbc.Container(_rows(settings), fluid=True, className="dashboard")),
            dcc.Interval(id=TICK, interval=settings.refresh_ms),
        ],
        className="dashboard-page",
    )


def _header(settings: Settings) -> html.Header:
    return html.Header(
        [
            html.Div(
                [
                    html.P(TITLE, className="eyebrow"),
                    html.H1("Live Consumer Stream", className="dashboard-title"),
                ]
            ),
            *([html.Span(**texts.text("demo"), className="demo")] * settings.demo),
            html.Div(
                [
                    html.Span(
                        "Connecting…", id=STATUS, role="status", className="status connecting"
                    ),
                    html.Span(id=AGE, className="age"),
                ],
                className="status-area",
            ),
            switches(),
        ],
        className="dashboard-header",
    )


def _rows(settings: Settings) -> list[dbc.Row]:
    chart = dbc.Col(_chart(settings), xs=12, lg=True)
    join = [_join(settings.join_url)] if settings.join_url else []
    return [
        dbc.Row([_total(settings, CHEERS), _total(settings, HATE)], className="g-3 totals"),
        dbc.Row([chart, *join], className="g-3 stage"),
    ]


def _total(settings: Settings, kind: str) -> dbc.Col:
    card = dbc.Card(
        dbc.CardBody(
            [
                html.H2(labels(settings)[kind].card, className="total-label"),
                html.P("0", id=TOTALS[kind], className="total-number"),
            ]
        ),
        className=f"total {kind}",
    )
    return dbc.Col(card, xs=6)


def _chart(settings: Settings) -> html.Section:
    names = {kind: label.name for kind, label in labels(settings).items()}
    return html.Section(
        [
            html.H2("Clicks per 2 seconds, last 2 minutes", className="panel-title"),
            html.Div(
                dcc.Graph(
                    id=TIMELINE,
                    figure=figures.skeleton(names),
                    config=_GRAPH_CONFIG,
                    responsive=True,
                    className="timeline",
                ),
                className="timeline-frame",
            ),
            html.P("Shaded: the newest 2 seconds, still counting.", className="note"),
            html.P(id=NOTE, role="status", className="note warning"),
        ],
        className="panel",
    )


def _join(address: str) -> dbc.Col:
    aside = html.Aside(
        [
            html.H2("Join in", className="join-title"),
            html.Img(
                src=qr_code(address),
                alt=f"QR code of {address}",
                className="join-code",
            ),
            html.P(address, className="join-address"),
        ],
        className="panel join",
    )
    return dbc.Col(aside, xs=12, lg=3)
