"""The skeleton of the dashboard's figure, pure; the page's script fills in bins and sizes."""

import html
from collections.abc import Mapping
from typing import Any

import plotly.io

CHEERS_COLOR = "#10b981"
HATE_COLOR = "#ef4444"

Figure = dict[str, Any]

_TEXT = "#dbe4ee"
_MUTED = "#a3b3c4"
_GRID = "#1f2a37"
_SURFACE = "#121922"
"""Also `--surface` of the dark theme in assets/style.css: the chart is dark in both themes."""


def skeleton(names: Mapping[str, str]) -> Figure:
    """Return the figure of two empty traces, cheers and hate, named by `names`.

    x is epoch milliseconds in the viewer's own time zone, y the clicks of one bin; the first trace
    gets the share of cheers as customdata. The shape marks the newest bin, which is not finished,
    the annotation the peak.
    """
    return {
        "data": [
            _trace(names["cheers"], CHEERS_COLOR, "rgba(16, 185, 129, 0.16)", "solid")
            | {"hovertemplate": "%{y:,} (%{customdata})"},
            _trace(names["hate"], HATE_COLOR, "rgba(239, 68, 68, 0.12)", "dash"),
        ],
        "layout": _layout(),
    }


def _trace(name: str, color: str, fill: str, dash: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": html.escape(name, quote=False),
        "x": [],
        "y": [],
        "line": {"color": color, "width": 3, "dash": dash},
        "fill": "tozeroy",
        "fillcolor": fill,
        "hovertemplate": "%{y:,}",
    }


def _layout() -> Figure:
    return {
        "template": _dark_template(),
        "paper_bgcolor": _SURFACE,
        "plot_bgcolor": _SURFACE,
        "font": {"color": _MUTED, "family": "system-ui, sans-serif", "size": 15},
        "margin": {"l": 48, "r": 20, "t": 64, "b": 36},
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": _SURFACE, "bordercolor": _GRID, "font": {"color": _TEXT}},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "modebar": {"bgcolor": "rgba(0, 0, 0, 0)", "color": _MUTED, "activecolor": _TEXT},
        "uirevision": "constant",
        "xaxis": {
            "type": "date",
            "gridcolor": _GRID,
            "hoverformat": "%H:%M:%S",
            "tickformat": "%H:%M:%S",
            "nticks": 6,
            "tickfont": {"size": 13},
            "showgrid": False,
        },
        "yaxis": {
            "automargin": True,
            "autorangeoptions": {"include": [0, 5]},
            "gridcolor": _GRID,
            "rangemode": "tozero",
            "tickformat": ",d",
            "zeroline": False,
        },
        "shapes": [_unfinished()],
        "annotations": [_peak()],
    }


def _unfinished() -> Figure:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": 0,
        "x1": 0,
        "y0": 0,
        "y1": 1,
        "visible": False,
        "layer": "below",
        "fillcolor": "rgba(163, 179, 196, 0.14)",
        "line": {"width": 0},
    }


def _peak() -> Figure:
    return {
        "visible": False,
        "font": {"color": _TEXT},
        "bgcolor": _SURFACE,
        "bordercolor": _MUTED,
        "borderwidth": 1,
        "borderpad": 3,
        "arrowcolor": _MUTED,
        "arrowhead": 0,
        "arrowwidth": 2,
        "ax": 0,
    }


def _dark_template() -> Figure:
    # A template given by its name inside a plain dict is ignored, so the object itself goes along.
    dark: Figure = plotly.io.templates["plotly_dark"].to_plotly_json()
    return {"layout": dark["layout"], "data": {"scatter": dark["data"]["scatter"]}}
