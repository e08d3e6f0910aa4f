"""The table's arithmetic, and that no row is forgotten; nothing here is measured."""

from pathlib import Path

import orjson
import pytest

from bench.__main__ import GROUPS
from bench.rounds import Rounds, percentile
from bench.rows import ROWS, Finding, Must, Row, Target, quantity
from bench.table import Results

PLACE = "# Performance\n\n<!-- table -->\nold\n<!-- end of table -->\n\nmore\n"


def finding(number: int, value: float) -> Finding:
    return Finding({t.figure: value for t in ROWS[number].targets}, {"site": "7 /s"})


def test_every_row_is_measured_by_one_group() -> None:
    grouped = [number for _, rows in GROUPS for number in sorted(rows)]

    assert sorted(grouped) == sorted(ROWS) == list(range(1, 26))


@pytest.mark.parametrize("row", ROWS.values(), ids=map(str, ROWS))
def test_the_targets_of_a_row_are_told_apart(row: Row) -> None:
    assert row.targets
    assert len({target.figure for target in row.targets}) == len(row.targets)


@pytest.mark.parametrize(
    ("must", "value", "met"),
    [
        (Must.AT_LEAST, 4.99, False),
        (Must.AT_LEAST, 5, True),
        (Must.AT_MOST, 5, True),
        (Must.AT_MOST, 5.01, False),
    ],
)
def test_a_bound_is_met_from_one_side(must: Must, value: float, met: bool) -> None:
    assert Target("of something", must, 5).is_met(value) is met


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    rounds = Rounds()
    # The machine is ten times slower in the second round: that must not matter.
    for site, textbook in ((600, 100), (50, 10), (700, 100)):
        rounds.add("site", site)
        rounds.add("textbook", textbook)

    assert rounds.ratio("site", "textbook") == 6
    assert rounds.median("textbook") == 100
    assert rounds.described("/s")["site"] == "600.0 /s (50.0–700.0)"


def test_subjects_measured_in_different_rounds_have_no_ratio() -> None:
    rounds = Rounds()
    rounds.add("site", 1)
    rounds.add("site", 1)
    rounds.add("textbook", 1)

    with pytest.raises(ValueError, match="zip"):
        rounds.ratio("site", "textbook")


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (99, 99), (100, 100), (1, 1)])
def test_a_percentile_is_one_of_the_figures(percent: float, expected: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], percent) == expected


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0004, "×", "1/2,500 ×"),
        (0.45, "×", "0.45 ×"),
        (5, "×", "5 ×"),
        (12.34, "ms", "12.3 ms"),
        (1234.5, "kB", "1,234 kB"),
        (0, "", "0"),
        (-3.21, "MB", "-3.21 MB"),
    ],
)
def test_a_quantity_has_three_digits(value: float, unit: str, text: str) -> None:
    assert quantity(value, unit) == text


def test_a_finding_without_one_of_the_figures_is_refused() -> None:
    with pytest.raises(ValueError, match=r"row 1: .*bare acked send"):
        Results().add(1, Finding({"of textbook": 5}, {}))


def test_a_line_says_what_was_wanted_found_and_met() -> None:
    results = Results()
    results.add(1, Finding({"of textbook": 6, "of a bare acked send": 0.4}, {"site": "7 /s"}))

    assert results.line(1) == (
        "| 1 | single-click POSTs acknowledged/s, 64 connections"
        " | of a bare acked send ≥ 0.75 ×<br>of textbook ≥ 3.20 ×"
        " | 0.40 ×<br>6 × | **no**<br>yes | site: 7 /s |"
    )


def test_a_run_of_some_rows_keeps_the_others(tmp_path: Path) -> None:
    json, markdown = tmp_path / "var" / "bench.json", tmp_path / "performance.md"
    markdown.write_text(PLACE)
    results, meanwhile = Results.load(json), Results.load(json)
    results.add(8, finding(8, 0.9))
    results.save(json, markdown)
    meanwhile.add(10, finding(10, 1.2))
    meanwhile.save(json, markdown)

    assert list(orjson.loads(json.read_bytes())) == ["8", "10"]
    text = markdown.read_text()
    assert [line[:5] for line in text.splitlines() if line.startswith("| ")] == [
        "| # |",
        "| 8 |",
        "| 10 ",
    ]
    assert "old" not in text
    assert text.endswith("more\n")


def test_rows_of_another_machine_stay_in_the_document(tmp_path: Path) -> None:
    json, markdown = tmp_path / "bench.json", tmp_path / "performance.md"
    markdown.write_text(PLACE)
    before = Results()
    before.add(9, finding(9, 3))
    before.save(json, markdown)
    markdown.write_text(PLACE.replace("old", "| 9 | nine |\n| 10 | ten |\n| 99 | gone |"))
    results = Results.load(json)
    results.add(10, finding(10, 1.2))
    results.save(json, markdown)

    lines = [line for line in markdown.read_text().splitlines() if line.startswith("| ")]
    assert lines[1:] == ["| 9 | nine |", results.line(10)]


def test_a_document_without_a_place_for_the_table_is_left_alone(tmp_path: Path) -> None:
    markdown = tmp_path / "performance.md"
    markdown.write_text("nothing")

    with pytest.raises(ValueError, match="0 places"):
        Results().save(tmp_path / "bench.json", markdown)
    assert markdown.read_text() == "nothing"
