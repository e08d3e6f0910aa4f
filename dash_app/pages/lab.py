"""The page of the laboratory: what becomes of a tap, record by record, and experiments with it."""

import json
from collections.abc import Callable
from typing import Any

from dash import Input, Output, State, dcc, html

from dash_app.counting.windows import WINDOWS
from dash_app.pages import catalogue, dashboard_texts, figures
from dash_app.pages.banner import demo_banner
from dash_app.pages.experiment_texts import EXPERIMENTS
from dash_app.pages.lab_texts import LAB
from dash_app.pages.now_texts import NOW
from dash_app.pages.page import DASH_SUITES, Contents, Page
from dash_app.pages.range_texts import RANGE
from dash_app.pages.switches import switch_buttons, zone_switch
from dash_app.pages.theme import themed_tokens
from dash_app.security import access
from dash_app.security.gate import Gate
from dash_app.settings import Settings
from dash_app.settings.reactions import MAX_REACTIONS

NAME = access.LAB
TITLE = "Kafka Laboratory"

TEXTS = {
    **dashboard_texts.DASHBOARD,
    **dashboard_texts.UNREADABLE,
    **RANGE,
    **LAB,
    **NOW,
    **EXPERIMENTS,
}
"""What the page says; its status and the reasons are those of the dashboard."""

CHARTS = "charts"
LAG = "lag"
BYTES = "bytes"

_BROKEN = ("empty", "not-json", "not-an-object", "no-type", "bad-timestamp", "milliseconds")

_Say = Callable[[str], dict[str, Any]]
"""Returns the properties of an element with the text of a key, as `catalogue.text` does."""


def mount(settings: Settings, gate: Gate) -> Page:
    """Serve the page of the laboratory and return its Dash app."""
    values = {"windows": json.dumps(list(WINDOWS.items())), "variant": variant(settings)}
    contents = Contents(
        name=NAME,
        title=TITLE,
        description="The way of a tap: to the server, into the log, to the consumer, into a bin.",
        suites=[*DASH_SUITES, "dash/dcc"],
        styles=["bootstrap.min.css", "style.css", "dashboard.css", "lab.css"],
        section={**TEXTS, **catalogue.same_in_every_language(values)},
        body_scripts=[*figures.SCRIPTS, "lab.js"],
    )
    page = Page(settings, gate, contents)
    page.layout = layout(settings)
    page.add_clientside_callback(
        ("lab", "begin"),
        Output(CHARTS, "title"),
        Input(CHARTS, "id"),
        State(LAG, "figure"),
        State(BYTES, "figure"),
        run_at_load=True,
    )
    page.set_up()
    return page


def variant(settings: Settings) -> str:
    """Return how keys of texts end that take the place of others on this site; see lab_texts."""
    if settings.broker == "embedded":
        return "_file"
    return "_flink" if settings.counts_from == "flink" else ""


def layout(settings: Settings) -> html.Div:
    """Return the whole page; the script fills in what it measures."""

    def say(key: str) -> dict[str, Any]:
        of_this_site = f"{key}{variant(settings)}"
        return catalogue.text(of_this_site if of_this_site in TEXTS else key)

    sections = [_tap(say), _experiments(say), _now(settings, say), _newest(say)]
    main = html.Main(
        html.Div([html.P(id="note", className="note warning"), *sections], className="lab"),
    )
    return html.Div([_header(settings), main], className="dashboard-page lab-page")


def _header(settings: Settings) -> html.Header:
    titles = [
        html.P(**catalogue.text("lab_eyebrow"), className="eyebrow"),
        html.H1(**catalogue.text("lab"), className="dashboard-title"),
    ]
    status = [
        html.Span(id="status", className="status connecting", **catalogue.text("connecting")),
        html.Span(id="age", className="age"),
    ]
    link = html.A(**catalogue.text("dashboard_link"), href=access.DASHBOARD, className="control")
    parts = [
        html.Div(titles, className="titles"),
        link,
        *demo_banner(settings),
        html.Div(status, className="status-area"),
        switch_buttons(zone_switch()),
    ]
    return html.Header(parts, className="dashboard-header named")


def _tap(say: _Say) -> html.Section:
    stations: Any = {"role": "list", **catalogue.label("stations")}
    parts = [
        html.H2(**say("your_tap")),
        html.P(**say("tap_hint"), className="about"),
        html.Div(id="buttons", className="lab-buttons"),
        html.Ol(id="stations", className="stations", **stations),
        html.P(id="sentence", role="status", className="outcome"),
        html.P(**say("clocks"), className="about"),
    ]
    return html.Section(parts, className="panel lab-part")


def _experiments(say: _Say) -> html.Section:
    broken = [_button(say, f"kind_{kind}", "broken", kind) for kind in _BROKEN]
    ages = [_button(say, "old_half", "old", "1800"), _button(say, "old_two", "old", "7200")]
    cards = [
        _experiment(say, "again", "again", [_button(say, "again", "again")]),
        _experiment(say, "broken", "broken", broken),
        _experiment(say, "pause", "pause_it", [_button(say, "pause_it", "pause")]),
        _experiment(say, "old", "old", ages),
        _experiment(say, "many", "many", [_button(say, "many", "many")]),
    ]
    parts = [
        html.H2(**say("experiments")),
        html.P(**say("no_right"), id="no-right", className="note warning", hidden=True),
        html.Div(cards, className="experiments"),
    ]
    return html.Section(parts, className="panel lab-part")


def _experiment(say: _Say, name: str, title: str, buttons: list[html.Button]) -> html.Div:
    parts = [
        html.H3(**say(title)),
        html.P(**say(f"{name}_about"), className="about"),
        html.Div(buttons, className="controls"),
        html.P(id=f"outcome-{name}", role="status", className="outcome"),
    ]
    return html.Div(parts, className="experiment")


def _button(say: _Say, key: str, what: str, value: str = "") -> html.Button:
    # Until the server has said who asks, nothing can be pressed.
    marks: Any = {"data-experiment": what, "data-value": value}
    return html.Button(type="button", className="control", disabled=True, **say(key), **marks)


def _now(settings: Settings, say: _Say) -> html.Section:
    graphs = [
        html.Div([html.H3(**say(f"chart_{name}")), _graph(settings, name)], className="lab-chart")
        for name in (LAG, BYTES)
    ]
    # The colours of the lines need a dark background, whatever the theme of the page.
    dark: Any = {"data-bs-theme": "dark"}
    facts = ("answers", "answers-many", "checkpoint", "repeats", "unreadable")
    parts = [
        html.H2(**say("now")),
        html.H3(**say("partitions")),
        _table("partitions", "partitions"),
        html.Div([html.P(id=each, className="note") for each in facts]),
        html.Div(graphs, id=CHARTS, className="lab-charts", **dark),
    ]
    return html.Section(parts, className="panel lab-part")


def _graph(settings: Settings, name: str) -> html.Div:
    graph = dcc.Graph(
        id=name,
        figure=figures.empty_figure([""] * MAX_REACTIONS, themed_tokens(settings, "dark")),
        config={"displayModeBar": False, "showTips": False},
        responsive=True,
        className="timeline",
    )
    return html.Div(graph, className="lab-graph")


def _newest(say: _Say) -> html.Section:
    parts = [
        html.H2(**say("newest")),
        html.P(id="hidden-ids", className="note"),
        _table("records", "newest"),
        html.P(id="none-noted", className="note"),
    ]
    return html.Section(parts, className="panel lab-part")


def _table(name: str, label: str) -> html.Div:
    table = html.Table([html.Thead(id=f"{name}-head"), html.Tbody(id=f"{name}-body")])
    # Somebody without a mouse must be able to scroll it.
    frame: Any = {"tabIndex": 0, "role": "group", **catalogue.label(label)}
    return html.Div(table, className="table-frame lab-table", id=f"{name}-table", **frame)
