"""The dashboard page: totals and a live time series, redrawn by the page's script."""

import json
from typing import Any

import dash_bootstrap_components as dbc
from dash import Input, Output, State, dcc, html
from plotly.utils import PlotlyJSONEncoder

from dash_app.counting.windows import WINDOWS
from dash_app.pages import bar_texts, catalogue, dashboard_texts, figures, range_texts
from dash_app.pages.banner import demo_banner
from dash_app.pages.cards import card, reaction_card
from dash_app.pages.controls import page_controls, time_controls
from dash_app.pages.page import DASH_SUITES, Contents, Page
from dash_app.pages.qr import address_parts, qr_code
from dash_app.pages.switches import switch_buttons, zone_switch
from dash_app.pages.talk_strip import talk_strip
from dash_app.pages.theme import themed_tokens
from dash_app.security import access
from dash_app.security.gate import Gate
from dash_app.settings import Settings
from dash_app.settings.join import follows_network, join_address
from dash_app.settings.reactions import Reaction

NAME = access.DASHBOARD
TITLE = "Kafka Real-time Dashboard"

TIMELINE = "timeline"
TICK = "tick"
STATUS = "status"
AGE = "age"
NOTE = "note"


def mount(settings: Settings, gate: Gate) -> Page:
    """Serve the dashboard page and return its Dash app."""
    # What the script reads: windows and the widths of their bins, which reactions the page shows at
    # first, and the card that it makes for each reaction when an answer has others.
    values = {
        "windows": json.dumps(list(WINDOWS.items())),
        "reactions": json.dumps([reaction._asdict() for reaction in settings.reactions]),
        "card": json.dumps(
            reaction_card(Reaction("{key}", "{label}"), "{place}", "{total}"), cls=PlotlyJSONEncoder
        ),
    }
    follower = ["join.js"] if follows_network(settings) else []
    contents = Contents(
        name=NAME,
        title=settings.title or TITLE,
        description="Totals and a live time series of the clicks in the log.",
        suites=[*DASH_SUITES, "dash/dcc", "dash_bootstrap_components/_components"],
        styles=["bootstrap.min.css", "style.css", "dashboard.css"],
        section={
            **dashboard_texts.DASHBOARD,
            **bar_texts.BAR,
            **range_texts.RANGE,
            **dashboard_texts.PLOTLY,
            **dashboard_texts.UNREADABLE,
            **catalogue.bin_widths(WINDOWS.values()),
            **catalogue.same_in_every_language(values),
        },
        body_scripts=[*figures.SCRIPTS, "dashboard.js", *follower],
        variant=lambda: join_address(settings),
    )
    page = Page(settings, gate, contents)
    page.layout = lambda: layout(settings)
    page.add_clientside_callback(
        ("dashboard", "refresh"),
        Output(TIMELINE, "figure"),
        Input(TICK, "n_intervals"),
        State(TIMELINE, "figure"),
        State(TIMELINE, "config"),
        State(TICK, "interval"),
        run_at_load=True,
    )
    page.set_up()
    return page


def layout(settings: Settings) -> html.Div:
    """Return the whole page; the script fills in the counts."""
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
            html.Div(_titles(settings), className="titles"),
            *demo_banner(settings),
            html.Div(
                [
                    html.Span("Connecting…", id=STATUS, className="status connecting"),
                    html.Span(id=AGE, className="age"),
                ],
                className="status-area",
            ),
            switch_buttons(zone_switch()),
        ],
        className="dashboard-header named" if settings.title else "dashboard-header",
    )


def _titles(settings: Settings) -> list[html.P | html.H1]:
    if settings.title:
        return [html.H1(settings.title, className="dashboard-title")]
    heading = html.H1("Live Consumer Stream", className="dashboard-title")
    return [html.P(TITLE, className="eyebrow"), heading]


def _rows(settings: Settings) -> list[html.Section | html.Div | dbc.Row]:
    cards = [reaction_card(each, place) for place, each in enumerate(settings.reactions, 1)]
    share = f"Share of {settings.reactions[0].label}"
    numbers = [
        html.Div(cards, id="reactions", className="reactions"),
        card([html.H2(**catalogue.text("rate"), className="total-label")], "rate", "rate"),
        card([html.H2(share, id="share-title", className="total-label")], "share", "share"),
    ]
    chart = dbc.Col(_chart(settings), xs=12, lg=True)
    join_url = join_address(settings)
    join = [_join(join_url)] if join_url else []
    return [
        talk_strip(),
        html.Div(numbers, className="totals"),
        dbc.Row([chart, *join], className="g-3 stage"),
    ]


def _chart(settings: Settings) -> html.Section:
    labels = [reaction.label for reaction in settings.reactions]
    graph = dcc.Graph(
        id=TIMELINE,
        figure=figures.empty_figure(labels, themed_tokens(settings, "dark")),
        config=figures.GRAPH_CONFIG,
        responsive=True,
        className="timeline",
    )
    frame = [graph, html.P(id="empty", className="empty")]
    # The colours of the lines need a dark background, whatever the theme of the page.
    dark: Any = {"data-bs-theme": "dark"}
    return html.Section(
        [
            html.Div(
                [
                    html.H2(id="panel-title", className="panel-title"),
                    html.P(id="zone", className="zone"),
                    time_controls(),
                ],
                className="panel-head",
            ),
            html.Div(frame, className="timeline-frame"),
            html.P(id=NOTE, className="note warning"),
            html.P(id="sentence", role="status", className="visually-hidden"),
            html.Div([_remarks(), page_controls(settings)], className="panel-foot"),
        ],
        className="panel",
        **dark,
    )


def _remarks() -> html.Div:
    table = html.Table([html.Thead(id="table-head"), html.Tbody(id="table-body")])
    # Somebody without a mouse must be able to scroll it.
    frame: Any = {
        "className": "table-frame",
        "tabIndex": 0,
        "role": "group",
        **catalogue.label("bins"),
    }
    return html.Div(
        [
            html.P(id="unfinished", className="note"),
            html.P(id="people", className="note"),
            html.P(id="unreadable", className="note"),
            html.Details(
                [html.Summary(id="measured"), html.P(id="legs")], className="note", id="delay"
            ),
            html.Details(
                [html.Summary(**catalogue.text("table")), html.Div(table, **frame)],
                className="note",
                id="table",
            ),
        ],
        className="remarks",
    )


def _join(address: str) -> dbc.Col:
    aside = html.Aside(
        [
            html.H2(**catalogue.text("join_in"), className="join-title"),
            html.Img(
                src=qr_code(address),
                alt=f"QR: {address}",
                className="join-code",
            ),
            html.P(address_parts(address), className="join-address"),
        ],
        className="panel join",
    )
    return dbc.Col(aside, xs=12, lg=3, className="join-column")
