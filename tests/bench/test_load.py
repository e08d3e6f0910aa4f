"""What wrk prints is understood, and what is no measurement is refused."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

import bench.__main__
from bench.__main__ import main
from bench.lab import Lab
from bench.load import Answered, LoadFailed, parse
from bench.rows import Finding
from tests.checkout import copy_tree

PRINTED = (
    "Running 5s test @ http://127.0.0.1:1/x\n  1 threads and 64 connections\n"
    '{"requests":1000,"microseconds":5000000,"bytes":200000,"p50_us":1500,"p99_us":20250,'
    '"refused":20,"broken":5}\n'
)


def test_the_last_line_holds_the_figures() -> None:
    answered = parse(PRINTED)

    assert answered == Answered(1000, 5.0, 200_000, 1.5, 20.25, 25)
    assert answered.per_second == 195
    assert answered.bytes_each == 200


@pytest.mark.parametrize("output", ["", "unable to connect to 127.0.0.1:1\n"])
def test_an_output_without_figures_is_refused(output: str) -> None:
    with pytest.raises(LoadFailed, match="no figures"):
        parse(output)


@pytest.mark.parametrize("rows", ["26", "0", "1,x", "1;2"])
def test_a_row_that_is_not_there_is_refused_before_anything_starts(rows: str) -> None:
    result = CliRunner().invoke(main, ["--only", rows])

    assert result.exit_code == 2
    assert "is not a list of rows such as 1,3,8 (1 to 25)" in result.output


def test_rows_whose_programs_are_missing_are_named_and_no_other_is_lost(tmp_path: Path) -> None:
    checkout = copy_tree(tmp_path / "checkout")
    table = checkout / "docs" / "performance.md"
    before = table.read_text()

    command = [sys.executable, "-B", "-m", "bench", "--only", "18,20"]
    done = subprocess.run(
        command, cwd=checkout, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 1
    assert "not measured: rows 18, 20: Flink is not there: run `make venv-flink" in done.stderr
    assert table.read_text() == before


@pytest.mark.parametrize(
    "error",
    [
        subprocess.TimeoutExpired("wrk", 36),
        http.client.BadStatusLine("nothing"),
        psutil.NoSuchProcess(1),
        LoadFailed("no figures"),
    ],
)
def test_a_row_that_cannot_be_measured_costs_no_other_row(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    measured: list[frozenset[int]] = []

    def fails(_: Lab, __: frozenset[int]) -> Iterator[tuple[int, Finding]]:
        raise error

    def follows(_: Lab, numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
        measured.append(numbers)
        return iter(())

    monkeypatch.setattr(
        bench.__main__, "GROUPS", ((fails, frozenset({1})), (follows, frozenset({2})))
    )
    result = CliRunner().invoke(main, ["--only", "1,2"])

    assert measured == [frozenset({2})]
    assert result.exit_code == 1
    assert f"not measured: rows 1: {error}" in result.output
