import json
from typing import Any

import pytest

from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.test_dashboard import GRAPH, TIMELINE
from tests.waiting import eventually


def test_the_shaded_bin_is_the_newest_and_in_the_picture(phone: Phone, site: Site) -> None:
    phone.resize(1280, 800)
    phone.open_dashboard()

    axis = f"{GRAPH}._fullLayout.xaxis"
    # In one script: between two of them the chart may be drawn anew.
    (mark, _), x, (oldest, newest) = phone.run(
        f"return [{GRAPH}.layout.shapes, {GRAPH}.data[0].x, {axis}.range.map({axis}.r2l)]"
    )
    assert (mark["x0"], mark["x1"]) == (x[-1], x[-1] + 2000)
    assert (oldest, newest) == (x[0], mark["x1"])
    assert phone.run(f"return {axis}.autorange") is True
    shade, plot = phone.box(".shapelayer path"), phone.box(".js-plotly-plot .nsewdrag")
    assert shade["width"] > 5
    assert abs(shade["right"] - plot["right"]) < 2


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_chart_is_dark_in_both_themes(phone: Phone, theme: str) -> None:
    phone.prefers(theme)
    phone.open_dashboard()

    assert phone.run(f"return {GRAPH}.data.map((trace) => trace.line.color)") == [
        "#10b981",
        "#ef4444",
    ]
    layout = phone.run(f"return {GRAPH}.layout")
    card = phone.run("return getComputedStyle(document.querySelector('section.panel')).background")
    assert (layout["plot_bgcolor"], layout["paper_bgcolor"]) == ("#121922", "#121922")
    assert card.startswith("rgb(18, 25, 34)")
    assert phone.run("return document.documentElement.dataset.bsTheme") == theme


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("total", [9, 99999, 1234567, 9999999999999])
def test_a_total_fits_its_card_in_one_line(
    phone: Phone, gate: Gate, site: Site, width: int, total: int
) -> None:
    answer = site.timeline() | {"totals": {"cheers": total, "hate": total}}
    gate.trouble[TIMELINE] = Trouble(status=200, body=answer)
    phone.resize(width, 800)
    phone.open_dashboard()

    phone.shows("#total-cheers", f"{total:,}")
    for name in ("#total-cheers", "#total-hate"):
        lines, needs, has, size = phone.run(
            "const e = document.querySelector(arguments[0]), range = document.createRange();"
            "range.selectNodeContents(e);"
            "const style = getComputedStyle(e);"
            "return [range.getClientRects().length, e.scrollWidth, e.clientWidth,"
            " parseFloat(style.fontSize)];",
            name,
        )
        assert lines == 1
        assert needs <= has
        assert size >= 20
    assert phone.run("return document.documentElement.scrollWidth") == width


def test_labels_with_markup_show_as_they_are(make_site: MakeSite, phone_of: PhoneOf) -> None:
    phone = phone_of(make_site(reactions=[("x", "<b>x</b> & y"), ("y", "a &lt; b")]))
    phone.resize(1280, 800)
    phone.open_dashboard()

    legend = phone.run(
        "return [...document.querySelectorAll('.legendtext')].map(e => e.textContent)"
    )
    assert legend == ["<b>x</b> & y", "a &lt; b"]
    assert phone.text(".total.reaction-1 .total-label") == "Total <b>x</b> & y"


@pytest.mark.parametrize(
    "changes",
    [
        {"as_of": None},
        {"reactions": []},
        {"totals": None},
        {"state": 7},
        {"series": {"cheers": [], "hate": []}},
        {"start": "x"},
    ],
    ids=json.dumps,
)
def test_an_answer_that_is_not_whole_is_none(
    phone: Phone, gate: Gate, site: Site, changes: dict[str, Any]
) -> None:
    phone.open_dashboard()
    gate.trouble[TIMELINE] = Trouble(status=200, body=site.timeline() | changes)

    phone.shows("#status", "Reconnecting…", seconds=5)

    gate.clear()
    phone.shows("#status", "Live", seconds=5)
    assert phone.console() == []


def test_an_error_in_the_page_does_not_stop_the_polling(phone: Phone, gate: Gate) -> None:
    phone.open_dashboard()
    phone.run(
        "window.real = dash_clientside.set_props;"
        "dash_clientside.set_props = () => { throw new Error('broken'); };"
    )
    before = gate.count(TIMELINE)
    eventually(lambda: gate.count(TIMELINE) > before + 2, 10, "the polling has stopped")

    phone.run("dash_clientside.set_props = window.real")
    before = gate.count(TIMELINE)
    eventually(lambda: gate.count(TIMELINE) > before + 2, 10, "the polling has stopped")
    phone.shows("#status", "Live")
    phone.console()
