"""A report as a page of text for a terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash_app.counting.report import Report

Rows = Sequence[Sequence[str]]


def summary_lines(report: Report, zone: ZoneInfo | None = None) -> Iterator[str]:
    """Return the lines about a report; `zone` is that of the times, None: that of this machine."""
    yield from _heading(report, zone)
    yield ""
    yield from _totals(report)
    yield ""
    yield _people(report["people"])
    yield ""
    yield from _segments(report, zone)
    if report["moments"]:
        yield ""
        yield f"Highest moments, {report['bin']} s each:"
        rows = [
            (_clock(one["at"], zone), describe_taps(one["clicks"])) for one in report["moments"]
        ]
        yield from _table(rows)
    yield ""
    yield _describe_reading(report)
    yield from note_lines(report, zone)


def _heading(report: Report, zone: ZoneInfo | None) -> Iterator[str]:
    start, end = (
        datetime.fromtimestamp(report[at], zone).astimezone(zone) for at in ("from", "to")
    )
    day = "" if start.date() == end.date() else "%Y-%m-%d "
    bounds = f"{start:%Y-%m-%d %H:%M:%S} to {end:{day}%H:%M:%S %Z}"
    talk = report["talk"]
    if talk is not None:
        yield f"{talk['title']} (talk {talk['id']})"
    yield f"{bounds}, {describe_length(report['to'] - report['from'])}"


def describe_length(seconds: int) -> str:
    """Return a length of time in words, such as 1 h 5 min."""
    units = (("h", seconds // 3600), ("min", seconds // 60 % 60), ("s", seconds % 60))
    return " ".join(f"{number} {unit}" for unit, number in units if number)


def _totals(report: Report) -> Iterator[str]:
    clicks = report["clicks"]
    yield describe_taps(clicks)
    # The labels stand last: a terminal may draw an emoji wider than a letter.
    labels = {one["key"]: one["label"] for one in report["reactions"]}
    rows = [
        (f"{number:,}", f"{number / clicks:.0%}" if clicks else "", labels[key])
        for key, number in report["totals"].items()
    ]
    yield from _table(rows, last_is_text=True)
    if others := report["others"]:
        named = ", ".join(f"{key} {number:,}" for key, number in others.items())
        yield f"Taps that this talk has no button for are left out: {named}"


def _people(people: dict[str, Any]) -> str:
    count, median, most = people["count"], people["median"], people["most"]
    if count is None:
        return "How many people tapped is not known."
    number = f"{count:,} {'person' if count == 1 else 'people'}"
    more = "more than " if people["more"] else ""
    each = "" if median is None else f", {median:g} taps each (median), {most:,} at most"
    return f"{more}{number}{each}"


def _segments(report: Report, zone: ZoneInfo | None) -> Iterator[str]:
    keys, segments = [*report["totals"]], report["segments"]
    rows: list[Sequence[str]] = [("from", "to", "taps", "per minute", *keys, "mark")]
    rows += [
        (
            *(_clock(one[at], zone) for at in ("from", "to")),
            *(f"{one['clicks']:,}", f"{one['per_minute']:,.1f}"),
            *(f"{one['totals'][key]:,}" for key in keys),
            one["label"] or "",
        )
        for one in segments
    ]
    yield from _table(rows, last_is_text=True)


def _describe_reading(report: Report) -> str:
    records = f"{report['records']:,} records of log {report['log']}"
    unreadable = sum(report["unreadable"].values())
    return f"Read {records}: {report['duplicates']:,} repeats, {unreadable:,} unreadable."


def note_lines(report: Report, zone: ZoneInfo | None = None) -> Iterator[str]:
    """Return what whoever reads or keeps the report has to know: whether taps may be missing."""
    if not report["whole"]:
        since = report["whole_from"]
        whole = "" if since is None else f" Whole from {_clock(since, zone)} on."
        yield f"Not whole: {report['why']}.{whole}"
    if report["talk"] is not None and report["talk"]["running"]:
        yield "The talk is still running: this is what was tapped up to now."
    elif not report["final"]:
        yield "Not final: taps that were made in this time may still arrive."


def describe_taps(clicks: int) -> str:
    """Return the number in words, such as `1 tap` and `3,024 taps`."""
    return "1 tap" if clicks == 1 else f"{clicks:,} taps"


def _clock(second: int, zone: ZoneInfo | None) -> str:
    return f"{datetime.fromtimestamp(second, zone):%H:%M:%S}"


def _table(rows: Rows, *, last_is_text: bool = False) -> Iterator[str]:
    """Yield the rows in columns, indented and aligned to the right."""
    columns = [*zip(*rows, strict=True)]
    widths = [max(map(len, column)) for column in columns]
    if last_is_text:
        widths[-1] = 0
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        yield f"  {'  '.join(cells)}".rstrip()
