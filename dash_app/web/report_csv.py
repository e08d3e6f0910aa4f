"""The bins of a report as CSV."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from dash_app.counting.report import Report
from dash_app.counting.zones import iso_time
from dash_app.web.csv_cells import key_column

OTHER_COLUMNS = ("start_utc", "start_local", "seconds", "total")


def report_lines(report: Report, zone: ZoneInfo | None = None) -> Iterator[str]:
    """Return the bins of a report as lines of CSV, with a column for each key.

    `zone` is that of the local times, which the head of their column names; None: that of this
    machine. The cells contain only numbers, times and keys.
    """
    series, width, until = report["series"], report["bin"], report["to"]
    keys = ",".join(key_column(key, OTHER_COLUMNS) for key in series)
    local = "start_local" if zone is None else f"start_local ({zone})"
    yield f"start_utc,{local},seconds,{keys},total\r\n"
    for index, counts in enumerate(zip(*series.values(), strict=True)):
        start = report["from"] + index * width
        times = f"{iso_time(start)},{iso_time(start, zone)},{min(width, until - start)}"
        yield f"{times},{','.join(map(str, counts))},{sum(counts)}\r\n"
