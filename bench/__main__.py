"""`make bench`: measures rows, prints the table, and keeps it as JSON and Markdown."""

import http.client
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import click
import psutil

from bench import (
    counting,
    flink,
    latency,
    opening,
    pages,
    phones,
    posts,
    proxy,
    reads,
    reports,
    screens,
    start,
    ten_million,
)
from bench.lab import Lab
from bench.rows import ROWS, Finding
from bench.table import Results
from tests.brokers.kafka.jvm import ToolsMissing

Measure = Callable[[Lab, frozenset[int]], Iterator[tuple[int, Finding]]]

GROUPS: tuple[tuple[Measure, frozenset[int]], ...] = (
    (posts.measure, frozenset({1, 2, 3, 22})),
    (latency.measure, frozenset({4, 5})),
    (reads.measure, frozenset({6, 7})),
    (counting.measure, frozenset({8})),
    (ten_million.measure, frozenset({9, 11})),
    (start.measure, frozenset({10, 15})),
    (pages.measure, frozenset({12, 13, 14, 16})),
    (proxy.measure, frozenset({17})),
    (flink.measure, frozenset({18, 19, 20})),
    (reports.measure, frozenset({21})),
    (screens.measure, frozenset({23})),
    (phones.measure, frozenset({24})),
    (opening.measure, frozenset({25})),
)
"""Rows that share what they set up are measured together."""

FAILURES = (
    *(ToolsMissing, RuntimeError, AssertionError, OSError),
    *(subprocess.SubprocessError, http.client.HTTPException, psutil.Error),
)
"""What may befall a measurement: a server or a load that does not answer or is gone."""


def _rows(_context: click.Context, _option: click.Parameter, text: str) -> frozenset[int]:
    if not text:
        return frozenset(ROWS)
    try:
        numbers = frozenset(int(part) for part in text.split(","))
    except ValueError:
        numbers = frozenset({0})
    if not numbers <= ROWS.keys():
        raise click.BadParameter(f"{text!r} is not a list of rows such as 1,3,8 (1 to {len(ROWS)})")
    return numbers


@click.command()
@click.option("--only", callback=_rows, default="", help="Rows to measure: 1,3,8; default: all.")
def main(only: frozenset[int]) -> None:
    """Measure beside the textbook design and the limit; print and keep one table."""
    results = Results.load()
    missing: list[str] = []
    began = time.monotonic()
    with Lab() as lab:
        for measure, rows in GROUPS:
            if chosen := rows & only:
                missing += _measure_group(measure, lab, chosen, results)
    click.echo(results.table(only))
    click.echo(f"{time.monotonic() - began:.0f} s", err=True)
    if missing:
        raise click.ClickException(f"not measured: {'; '.join(missing)}")


def _measure_group(
    measure: Measure, lab: Lab, chosen: frozenset[int], results: Results
) -> list[str]:
    """Print and keep the findings; return a line that says why rows were not measured, if any."""
    names = f"rows {', '.join(map(str, sorted(chosen)))}"
    click.echo(f"{names} …", err=True)
    began = time.monotonic()
    try:
        for number, finding in measure(lab, chosen):
            results.add(number, finding)
            # At once: what a later row meets must not lose this one.
            results.save()
            click.echo(results.line(number), err=True)
    except FAILURES as error:
        return [f"{names}: {error}"]
    click.echo(f"{names}: {time.monotonic() - began:.0f} s", err=True)
    return []


if __name__ == "__main__":
    sys.exit(main(prog_name="python -m bench"))
