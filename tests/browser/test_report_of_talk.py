"""A talk from its first tap to its report, whose numbers are those of the live site."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import MakeSite
from tests.browser.gate import Gate
from tests.browser.phone import Phone
from tests.browser.presenting import present
from tests.browser.reports import (
    EXAMPLE,
    answer_with,
    drawn,
    fills_its_frame,
    go_to,
    hard_report,
    huge_report,
    open_page,
    open_report,
    print_report,
    range_report,
    table,
)
from tests.browser.site import Site
from tests.browser.states import EIGHT, start_talk
from tests.browser.viewer import is_saved
from tests.waiting import eventually

KEYS = [reaction.key for reaction in EIGHT[:3]]
WHILE_PRINTING = """
window.addEventListener('beforeprint', () => {
  const total = document.querySelector('#total-all').textContent;
  const { width } = document.querySelector('.js-plotly-plot').layout;
  window.printed = [document.documentElement.dataset.bsTheme, total, width];
});
"""
ON_THE_SHEET = """
const table = (name) => {
  const shown = (selector) => [...document.querySelectorAll(`#table-${name} ${selector}`)]
    .filter((e) => e.getClientRects().length > 0);
  const line = shown('.paper-only').map((e) => e.textContent).join(' ');
  return [shown('tbody tr').length, shown('thead th').length, line];
};
return Object.fromEntries(['totals', 'segments', 'moments'].map((name) => [name, table(name)]));
"""
FOREIGN_SHEET = """
const { sheet } = document.head.appendChild(document.createElement("style"));
const get = () => { throw new DOMException("", "SecurityError"); };
Object.defineProperty(sheet, "cssRules", { get });
"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A site with three reactions."""
    return make_site(reactions=EIGHT[:3])


def ended_talk(site: Site, **changes: Any) -> Any:
    """Give a talk of ten minutes with taps and marks, end it, and return what the site says."""
    start_talk(site, "Kafka in an hour", marks=[(80, "Slide 7"), (40, "Questions")], **changes)
    talk_id = site.timeline()["talk"]["id"]
    ended = int(site.timeline()["server_time"]) - 1
    site.present("PATCH", f"/{talk_id}", {"ended_at": ended})
    known = partial(site.present, "GET", f"/{talk_id}")
    eventually(lambda: known()["totals"] is not None, 10, "nobody knows the totals of the talk")
    return known()


def test_the_report_of_a_talk_has_the_numbers_of_the_live_site(
    phone: Phone, gate: Gate, site: Site, tmp_path: Path
) -> None:
    talk = ended_talk(site)
    phone.resize(1366, 768)
    open_report(phone, f"?talk={talk['id']}")

    totals = [talk["totals"][key] for key in KEYS]
    assert sum(totals) > 500
    assert drawn(phone) == totals
    assert [phone.text(f"#total-{key}") for key in KEYS] == [f"{total:,}" for total in totals]
    assert [row[1] for row in table(phone, "segments")[1:]] == ["The start", "Slide 7", "Questions"]
    assert phone.text("#report-note") == "Late taps may still change these numbers."
    go_to(phone, 560)
    eventually(lambda: 0 < sum(drawn(phone)) < sum(totals), 5, "the replay shows all")
    phone.run("document.querySelector('#play').click()")
    eventually(lambda: drawn(phone) == totals, 15, lambda: f"{drawn(phone)} at the end")
    assert phone.console() == []
    assert phone.foreign_requests() == []

    phone.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    for kind in ("csv", "json", "html"):
        phone.run(f"document.querySelector('#foot a[href*=\"format={kind}\"]').click()")
        eventually(partial(is_saved, tmp_path, kind), 10, f"no {kind}")
    (file,) = tmp_path.glob("*.html")
    phone.network(online=False)
    phone.driver.get(file.as_uri())
    eventually(lambda: drawn(phone) == totals, 10, "the file has other numbers")
    assert phone.text("h1") == "Kafka in an hour"
    assert phone.console() == []


def test_hidden_results_are_no_report_until_they_are_shown(
    phone: Phone, gate: Gate, site: Site
) -> None:
    talk = ended_talk(site, results="hidden")
    open_page(phone, f"?talk={talk['id']}")
    phone.shows("#trouble", "The presenter shows the results later.")
    phone.speaks("es")
    phone.shows("#trouble", "Quien presenta mostrará los resultados más tarde.")
    site.present("PATCH", f"/{talk['id']}", {"results": "shown"})
    phone.run("document.querySelector('#retry').click()")
    eventually(lambda: bool(phone.series()), 10, "no report")


def test_an_unknown_talk_is_named_in_the_language_of_the_page(phone: Phone, gate: Gate) -> None:
    open_page(phone, "?talk=nowhere1")
    phone.shows("#trouble", "There is no such talk.")
    phone.speaks("es")
    phone.shows("#trouble", "Esa charla no existe.")


def test_a_printed_report_is_one_sheet(phone: Phone, gate: Gate) -> None:
    phone.resize(1366, 768)
    phone.prefers("dark")
    for report in (EXAMPLE, hard_report(segments=10)):
        answer_with(gate, {"report": report})
        open_report(phone, "?talk=x&view=presenter")
        go_to(phone, 100)
        phone.run(WHILE_PRINTING)
        assert print_report(phone) == 1
        assert phone.run("return window.printed") == ["light", f"{report['clicks']:,}", 712]
        fills_its_frame(phone)
        assert phone.run("return document.documentElement.dataset.bsTheme") == "dark"
        assert phone.run("return document.documentElement.dataset.view") == "presenter"
    answer_with(gate, {"report": EXAMPLE})
    phone.resize(718, 790)
    open_report(phone, "?talk=x")
    assert on_the_sheet(phone, "report paper")["segments"][2] == ""


def on_the_sheet(phone: Phone, picture: str = "") -> dict[str, tuple[int, int, str]]:
    """Return for each table its rows and columns on a sheet, and what it says is missing."""
    phone.run("dispatchEvent(new Event('beforeprint'))")
    phone.cdp("Emulation.setEmulatedMedia", media="print")
    tables = phone.run(ON_THE_SHEET)
    if picture:
        phone.picture(picture)
    phone.cdp("Emulation.setEmulatedMedia", media="screen")
    phone.run("dispatchEvent(new Event('afterprint'))")
    return {name: (rows, columns, line) for name, (rows, columns, line) in tables.items()}


@pytest.mark.parametrize(("reactions", "segments", "least"), [(8, 6, 6), (8, 31, 6), (3, 501, 16)])
def test_a_sheet_says_how_many_parts_it_lacks(
    phone: Phone, gate: Gate, reactions: int, segments: int, least: int
) -> None:
    report = hard_report(segments)
    report["reactions"] = report["reactions"][:reactions]
    report["others"] = {"older": 12}
    answer_with(gate, {"report": report})
    open_report(phone, "?talk=x")
    assert print_report(phone) == 1
    printed, columns, lacks = on_the_sheet(phone)["segments"]
    assert least <= printed <= segments
    assert columns == 5 + reactions
    more = f"More parts in the report on the screen: {segments - printed}."
    assert lacks == (more if printed < segments else "")
    assert len(table(phone, "segments")) == 1 + segments
    assert phone.run("return document.querySelectorAll('tr.screen-only').length") == 0


def test_a_sheet_holds_huge_numbers_and_a_long_warning(phone: Phone, gate: Gate) -> None:
    answer_with(gate, {"report": huge_report()})
    open_report(phone, "?talk=x")
    assert print_report(phone) == 1
    printed, _, lacks = on_the_sheet(phone)["segments"]
    assert lacks == f"More parts in the report on the screen: {10 - printed}."


@pytest.mark.parametrize(("buttons", "totals"), [(30, 31), (300, 25)])
def test_a_sheet_of_many_buttons_has_their_totals_and_says_what_it_lacks(
    phone: Phone, gate: Gate, buttons: int, totals: int
) -> None:
    answer_with(gate, {"report": range_report(buttons)})
    open_report(phone, "?talk=x")
    assert print_report(phone) == 1
    tables = on_the_sheet(phone)
    more = "More buttons in the report on the screen: {}."
    assert tables["segments"][1] == 5 + 8
    assert tables["segments"][2].startswith(more.format(buttons - 8))
    assert tables["moments"] == (5, 2 + 8, more.format(buttons - 8))
    printed, _, lacks = tables["totals"]
    assert printed >= totals
    missing = buttons + 1 - printed
    assert lacks == (more.format(missing) if missing else "")


def test_a_sheet_is_made_once_whatever_stylesheet_an_extension_brings(
    phone: Phone, gate: Gate
) -> None:
    answer_with(gate, {"report": range_report(30)})
    open_report(phone, "?talk=x")
    phone.run(FOREIGN_SHEET)
    assert print_report(phone) == 1

    phone.run("dispatchEvent(new Event('beforeprint'))")
    assert on_the_sheet(phone)["moments"][2] == "More buttons in the report on the screen: 22."


def test_the_presenter_sees_any_range_of_time(phone: Phone, gate: Gate, site: Site) -> None:
    talk = ended_talk(site)
    search = f"?from={talk['started_at']}&to={talk['ended_at']}"
    open_page(phone, search)
    phone.shows("#trouble", "The report is not shown: Only the presenter may do this")

    present(phone)
    open_report(phone, search)
    assert phone.text("h1") == "A range of time"
    assert drawn(phone) == [talk["totals"][key] for key in KEYS]
    assert [row[1] for row in table(phone, "segments")[1:]] == ["The start"]
