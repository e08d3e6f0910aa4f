"""docs/scale.md: the figures of docs/performance.md times what a crowd is assumed to do."""

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from bench.table import MARKDOWN, ROOT

PAGE = ROOT / "docs" / "scale.md"

PHONES = (100, 10_000, 1_000_000, 50_000_000)
TAPS = 0.2
"""Clicks a second of a phone at the peak."""

TAPS_A_MONTH = 100
VIEWERS = 0.1
"""The part of the phones' owners that watch, asking once a second."""

VIEWING_SECONDS = 8 * 3600
"""In a month."""

JOINING_SECONDS = 60
REPLICAS = 3
DEDUP_OFFSETS = 100_000
PER_PARTITION = 5_000
"""Most clicks a second of a partition."""

OWN_COUNTING = 0.5
"""Most of a core that a web process gives to counting."""


class Figure(NamedTuple):
    """What a figure says, its unit, where it stands, and the pattern that finds it there."""

    what: str
    unit: str
    row: int
    pattern: str


FIGURES = {
    "a": Figure("single clicks acknowledged by a web process", "/s", 1, r"ours: ([\d,.]+) /s"),
    "b": Figure("the same in batches of 20", "/s", 3, r"ours: ([\d,.]+) clicks/s"),
    "c": Figure(
        "CPU of a web process to count a click itself", "µs", 8, r"ours, CPU: ([\d,.]+) µs"
    ),
    "d": Figure("an answer of the timeline", "bytes", 6, r"timeline, size: ([\d,.]+) bytes"),
    "e": Figure("first view of the clicker", "kB", 12, r"\| ([\d,.]+) kB<br>"),
    "f": Figure("records written to a broker", "/s", 8, r"written: ([\d,.]+) records/s"),
    "g": Figure("clicks counted by a slot of Flink", "/s", 18, r"1 slot: ([\d,.]+) clicks/s"),
    "h": Figure(
        "timelines answered by a core of nginx with TLS",
        "/s",
        17,
        r"answers per second of a core: ([\d,.]+) /s",
    ),
    "i": Figure(
        "CPU of a web process that follows Flink, at 20,000 clicks/s",
        "% of a core",
        19,
        r"flink, 20,000 clicks/s: ([\d,.]+) % of a core",
    ),
    "j": Figure("a record in the log, many to a batch", "bytes", 8, r"a record: ([\d,.]+) bytes"),
}

Values = Mapping[str, float]


def find(performance: str) -> dict[str, float]:
    """Return the figures in the text of docs/performance.md; NaN for one that is not there."""
    found = {}
    for letter, figure in FIGURES.items():
        match = re.search(rf"^\| {figure.row} \|.*?{figure.pattern}", performance, re.MULTILINE)
        found[letter] = float(match[1].replace(",", "")) if match else math.nan
    return found


def up(value: float) -> float:
    """Return the next whole number; of NaN itself."""
    return value if math.isnan(value) else math.ceil(value)


class Scale:
    """What a number of phones takes."""

    def __init__(self, phones: int, figures: Values) -> None:
        self.clicks = phones * TAPS
        self.web_least = up(self.clicks / figures["b"])
        self.web_most = up(self.clicks / figures["a"])
        self.own_counting = self.clicks * figures["c"] / 1e6
        self.by_flink = self.own_counting > OWN_COUNTING
        self.following = figures["i"] / 100
        self.slots = up(self.clicks / figures["g"]) if self.by_flink else 0
        self.partitions = max(1, up(self.clicks / PER_PARTITION), self.slots)
        self.repeat_seconds = DEDUP_OFFSETS / (self.clicks / self.partitions) / 2
        self.brokers = max(REPLICAS, up(self.clicks * REPLICAS / figures["f"]))
        self.timelines = phones * VIEWERS
        self.nginx_cores = self.timelines / figures["h"]
        self.timeline_bits = self.timelines * figures["d"] * 8
        self.joins = phones / JOINING_SECONDS
        self.join_bits = self.joins * figures["e"] * 8000
        self.clicks_a_month = phones * TAPS_A_MONTH
        self.log_a_month = self.clicks_a_month * figures["j"] * REPLICAS
        self.views_a_month = phones * figures["e"] * 1000
        self.timelines_a_month = self.timelines * VIEWING_SECONDS * figures["d"]


LINES: tuple[tuple[str, Callable[[Scale], str]], ...] = (
    ("clicks/s: phones × 0.2", lambda n: whole(n.clicks)),
    (
        "web processes, a core each: clicks ÷ b to clicks ÷ a",
        lambda n: f"{whole(n.web_least)} to {whole(n.web_most)}",
    ),
    ("cores to count in each of them: clicks × c", lambda n: short(n.own_counting)),
    ("cores to follow Flink instead: i", lambda n: short(n.following)),
    (
        "so counted by (each at most half a core)",
        lambda n: "Flink" if n.by_flink else "each web process",
    ),
    ("Flink slots: clicks ÷ g", lambda n: whole(n.slots) if n.by_flink else "–"),
    ("partitions: clicks ÷ 5,000, and one for each slot", lambda n: whole(n.partitions)),
    (
        "pages may repeat for, at least: 100,000 ÷ (clicks ÷ partitions) ÷ 2",
        lambda n: f"{n.repeat_seconds:,.0f} s",
    ),
    ("brokers by writing alone: clicks × 3 ÷ f, three at least", lambda n: whole(n.brokers)),
    ("timelines asked of the cache: phones ÷ 10", lambda n: f"{short(n.timelines)}/s"),
    ("cores of nginx for them: ÷ h", lambda n: short(n.nginx_cores)),
    ("timelines asked of the site, for each window and nginx", lambda _: "1/s"),
    ("network for timelines: × d × 8", lambda n: f"{short(n.timeline_bits)}b/s"),
    ("joining in a minute: phones ÷ 60", lambda n: f"{short(n.joins)} pages/s"),
    ("network for that: × e × 8", lambda n: f"{short(n.join_bits)}b/s"),
    ("clicks a month: phones × 100", lambda n: short(n.clicks_a_month)),
    ("log a month: clicks × j × 3", lambda n: f"{short(n.log_a_month)}B"),
    ("first views a month: phones × e", lambda n: f"{short(n.views_a_month)}B"),
    (
        "timelines a month: phones ÷ 10 × 28,800 s × d",
        lambda n: f"{short(n.timelines_a_month)}B",
    ),
)


def whole(value: float) -> str:
    """Return all digits of a whole number."""
    return "not measured" if math.isnan(value) else f"{value:,.0f}"


def short(value: float) -> str:
    """Return a number in three significant digits at most, with k, M, G or T."""
    if math.isnan(value):
        return "not measured"
    rounded = float(f"{value:.3g}")
    for size, letter in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e4, " k")):
        if rounded >= size:
            return f"{rounded / (1000 if letter == ' k' else size):g}{letter}"
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:.3g}"


def written(page: str, performance: str) -> str:
    """Return the page with its figures and its table made anew."""
    values = find(performance)
    figures = [
        f"| {letter} | {_said(values[letter], one.unit)} | {one.what} | row {one.row} |"
        for letter, one in FIGURES.items()
    ]
    scales = [Scale(phones, values) for phones in PHONES]
    lines = [f"| {what} | {' | '.join(cell(scale) for scale in scales)} |" for what, cell in LINES]
    for name, head, rows in (
        ("figures", ["", "figure", "what", "from"], figures),
        ("table", ["phones", *(f"{phones:,}" for phones in PHONES)], lines),
    ):
        table = "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *rows])
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        if len(place.findall(page)) != 1:
            raise ValueError(f"{PAGE} has not one place for the {name}")
        page = place.sub(rf"\g<1>{table}\n\g<2>", page)
    return page


def _said(value: float, unit: str) -> str:
    return "not measured" if math.isnan(value) else f"{value:,g} {unit}"


def write(page: Path = PAGE, performance: Path = MARKDOWN) -> None:
    """Make the page's figures anew."""
    page.write_text(written(page.read_text(), performance.read_text()))
