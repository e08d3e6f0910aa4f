"""What grew in a soak, by medians of its second and its last sixth; nothing here is measured."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

JUDGED_MINUTES = 30
"""A shorter run is all warm-up: its growth is shown, and nobody is blamed for it."""

LABELS_MB = 5
"""Plotly keeps the sizes of 10,000 texts in a page, each by its place and font, before it forgets
them all: a chart that moves on reaches that in about an hour."""

HEAD = """\
| What | {early} | {late} | Grew by | May grow by | Lowest–highest | Stays |
|---|---|---|---|---|---|---|
"""


class Watched(NamedTuple):
    """A figure of each sample; its median may grow by at most `most`, None: it is only shown."""

    what: str
    unit: str
    most: float | None


SITE_MB = Watched("resident memory of the site's processes", "MB", 10)
SITE_FILES = Watched("open descriptors of the site's processes", "", 10)
SITE_THREADS = Watched("threads of the site's processes", "", 2)
DASHBOARD_MB = Watched("heap of the largest dashboard, collected", "MB", 2 + LABELS_MB)
LAB_MB = Watched("heap of the laboratory, collected", "MB", 2 + LABELS_MB)
P99_MS = Watched("tap → acknowledged, p99 of the interval", "ms", 100)
LATE_MS = Watched("how late a timer of the phones is, p99: how busy the machine was", "ms", None)
BROKER_MB = Watched("resident memory of the broker", "MB", None)
BROKER_FILES = Watched("open descriptors of the broker", "", None)
BROKER_THREADS = Watched("threads of the broker", "", None)

WATCHED = (
    *(SITE_MB, SITE_FILES, SITE_THREADS, DASHBOARD_MB, LAB_MB, P99_MS),
    *(LATE_MS, BROKER_MB, BROKER_FILES, BROKER_THREADS),
)


class Sample(NamedTuple):
    """What was found at one moment of the run; a figure that could not be had is missing."""

    minute: float
    figures: dict[Watched, float]


class Growth(NamedTuple):
    """The medians of a figure in the second and in the last sixth of a run, and its extremes."""

    watched: Watched
    early: float
    late: float
    lowest: float
    highest: float

    @property
    def grew(self) -> float:
        """By how much the median has grown; less than 0: it fell."""
        return self.late - self.early

    @property
    def stays(self) -> bool:
        """Whether it grew by no more than it may."""
        return self.watched.most is None or self.grew <= self.watched.most


def sixths(minutes: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return from when till when the early and the late medians are taken, in minutes."""
    return (minutes / 6, minutes / 3), (minutes * 5 / 6, minutes)


def growths(samples: Sequence[Sample], minutes: float) -> list[Growth]:
    """Return what became of each figure that both sixths know; the others are left out."""
    found = []
    for watched in WATCHED:
        early, late = (_values(samples, watched, *between) for between in sixths(minutes))
        if early and late:
            all_of_it = _values(samples, watched, 0, minutes)
            medians = median(early), median(late)
            found.append(Growth(watched, *medians, min(all_of_it), max(all_of_it)))
    return found


def _values(samples: Sequence[Sample], watched: Watched, since: float, until: float) -> list[float]:
    inside = (figures for minute, figures in samples if since <= minute <= until)
    return [figures[watched] for figures in inside if watched in figures]


def table(found: Iterable[Growth], minutes: float) -> str:
    """Return the table in Markdown."""
    early, late = (f"minutes {since:.3g}–{until:.3g}" for since, until in sixths(minutes))
    return HEAD.format(early=early, late=late) + "".join(_line(each, minutes) for each in found)


def _line(growth: Growth, minutes: float) -> str:
    watched, early, late, lowest, highest = growth
    judged = watched.most is not None and minutes >= JUDGED_MINUTES
    cells = (
        watched.what,
        _said(early, watched.unit),
        _said(late, watched.unit),
        _said(growth.grew, watched.unit),
        "not judged" if watched.most is None else _said(watched.most, watched.unit),
        f"{lowest:,.1f}–{_said(highest, watched.unit)}",
        "–" if not judged else "yes" if growth.stays else "**no**",
    )
    return f"| {' | '.join(cells)} |\n"


def _said(value: float, unit: str) -> str:
    return f"{value:,.1f} {unit}".strip()


def troubles(samples: Sequence[Sample], minutes: float) -> list[str]:
    """Return a sentence for each figure that grew by more than it may, or that is not known."""
    if minutes < JUDGED_MINUTES:
        return []
    found = {growth.watched: growth for growth in growths(samples, minutes)}
    unknown = [f"{each.what}: not known" for each in WATCHED if each.most and each not in found]
    return unknown + [
        f"{watched.what} grew by {_said(growth.grew, watched.unit)}"
        for watched, growth in found.items()
        if not growth.stays
    ]


def good(minutes: float) -> str:
    """Return what there is to say of so long a run without a trouble."""
    if minutes < JUDGED_MINUTES:
        return f"nothing lost; only {JUDGED_MINUTES} minutes say whether anything grows"
    return "nothing grows, nothing lost"
