"""`GET /kafka/timeline.csv`: the bins of a window for a spreadsheet."""

import re
from typing import Any

from tests.sites import Site
from tests.waiting import eventually
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
    site = make_site(reactions="-1=A, hate=@SUM(A1), cheers==1+1")
    site.wait_for_state("live")
    site.click({"clicks": [{"type": "hate"}, {"type": "-1"}]})
    site.wait_for_totals(0, 1)
    eventually(lambda: site.timeline()["totals"]["-1"] == 1, 5, "one click is not counted")
    heads, *rows = rows_of(site)
    cells = [cell for row in [heads, *rows] for cell in row]
    assert heads == ["start", "seconds", "'-1", "hate", "cheers", "share_of_-1", "complete"]
    assert [row[2:6] for row in rows if row[2:5] != ["0"] * 3] == [["1", "1", "0", "0.5000"]]

    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")] == []
    assert "fuck" not in " ".join(cells)


def test_a_key_that_is_a_column_already_gets_another_name(make_site: MakeSite) -> None:
    site = make_site(reactions="start=Go, share_of_start=Half, ok=Fine")
    names = ["clicks_start", "clicks_share_of_start", "ok"]

    assert rows_of(site)[0] == ["start", "seconds", *names, "share_of_start", "complete"]


def test_csv_of_other_windows_and_with_other_parameters_is_refused(live_site: Site) -> None:
    for query in ({"window": "7"}, {"start": "0"}, {"since": "0"}, {"until": "7"}):
        answer = live_site.ask("GET", "/kafka/timeline.csv", query_string=query)
        assert_error(answer, 400)
