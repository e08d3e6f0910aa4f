"""The bins of a report as CSV: times of two zones, numbers, and no cell that is a formula."""

from pathlib import Path
from zoneinfo import ZoneInfo, reset_tzpath

import pytest

from dash_app.counting.report import build_report
from dash_app.counting.zones import UnknownZone, find_zone
from dash_app.settings.reactions import Reaction
from dash_app.web.report_csv import report_lines
from tests.counting.range_counts import example_report, range_count
from tests.spreadsheet import LOCALES, opened

REACTIONS = (Reaction("ok", "Okay"), Reaction("hate", "Hate 👎"))
CLOCKS_BACK = 1_792_890_000
"""In Madrid 2026-10-25 at 3 it becomes 2 again."""


def rows_of(lines: list[str]) -> list[list[str]]:
    assert all(line.endswith("\r\n") for line in lines)
    return [line.removesuffix("\r\n").split(",") for line in lines]


def test_each_bin_is_a_line_with_both_times_its_counts_and_their_sum() -> None:
    by_second = {"ok": {CLOCKS_BACK: 2}, "hate": {CLOCKS_BACK: 1, CLOCKS_BACK + 3601: 4}}
    count = range_count(CLOCKS_BACK - 1800, CLOCKS_BACK + 3602, by_second=by_second)
    report = build_report(count, None, REACTIONS, 1800)

    assert rows_of([*report_lines(report, find_zone("Europe/Madrid"))]) == [
        ["start_utc", "start_local (Europe/Madrid)", "seconds", "ok", "hate", "total"],
        ["2026-10-25T00:30:00", "2026-10-25T02:30:00", "1800", "0", "0", "0"],
        ["2026-10-25T01:00:00", "2026-10-25T02:00:00", "1800", "2", "1", "3"],
        ["2026-10-25T01:30:00", "2026-10-25T02:30:00", "1800", "0", "0", "0"],
        ["2026-10-25T02:00:00", "2026-10-25T03:00:00", "2", "0", "4", "4"],
    ]


def test_the_file_holds_all_clicks_of_the_report() -> None:
    report = example_report()
    heads, *rows = rows_of([*report_lines(report)])

    assert heads[:3] == ["start_utc", "start_local", "seconds"]
    assert sum(int(row[2]) for row in rows) == report["to"] - report["from"]
    sums = {head: sum(int(row[index]) for row in rows) for index, head in enumerate(heads[3:], 3)}
    assert sums == {**report["totals"], "total": report["clicks"]}


@pytest.mark.slow
@pytest.mark.parametrize("language", LOCALES)
def test_a_spreadsheet_finds_times_and_numbers(tmp_path: Path, language: str) -> None:
    by_second = {"ok": {CLOCKS_BACK: 2}, "-1": {CLOCKS_BACK: 1}}
    count = range_count(CLOCKS_BACK, CLOCKS_BACK + 60, by_second=by_second)
    file = tmp_path / "report.csv"
    lines = report_lines(build_report(count, None, REACTIONS, 60), find_zone("Europe/Madrid"))
    file.write_text("".join(lines), newline="")

    heads, row, *_ = opened(file, LOCALES[language])

    assert [text for _, text in heads[2:7]] == ["seconds", "ok", "hate", "'-1", "total"]
    assert row[:7] == [
        ("date", "2026-10-25T01:00:00"),
        ("date", "2026-10-25T02:00:00"),
        *(("float", number) for number in ("60", "2", "0", "1", "3")),
    ]


def test_no_cell_is_a_formula_and_no_two_columns_have_one_name() -> None:
    found = ["-1", "total", "seconds", "start_utc", "start_local", "__proto__", "clicks_total"]
    count = range_count(by_second={key: {1_800_000_000: 1} for key in found})
    heads, *rows = rows_of([*report_lines(build_report(count, None, REACTIONS), ZoneInfo("UTC"))])

    assert heads[3:-1] == [
        *("ok", "hate", "'-1", "__proto__", "clicks_clicks_total", "clicks_seconds"),
        *("clicks_start_local", "clicks_start_utc", "clicks_total"),
    ]
    assert [cell for row in [heads, *rows] for cell in row if cell[:1] in tuple("=+-@\t\r")] == []


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "Europe", "", "/etc/passwd", "../../etc/passwd", "a\0b", "z" * 300]
)
def test_a_zone_that_there_is_not_is_named_with_the_way_out(name: str) -> None:
    with pytest.raises(UnknownZone, match=r"there is no time zone '.*; take a name such as Europe"):
        find_zone(name)


def test_zones_are_known_on_a_machine_without_any(tmp_path: Path) -> None:
    ZoneInfo.clear_cache()
    reset_tzpath([str(tmp_path)])
    try:
        assert str(find_zone("America/Argentina/Buenos_Aires")).endswith("Buenos_Aires")
    finally:
        reset_tzpath()
