"""The dashboard's figure without its data; the page's script fills in bins and sizes."""

import functools
import html
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import orjson

Figure = dict[str, Any]

_MARKS = (
    ("solid", ""),
    ("dash", ""),
    ("dot", "circle"),
    ("longdash", "square"),
    ("dashdot", "diamond"),
    ("solid", "triangle-up"),
    ("longdashdot", "cross"),
    ("8px,3px,2px,3px,2px,3px", "star"),
)
"""Dash and symbol of each place of the palette: colours alone do not tell eight lines apart."""

GRAPH_CONFIG: Any = {
    "displaylogo": False,
    "showSendToCloud": False,
    # The button PNG saves a picture with a title, in the size of a slide.
    "modeBarButtonsToRemove": [
        "toImage",
        "zoomIn2d",
        "zoomOut2d",
        "autoScale2d",
        "select2d",
        "lasso2d",
    ],
}
"""Plotly's configuration of the curve, on every page that has one."""

SCRIPTS = ("dashboard/rules.js", "plotly-basic.min.js")
"""What draws a curve, in this order: an older engine runs Plotly only after the first of them."""


def empty_figure(labels: Sequence[str], tokens: Mapping[str, str]) -> Figure:
    """Return the figure with an empty trace for each place of the palette, and one for the sum.

    The first ones have the labels; the others are invisible until a talk has as many reactions, the
    last one until the presenter hides which reaction was tapped. x
    is epoch milliseconds in the viewer's own time zone, y the clicks of one bin. The shapes mark
    the unfinished newest bin, zero and a moment of a talk, the annotations the peak and that
    moment. `tokens` are the design tokens of the dark theme.
    """
    traces = [_trace(place, *marks, tokens) for place, marks in enumerate(_MARKS, 1)]
    for trace, label in zip(traces, labels, strict=False):
        trace |= {"name": html.escape(label, quote=False), "visible": True}
    return {"data": [*traces, _sum_trace(tokens)], "layout": _layout(tokens)}


def _sum_trace(tokens: Mapping[str, str]) -> Figure:
    return _styled_trace("solid", "", tokens["text"], tokens["unfinished"], tokens)


def _trace(place: int, dash: str, symbol: str, tokens: Mapping[str, str]) -> Figure:
    color = f"reaction-{place}"
    return _styled_trace(dash, symbol, tokens[color], tokens[f"{color}-area"], tokens)


def _styled_trace(
    dash: str, symbol: str, color: str, area: str, tokens: Mapping[str, str]
) -> Figure:
    marker = {"symbol": symbol, "maxdisplayed": 12} if symbol else {}
    return {
        "type": "scatter",
        "mode": "lines+markers" if symbol else "lines",
        "visible": False,
        "x": [],
        "y": [],
        "line": {"color": color, "width": int(tokens["chart-line"]), "dash": dash},
        "marker": marker,
        "fill": "tozeroy",
        "fillcolor": area,
        "hovertemplate": "%{y:,}",
    }


def _layout(tokens: Mapping[str, str]) -> Figure:
    surface, text, muted, line = (tokens[name] for name in ("surface", "text", "muted", "line"))
    return {
        "template": _dark_template(),
        "paper_bgcolor": surface,
        "plot_bgcolor": surface,
        "font": {"color": muted, "family": tokens["font"], "size": int(tokens["chart-legend"])},
        "margin": {"l": 48, "r": 20, "t": 64, "b": 36},
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": surface, "bordercolor": line, "font": {"color": text}},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "modebar": {"bgcolor": "transparent", "color": muted, "activecolor": text},
        "uirevision": "constant",
        "xaxis": {
            "type": "date",
            "gridcolor": line,
            "hoverformat": "%H:%M:%S",
            "tickformat": "%H:%M:%S",
            "nticks": 6,
            "tickfont": {"size": int(tokens["chart-tick"])},
            "showgrid": False,
        },
        "yaxis": {
            "automargin": True,
            "autorangeoptions": {"include": [0, 5]},
            "gridcolor": line,
            "rangemode": "tozero",
            "tickformat": ",d",
            "zeroline": False,
        },
        "shapes": [_unfinished_bin(tokens), _zero_line(tokens), _mark_line(tokens)],
        "annotations": [_peak_annotation(tokens), _mark_label(tokens)],
    }


def _unfinished_bin(tokens: Mapping[str, str]) -> Figure:
    return _shape("rect") | {"fillcolor": tokens["unfinished"], "line": {"width": 0}}


def _zero_line(tokens: Mapping[str, str]) -> Figure:
    return _shape("line") | {"line": {"dash": "dot", "width": 2, "color": tokens["muted"]}}


def _mark_line(tokens: Mapping[str, str]) -> Figure:
    return _shape("line") | {"line": {"width": 2, "color": tokens["link"]}}


def _shape(kind: str) -> Figure:
    return {
        "type": kind,
        "xref": "x",
        "yref": "paper",
        "x0": 0,
        "x1": 0,
        "y0": 0,
        "y1": 1,
        "visible": False,
        "layer": "below",
    }


def _peak_annotation(tokens: Mapping[str, str]) -> Figure:
    return {
        "visible": False,
        "font": {"color": tokens["text"]},
        "bgcolor": tokens["surface"],
        "bordercolor": tokens["muted"],
        "borderwidth": 1,
        "borderpad": 3,
        "arrowcolor": tokens["muted"],
        "arrowhead": 0,
        "arrowwidth": 2,
        "ax": 0,
    }


def _mark_label(tokens: Mapping[str, str]) -> Figure:
    return {
        "visible": False,
        "showarrow": False,
        "yref": "paper",
        "y": 1,
        "yanchor": "top",
        "font": {"color": tokens["text"]},
        "bgcolor": tokens["surface"],
        "bordercolor": tokens["link"],
        "borderwidth": 1,
        "borderpad": 2,
    }


@functools.cache
def _dark_template() -> Figure:
    # Plotly's script knows no names of templates, so the figure holds the template itself. To ask
    # plotly.io for it would make an object of each part, and a start one fiftieth longer.
    dark = orjson.loads((files("plotly") / "package_data/templates/plotly_dark.json").read_bytes())
    return {"layout": dark["layout"], "data": {"scatter": dark["data"]["scatter"]}}
