"""The skeleton of the dashboard's figure, pure; the page's script fills in bins and sizes."""

import html
from collections.abc import Mapping
from typing import Any

import plotly.io

Figure = dict[str, Any]


def skeleton(names: Mapping[str, str], look: Mapping[str, str]) -> Figure:
    """Return the figure of two empty traces, cheers and hate, named by `names`.

    x is epoch milliseconds in the viewer's own time zone, y the clicks of one bin; the first trace
    gets the share of cheers as customdata. The shapes mark the newest bin, which is not finished,
    and zero, the annotation the peak. `look` are the design tokens of the dark theme.
    """
    return {
        "data": [
            _trace(names["cheers"], look, "cheers", "solid")
            | {"hovertemplate": "%{y:,} (%{customdata})"},
            _trace(names["hate"], look, "hate", "dash"),
        ],
        "layout": _layout(look),
    }


def _trace(name: str, look: Mapping[str, str], color: str, dash: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": html.escape(name, quote=False),
        "x": [],
        "y": [],
        "line": {"color": look[color], "width": int(look["chart-line"]), "dash": dash},
        "fill": "tozeroy",
        "fillcolor": look[f"{color}-area"],
        "hovertemplate": "%{y:,}",
    }


def _layout(look: Mapping[str, str]) -> Figure:
    surface, text, muted, line = (look[name] for name in ("surface", "text", "muted", "line"))
    return {
        "template": _dark_template(),
        "paper_bgcolor": surface,
        "plot_bgcolor": surface,
        "font": {"color": muted, "family": look["font"], "size": int(look["chart-legend"])},
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
            "tickfont": {"size": int(look["chart-tick"])},
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
        "shapes": [_unfinished(look), _zero(look)],
        "annotations": [_peak(look)],
    }


def _unfinished(look: Mapping[str, str]) -> Figure:
    return _mark("rect") | {"fillcolor": look["unfinished"], "line": {"width": 0}}


def _zero(look: Mapping[str, str]) -> Figure:
    return _mark("line") | {"line": {"dash": "dot", "width": 2, "color": look["muted"]}}


def _mark(kind: str) -> Figure:
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


def _peak(look: Mapping[str, str]) -> Figure:
    return {
        "visible": False,
        "font": {"color": look["text"]},
        "bgcolor": look["surface"],
        "bordercolor": look["muted"],
        "borderwidth": 1,
        "borderpad": 3,
        "arrowcolor": look["muted"],
        "arrowhead": 0,
        "arrowwidth": 2,
        "ax": 0,
    }


def _dark_template() -> Figure:
    # A template given by its name inside a plain dict is ignored, so the object itself goes along.
    dark: Figure = plotly.io.templates["plotly_dark"].to_plotly_json()
    return {"layout": dark["layout"], "data": {"scatter": dark["data"]["scatter"]}}
