"""`GET /kafka/timeline.csv`: the bins of a window for a spreadsheet."""

import re
import time
from typing import Any

from tests.sites import Site
from tests.web.conftest import MakeSite
from tests.web.test_click import assert_error
from tests.web.test_reading import click_of


def rows_of(site: Site, **query: Any) -> list[list[str]]:
    answer = site.ask("GET", "/kafka/timeline.csv", query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/csv"
    assert answer.is_streamed
    lines = answer.text.removesuffix("\r\n").split("\r\n")
    return [line.split(",") for line in lines]


def test_the_bins_come_as_csv(live_site: Site) -> None:
    live_site.click({"clicks": [click_of(10), click_of(10), click_of(10, "hate")]})
    live_site.wait_for_totals(2, 1)
    heads, *rows = rows_of(live_site)
    (full,) = [row for row in rows if row[2:4] != ["0", "0"]]

    assert heads == ["start", "seconds", "cheers", "hate", "share_of_cheers", "complete"]
    assert len(rows) == 60
    assert full[1:] == ["2", "2", "1", "0.6667", "yes"]
    assert rows[-1][-1] == "no"
    widths = {row[1] for row in rows_of(live_site, window=3600, bin=60)[1:]}
    assert widths == {"60"}


def test_the_file_is_named_by_window_and_time(site: Site) -> None:
    answer = site.ask("GET", "/kafka/timeline.csv", query_string={"window": 900})

    name = r'attachment; filename="clicks-900s-\d{4}-\d\d-\d\dT\d{6}Z\.csv"'
    assert re.fullmatch(name, answer.headers["Content-Disposition"])


def test_no_cell_is_a_formula_and_the_wire_name_is_in_none(make_site: MakeSite) -> None:
    site = make_site(cheers_label="=1+1", hate_label="@SUM(A1)")
    site.wait_for_state("live")
    site.click({"type": "hate"})
    site.wait_for_totals(0, 1)
    cells = [cell for row in rows_of(site) for cell in row]

    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")] == []
    assert "fuck" not in " ".join(cells)


def test_csv_of_what_a_paused_page_shows_since_its_zero(live_site: Site) -> None:
    start = live_site.timeline()["start"]
    rows = rows_of(live_site, start=start, since=start + 100)

    assert len(rows) == 1 + 10
    assert time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(start + 100)) == rows[1][0]
    assert rows_of(live_site, start=start - 4000, since=0)[1:] == []


def test_csv_of_the_bin_of_zero_holds_what_came_after_it(live_site: Site) -> None:
    now = live_site.timeline()["server_time"]
    minute = int(now // 60 * 60)
    # Half a minute passes before any of them falls into the next bin.
    age = now - minute + 40
    live_site.click({"clicks": [click_of(age), click_of(age), click_of(age, "hate")]})
    live_site.click({"clicks": [click_of(age), click_of(0)]})
    live_site.wait_for_totals(4, 1)

    def sums(**zero: int) -> list[int]:
        _, *rows = rows_of(live_site, window=3600, since=minute - 50, **zero)
        assert rows[0][-1] == "no"
        return [sum(int(row[column]) for row in rows) for column in (2, 3)]

    assert sums(cheers=2, hate=1) == [2, 0]
    assert sums(cheers=2) == [2, 1]
    assert sums(cheers=9, hate=0) == [1, 1]
    assert sums(cheers=0, hate=0) == [4, 1]


def test_csv_of_odd_times_and_windows_is_refused(live_site: Site) -> None:
    for query in (
        {"start": "x"},
        {"since": "-1"},
        {"window": "7"},
        {"start": "123456789012"},
        {"cheers": "-1"},
        {"hate": "12345678901234567"},
        {"until": "7"},
    ):
        answer = live_site.ask("GET", "/kafka/timeline.csv", query_string=query)
        assert_error(answer, 400)
