"""The rows of the table: what is measured, and what must come out."""

from enum import Enum
from typing import NamedTuple


class Must(Enum):
    """On which side of its bound a figure must lie."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


class Target(NamedTuple):
    """A figure by its name, and its bound in its unit."""

    figure: str
    must: Must
    bound: float
    unit: str = "×"

    def is_met(self, value: float) -> bool:
        """Say whether the value lies on the right side of the bound."""
        return value >= self.bound if self.must is Must.AT_LEAST else value <= self.bound

    def __str__(self) -> str:
        return f"{self.figure} {self.must.value} {quantity(self.bound, self.unit)}"


class Row(NamedTuple):
    """What one row measures, and its targets."""

    what: str
    targets: tuple[Target, ...]


class Finding(NamedTuple):
    """What a row's measurement gave: the figures of its targets, and what stands behind them."""

    figures: dict[str, float]
    behind: dict[str, str]


def quantity(value: float, unit: str) -> str:
    """Return a value with its unit, in three significant digits or whole."""
    if value and abs(value) < 0.01:
        return f"1/{round(1 / value):,} {unit}"
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


_LEAST, _MOST = Must.AT_LEAST, Must.AT_MOST

ROWS = {
    1: Row(
        "single-click POSTs acknowledged/s, 64 connections",
        (Target("of a bare acked send", _LEAST, 0.75), Target("of textbook", _LEAST, 3.2)),
    ),
    2: Row(
        "single-click POSTs, 4 connections",
        (
            Target("p50 of a bare acked send's", _MOST, 1.25),
            Target("p99 of a bare acked send's", _MOST, 1.3),
        ),
    ),
    3: Row(
        "clicks acknowledged/s in batches of 20, 64 connections",
        (Target("of textbook", _LEAST, 22),),
    ),
    4: Row(
        "click → visible in the timeline, idle: of a client that taps again when it sees its tap"
        " (closed loop), and of taps at any time",
        (
            Target("closed loop, p50 of textbook's", _MOST, 1),
            Target("p50 of a bare produce → consume", _MOST, 1.6),
        ),
    ),
    5: Row(
        "click → visible at 500 clicks/s and 200 viewers at 1 s",
        (Target("p99", _MOST, 100, "ms"),),
    ),
    6: Row(
        "`/kafka/timeline`, 60,000 clicks in the window",
        (
            Target("requests/s of textbook's `/data`", _LEAST, 100),
            Target("bytes of textbook's", _MOST, 0.001),
            Target("requests/s of the no-op route", _LEAST, 0.7),
        ),
    ),
    7: Row(
        "`/kafka/data`, 60,000 clicks in the window, nothing truncated",
        (Target("requests/s of textbook", _LEAST, 10),),
    ),
    8: Row(
        "consumer, clicks counted/s from a full log, keys, headers, dedup, reactions and people"
        " included",
        (Target("of a bare poll and decode", _LEAST, 0.5),),
    ),
    9: Row(
        "resident memory from 1 to 10 million clicks counted",
        (Target("growth", _MOST, 10, "MB"),),
    ),
    10: Row(
        "start with no broker: first page served",
        (Target("of a page that says hello with the same libraries", _MOST, 1.5),),
    ),
    11: Row(
        "restart with 10 million clicks in the log",
        (Target("totals as of the checkpoint after", _MOST, 3, "s"),),
    ),
    12: Row(
        "bytes over http at a name that is not loopback",
        (
            Target("clicker, first view", _MOST, 220, "kB"),
            Target("dashboard, first view", _MOST, 850, "kB"),
            Target("second view of either", _MOST, 15, "kB"),
        ),
    ),
    13: Row(
        "clicker on slow 4G (1.6 Mb/s, 150 ms, CPU ÷ 4)",
        (
            Target("tappable after", _MOST, 1.2, "s"),
            Target("tap to paint, p95", _MOST, 100, "ms"),
        ),
    ),
    14: Row(
        "dashboard redraw per tick",
        (
            Target("of a bare `Plotly.react`", _MOST, 1.1),
            Target("long tasks besides the drawing", _MOST, 0, ""),
        ),
    ),
    15: Row(
        "one idle web process, 8 partitions, dedup memory full",
        (Target("of a core", _MOST, 1, "%"), Target("resident", _MOST, 250, "MB")),
    ),
    16: Row(
        "Lighthouse on the clicker, phone profile: performance, median of 5",
        (Target("score", _LEAST, 85, ""),),
    ),
    17: Row(
        "`/kafka/timeline` through nginx with TLS, 200 connections",
        (Target("asked of the site", _MOST, 2, "/s"),),
    ),
    18: Row(
        "clicks counted/s by Apache Flink from a full log, checkpoints twice a second",
        (Target("counted of those in the log", _LEAST, 1),),
    ),
    19: Row(
        "CPU of a web process while clicks come, counted by itself and by Flink",
        (
            Target("CPU at 20,000 clicks/s of that at 1,000, counted by Flink", _MOST, 1.2),
            Target("came of 20,000", _LEAST, 18_000, "/s"),
        ),
    ),
    20: Row(
        "tap → visible in the timeline, counted by Flink",
        (Target("p99", _MOST, 2, "s"),),
    ),
    21: Row(
        "click → visible at 500 clicks/s, a report of 1,000,000 records being counted",
        (Target("p99", _MOST, 150, "ms"),),
    ),
    22: Row(
        "what a single click costs the web process at 64 connections",
        (
            Target("CPU of a bare acked send's", _MOST, 1.7),
            Target("changes of thread", _MOST, 5, ""),
        ),
    ),
    23: Row(
        "click → visible at 500 clicks/s, the laboratory open on 20 screens",
        (Target("p99 of that without", _MOST, 1.2),),
    ),
    24: Row(
        "phones on one process, each tapping every 200 to 800 ms, one viewer for ten: as many"
        " as have their taps acknowledged in 100 ms and visible in 250 ms (p99)",
        (Target("phones", _LEAST, 1000, ""), Target("of textbook", _LEAST, 4)),
    ),
    25: Row(
        "five hundred phones that open the page within 10 s, at 100 Mb/s together: all tappable",
        (Target("p95", _MOST, 2, "s"),),
    ),
}
