"""The report about a range of time: a document of JSON, made of what a log says about the range."""

import bisect
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dash_app.counting.range_count import RangeCount
from dash_app.counting.talk_values import Mark
from dash_app.counting.talks import Talk
from dash_app.settings.reactions import Reaction, Reactions

VERSION = 1
"""Of the document, whose schema is docs/report.schema.json."""

WIDTHS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""The widths of bins, in seconds."""

MOST_BINS = 360
"""A chart shows so many points well: those of an hour are ten seconds wide."""

MOMENTS = 5
"""So many of the highest bins are named."""

APART = 20
"""Two moments lie at least this part of the range apart: the seconds of one peak are one moment."""

Report = dict[str, Any]
"""A document as docs/report.md describes it."""


def width_for(seconds: int) -> int:
    """Return the width of the bins (s) that suits a range of so many seconds."""
    return next((width for width in WIDTHS if seconds <= width * MOST_BINS), WIDTHS[-1])


def build_report(
    count: RangeCount, talk: Talk | None, reactions: Reactions, width: int | None = None
) -> Report:
    """Return the report of a counted range with bins of `width` seconds; None: what suits it.

    A talk has its own buttons alone, and names the clicks of other keys as `others`; without one
    the report is about `reactions` and each other key. Raises ValueError for a width below 1.
    """
    width = width_for(count.until - count.since) if width is None else width
    named = talk.reactions if talk else _with_others(reactions, count.by_second)
    clicks = _Clicks(count, [reaction.key for reaction in named])
    marks = [mark for mark in talk.marks if count.since <= mark.at <= count.until] if talk else []
    series = clicks.bins(width)
    return {
        "version": VERSION,
        "log": count.log_id,
        "from": count.since,
        "to": count.until,
        "bin": width,
        "talk": None if talk is None else _talk_fields(talk, marks, count.until),
        "reactions": [reaction._asdict() for reaction in named],
        **clicks.between(count.since, count.until),
        "others": _others(named, count),
        "people": _people(count),
        "series": series,
        "seconds": clicks.seconds(),
        "segments": [_segment(clicks, *bounds) for bounds in _bounds(marks, count)],
        "moments": [_moment(clicks, *bounds) for bounds in _highest(series, count, width)],
        "records": count.records,
        "duplicates": count.duplicates,
        "unreadable": dict(count.unreadable),
        "whole": count.whole,
        "whole_from": count.whole_from,
        "why": count.why or None,
        "final": count.is_settled,
        "as_of": {str(partition): offset for partition, offset in sorted(count.as_of.items())},
    }


def _with_others(reactions: Reactions, found: Mapping[str, object]) -> Reactions:
    """Return the reactions, then each other key that was found, under its own name."""
    others = sorted(found.keys() - {reaction.key for reaction in reactions})
    return (*reactions, *(Reaction(key, key) for key in others))


def _others(named: Reactions, count: RangeCount) -> dict[str, int]:
    """Return by key the clicks that the report leaves out: taps of older buttons, for instance."""
    keys = sorted(count.by_second.keys() - {reaction.key for reaction in named})
    return {key: sum(count.by_second[key].values()) for key in keys}


class _Clicks:
    """The clicks of a range, which can be added up between any two of its seconds."""

    def __init__(self, count: RangeCount, keys: Sequence[str]) -> None:
        self._since, self._until = count.since, count.until
        self._by_key = {key: sorted(count.by_second.get(key, {}).items()) for key in keys}
        self._sums = {
            key: [0, *itertools.accumulate(number for _, number in counts)]
            for key, counts in self._by_key.items()
        }

    def between(self, since: int, until: int) -> dict[str, Any]:
        """Return the totals by key and their sum, between two epoch seconds."""
        totals = {key: self._sum(key, until) - self._sum(key, since) for key in self._by_key}
        return {"totals": totals, "clicks": sum(totals.values())}

    def _sum(self, key: str, until: int) -> int:
        return self._sums[key][bisect.bisect_left(self._by_key[key], (until,))]

    def bins(self, width: int) -> dict[str, list[int]]:
        """Return by key the clicks of each bin of so many seconds; the last may be shorter."""
        if width < 1:
            raise ValueError(f"a bin of {width} s: a bin is at least 1 s wide")
        series = {key: [0] * -(-(self._until - self._since) // width) for key in self._by_key}
        for key, counts in self._by_key.items():
            for second, number in counts:
                series[key][(second - self._since) // width] += number
        return series

    def seconds(self) -> dict[str, list[list[int]]]:
        """Return by key pairs: a second after the first, and the clicks in it if there are any."""
        return {
            key: [[second - self._since, number] for second, number in counts]
            for key, counts in self._by_key.items()
        }


def _talk_fields(talk: Talk, marks: Sequence[Mark], until: int) -> dict[str, Any]:
    is_running = talk.ended_at is None or talk.ended_at > until
    shown = [mark._asdict() for mark in marks]
    return {"id": talk.id, "title": talk.title, "running": is_running, "marks": shown}


def _people(count: RangeCount) -> dict[str, Any]:
    median, most = count.median, count.most
    return {"count": count.people, "more": count.more_people, "median": median, "most": most}


def _bounds(marks: Sequence[Mark], count: RangeCount) -> Iterator[tuple[str | None, int, int]]:
    """Yield label, begin and end of what lies between the marks; those of one second are one."""
    labels: dict[int, str | None] = {count.since: None}
    for mark in marks:
        if mark.at < count.until:
            labels[mark.at] = " · ".join(filter(None, [labels.get(mark.at), mark.label]))
    for start, end in itertools.pairwise([*labels, count.until]):
        yield labels[start], start, end


def _segment(clicks: _Clicks, label: str | None, start: int, end: int) -> dict[str, Any]:
    counted = clicks.between(start, end)
    per_minute = round(counted["clicks"] * 60 / (end - start), 2)
    return {"label": label, "from": start, "to": end, **counted, "per_minute": per_minute}


def _highest(
    series: Mapping[str, Sequence[int]], count: RangeCount, width: int
) -> Iterator[tuple[int, int]]:
    """Yield begin and end of the highest bins that lie apart, of equal ones the earliest first."""
    sums = [sum(each) for each in zip(*series.values(), strict=True)]
    apart = len(sums) / APART
    highest: list[int] = []
    for index in sorted(range(len(sums)), key=sums.__getitem__, reverse=True):
        if not sums[index] or len(highest) == MOMENTS:
            return
        if all(abs(index - higher) >= apart for higher in highest):
            highest.append(index)
            start = count.since + index * width
            yield start, min(start + width, count.until)


def _moment(clicks: _Clicks, start: int, end: int) -> dict[str, Any]:
    return {"at": start, "to": end, **clicks.between(start, end)}
