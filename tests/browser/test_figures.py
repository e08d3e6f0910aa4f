"""What the dashboard tells besides the curve: hover, peak, table, CSV, tap to screen."""

from pathlib import Path

from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.states import TIMELINE
from tests.browser.test_dashboard import GRAPH, draws
from tests.browser.viewer import press, saved_rows
from tests.waiting import eventually


def test_hovering_tells_time_counts_and_share(phone: Phone, site: Site) -> None:
    site.click(*[("cheers", 60)] * 3, ("hate", 60))
    phone.resize(1280, 800)
    phone.open_dashboard()
    draws(phone, 3, 1)
    press(phone, "pause")
    axis = f"{GRAPH}._fullLayout.xaxis"
    moment, right = phone.run(
        f"const x = {GRAPH}.data[0].x[{GRAPH}.data[0].y.indexOf(3)];"
        f"return [new Date(x).toISOString().slice(11, 19), {axis}.d2p(x)]"
    )
    plot = phone.box(".js-plotly-plot .nsewdrag")
    phone.cdp("Input.dispatchMouseEvent", type="mouseMoved", x=plot["x"] + right, y=plot["y"] + 60)
    script = "return document.querySelector('.hoverlayer').textContent"
    eventually(lambda: phone.run(script) != "", 3, "nothing is shown")
    assert phone.run(script) == f"{moment}Cheers 👍 : 3 (75%)Hate 👎 : 1"


def test_the_peak_is_marked(phone: Phone, site: Site) -> None:
    site.click(("cheers", 90), *[("cheers", 40)] * 7, *[("hate", 40)] * 2)
    phone.open_dashboard()
    draws(phone, 8, 2)
    assert phone.run("return document.querySelector('.annotation-text').textContent").startswith(
        "Peak 9 · "
    )


def test_the_table_says_what_the_chart_draws(phone: Phone, site: Site) -> None:
    site.click(*[("cheers", 60)] * 3, ("hate", 60))
    phone.open_dashboard()
    draws(phone, 3, 1)
    phone.run("document.querySelector('#table summary').click()")
    rows = "return [...document.querySelectorAll('#table-body tr')].map((r) =>"
    rows += " [...r.cells].map((c) => c.textContent))"
    eventually(lambda: len(phone.run(rows)) == 60, 3, "no rows")

    def full() -> list[list[str]]:
        cells: list[list[str]] = phone.run(rows)
        return [row[1:] for row in cells if row[1] != "0"]

    eventually(lambda: full() == [["3", "1", "75%"]], 3, lambda: f"{full()}")
    newest, older = phone.run(rows)[:2]
    assert newest[0] > older[0] or newest[0].startswith("00:")
    heads = phone.run("return [...document.querySelectorAll('#table th')].map(h => h.textContent)")
    assert heads == ["Time", "Cheers 👍", "Hate 👎", "Share"]


def test_the_csv_is_what_is_shown(phone: Phone, site: Site, tmp_path: Path) -> None:
    site.click(*[("cheers", 60)] * 3, ("hate", 60))
    phone.open_dashboard()
    draws(phone, 3, 1)
    press(phone, "pause")
    start = phone.run(f"return new Date({GRAPH}.data[0].x[0]).toISOString()")
    rows = saved_rows(phone, tmp_path)
    assert len(rows) == 60
    assert sum(int(row["Cheers 👍"]) for row in rows) == 3
    # Plotly draws UTC, so its x are the viewer's own times.
    assert next(iter(rows[0].values())) == start[:19].replace("T", " ")


def test_the_time_from_tap_to_screen_is_shown(phone: Phone, site: Site) -> None:
    phone.open_dashboard()
    phone.shows("#measured", "Tap to screen: no tap here in the last minute")
    site.click(("cheers", 3))
    eventually(lambda: "p95" in phone.text("#measured"), 10, "nothing measured is shown")
    legs = phone.text("#legs")
    assert "tap to sent 3.00 s / 3.00 s" in legs
    assert "Not included: the network, and up to 1.00 s" in legs


def test_where_another_engine_counts_the_time_is_said_not_to_be_measured(
    phone: Phone, gate: Gate, site: Site
) -> None:
    answer = site.timeline()
    nothing = dict.fromkeys(answer["measured"], None)
    gate.trouble[TIMELINE] = Trouble(status=200, body={**answer, "measured": nothing})
    phone.open_dashboard()

    phone.shows("#measured", "Tap to screen: not measured while Flink counts")
