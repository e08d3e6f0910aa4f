import json

import plotly.io
import pytest

from dash_app.pages import figures
from dash_app.pages.tokens import design_tokens

LOOK = design_tokens("dark")
NAMES = ["Cheers 👍", "Hate 👎"]


def test_two_traces_in_their_colours_that_differ_in_their_dash_too() -> None:
    cheers, hate = figures.empty_figure(NAMES, LOOK)["data"][:2]

    assert (cheers["name"], cheers["line"]["color"], cheers["line"]["dash"]) == (
        "Cheers 👍",
        "#10b981",
        "solid",
    )
    assert (hate["name"], hate["line"]["color"], hate["line"]["dash"]) == (
        "Hate 👎",
        "#ef4444",
        "dash",
    )


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_as_many_traces_are_visible_as_there_are_reactions(count: int) -> None:
    traces = figures.empty_figure([str(place) for place in range(count)], LOOK)["data"]

    assert [trace["visible"] for trace in traces] == [True] * count + [False] * (9 - count)


def test_the_sum_of_hidden_results_has_the_colour_of_no_reaction() -> None:
    *traces, total = figures.empty_figure(NAMES, LOOK)["data"]

    colours = [trace["line"]["color"] for trace in traces]
    assert len(colours) == 8
    assert total["line"]["color"] == LOOK["text"] not in colours


def test_a_name_with_markup_is_shown_as_it_is() -> None:
    first, second = figures.empty_figure(["<b>x</b> & 'y'", "&lt;"], LOOK)["data"][:2]

    assert (first["name"], second["name"]) == ("&lt;b&gt;x&lt;/b&gt; &amp; 'y'", "&amp;lt;")


def test_the_bins_are_plain_lists_and_empty_at_first() -> None:
    for trace in figures.empty_figure(NAMES, LOOK)["data"]:
        assert trace["x"] == []
        assert trace["y"] == []


def test_the_zoom_survives_a_redraw() -> None:
    layout = figures.empty_figure(NAMES, LOOK)["layout"]

    assert layout["uirevision"] == "constant"
    assert "range" not in layout["xaxis"]
    assert "range" not in layout["yaxis"]


def test_the_time_axis_is_told_that_it_has_dates() -> None:
    assert figures.empty_figure(NAMES, LOOK)["layout"]["xaxis"]["type"] == "date"


def test_the_dark_template_is_an_object_not_a_name() -> None:
    template = figures.empty_figure(NAMES, LOOK)["layout"]["template"]

    assert template["layout"]["paper_bgcolor"] == "rgb(17,17,17)"
    theirs = plotly.io.templates["plotly_dark"].to_plotly_json()
    assert template["layout"] == theirs["layout"]
    assert template["data"] == {"scatter": theirs["data"]["scatter"]}


def test_the_mark_of_the_unfinished_bin_is_hidden_until_there_are_bins() -> None:
    layout = figures.empty_figure(NAMES, LOOK)["layout"]

    assert [mark["visible"] for mark in layout["shapes"]] == [False] * 3
    assert {mark["xref"] for mark in layout["shapes"]} == {"x"}
    assert [note["visible"] for note in layout["annotations"]] == [False] * 2


def test_the_skeleton_is_json_and_new_every_time() -> None:
    first = figures.empty_figure(NAMES, LOOK)
    first["data"][0]["x"].append(1)

    assert json.loads(json.dumps(figures.empty_figure(NAMES, LOOK)))["data"][0]["x"] == []
