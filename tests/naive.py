"""The counting rules written a second time, slowly: whole logs, lists and no bounded memory.

Everything here looks at the log from its first record, so that it is plainly a function of the log.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from dash_app.counting.clicks import Click, Identity
from dash_app.counting.counts import Counts
from dash_app.counting.records import Record
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.windows import bins, start_of_window

NOW = 1_800_000_037.5
"""The time at which the made-up logs end, in seconds since the epoch."""

WIDTHS = {120: 2, 900: 15, 3600: 60}

NOT_CLICKS = [
    (None, "no value"),
    (b"", "not JSON"),
    (b"\xff\xfe", "not JSON"),
    (b'["cheers"]', "not an object"),
    (b'{"type": "Love", "timestamp": 1}', "unknown type"),
    (b'{"type": "", "timestamp": 1}', "unknown type"),
    (b'{"type": "cheers", "timestamp": "1"}', "timestamp is text"),
    (b'{"type": "cheers", "timestamp": -1}', "bad timestamp"),
    (b'{"type": "cheers", "timestamp": 1.8e12}', "timestamp not in seconds"),
    (b"\x00\x00\x00\x00\x01{}", "schema registry bytes"),
]

AGES = [0.0, 0.75, 3.0, 118.0, 3599.5, 3600.0, 3600.25, 90000.0, -4.0, -90000.0]
KINDS = ["cheers", "hate", "ok", "too-slow_2"]
MAX_TYPES = 32
IDENTITIES = [Identity("a", 7, 0), Identity("a", 7, 499), Identity("b", 7, 0)]
NO_IDENTITIES = [None, b"", b"a:01:0", b"someone else's", b"a:1:500"]


class Entry(NamedTuple):
    """A record with what it holds: a click, perhaps with an identity, or the reason for none."""

    record: Record
    click: Click | None = None
    identity: Identity | None = None
    reason: str | None = None


Logs = dict[int, list[Entry]]
"""The entries of each partition."""


class Fate(NamedTuple):
    """What becomes of an entry: how it is counted, and at which epoch second it is drawn."""

    counted_as: str
    drawn_at: float | None = None
    out_of_window: bool = False

    @property
    def is_click(self) -> bool:
        """Say whether it counts as a click, which is drawn or out of the window."""
        return self.out_of_window or self.drawn_at is not None


def press(
    offset: int,
    kind: str = "cheers",
    *,
    at: float = NOW,
    age: float = 0.0,
    identity: Identity | None = None,
) -> Entry:
    """Return the record of a press that the log dates `at` and that was `age` seconds old then."""
    value = json.dumps({"type": {"hate": "fuck"}.get(kind, kind), "timestamp": at - age}).encode()
    header = None if identity is None else ":".join(map(str, identity)).encode()
    return Entry(Record(offset, at, value, header), Click(kind, at - age), identity)


def unreadable(offset: int, value: bytes | None, reason: str, *, at: float = NOW) -> Entry:
    """Return a record that is no click."""
    return Entry(Record(offset, at, value, None), reason=reason)


def fates(entries: Sequence[Entry], dedup_offsets: int) -> list[Fate]:
    """Return what becomes of each entry of one partition, read from its first record."""
    single = [_fate(entry, entries[:index], dedup_offsets) for index, entry in enumerate(entries)]
    # A dictionary keeps the order in which its keys came first.
    types = [*dict.fromkeys(fate.counted_as for fate in single if fate.is_click)]
    surplus = {kind: Fate("unreadable: too many types") for kind in types[MAX_TYPES:]}
    return [surplus.get(fate.counted_as, fate) if fate.is_click else fate for fate in single]


def _fate(entry: Entry, before: Iterable[Entry], dedup_offsets: int) -> Fate:
    if entry.click is None:
        return Fate(f"unreadable: {entry.reason}")
    horizon = (entry.record.offset // dedup_offsets - 1) * dedup_offsets
    seen = (one.identity for one in before if one.click and one.record.offset >= horizon)
    if entry.identity is not None and entry.identity in seen:
        return Fate("a duplicate")
    tapped, written = entry.click.timestamp, entry.record.time
    if written <= 0:
        return Fate(entry.click.type, tapped)
    if written - tapped > 3600:
        return Fate(entry.click.type, out_of_window=True)
    return Fate(entry.click.type, min(written, tapped))


def count(logs: Iterable[Sequence[Entry]], dedup_offsets: int) -> Counts:
    """Return the counts of whole partitions."""
    all_fates = [fate for entries in logs for fate in fates(entries, dedup_offsets)]
    ways = Counter(fate.counted_as for fate in all_fates)
    prefix = "unreadable: "
    return Counts(
        dict(Counter(fate.counted_as for fate in all_fates if fate.is_click)),
        ways["a duplicate"],
        sum(fate.out_of_window for fate in all_fates),
        {way.removeprefix(prefix): n for way, n in ways.items() if way.startswith(prefix)},
    )


def drawn_clicks(logs: Iterable[Sequence[Entry]], dedup_offsets: int) -> list[Click]:
    """Return the clicks of whole partitions that have a place in a bin."""
    return [
        Click(entry.click.type, fate.drawn_at)
        for entries in logs
        for entry, fate in zip(entries, fates(entries, dedup_offsets), strict=True)
        if fate.drawn_at is not None and entry.click is not None
    ]


Charts = dict[tuple[str, int], list[int]]
"""For each type of click and window the 60 bins."""


def charts(clicks: Sequence[Click], now: float = NOW) -> Charts:
    """Return what is drawn of clicks, for all types and windows."""
    heights = Counter(
        (click.type, window, click.timestamp // width * width)
        for click in clicks
        for window, width in WIDTHS.items()
    )
    return {
        (kind, window): [heights[kind, window, left] for left in lefts(window, now)]
        for kind in KINDS
        for window in WIDTHS
    }


def lefts(window: int, now: float = NOW) -> list[int]:
    """Return where the 60 bins of a window start: the newest holds `now`, all are aligned."""
    width = WIDTHS[window]
    newest = int(now) - int(now) % width
    return [newest - width * back for back in range(59, -1, -1)]


def charts_of(snapshot: Snapshot, now: float = NOW) -> Charts:
    """Return what a snapshot draws, for all types and windows."""
    return {
        (kind, window): bins(snapshot.by_second.get(kind, {}), start_of_window(now, window), window)
        for kind in KINDS
        for window in WIDTHS
    }


SHAPES = [
    *((kind, age, who) for kind in KINDS for age in AGES for who in IDENTITIES),
    *((kind, age, who) for kind in KINDS for age in AGES for who in NO_IDENTITIES),
    *NOT_CLICKS,
]
UNIQUE_SHAPES = [shape for shape in SHAPES if shape[-1] not in IDENTITIES]


def partitions(shapes: Sequence[tuple[Any, ...]] = SHAPES) -> st.SearchStrategy[Logs]:
    """Make logs of one or two partitions that end by now, of entries of the given shapes."""
    step = st.tuples(
        st.sampled_from([1, 1, 1, 1, 2, 9]),
        st.sampled_from([0.0, 0.25, 1.0, 40.0, 700.0, 3000.0]),
        st.sampled_from(shapes),
    )
    log = st.builds(_log, st.booleans(), st.lists(step, max_size=24))
    return st.lists(log, min_size=1, max_size=2).map(lambda logs: dict(enumerate(logs)))


def _log(is_crowded: bool, steps: Sequence[tuple[int, float, tuple[Any, ...]]]) -> list[Entry]:
    at = NOW - sum(pause for _, pause, _ in steps)
    # Other types first, so that there is no place for all that follow.
    others = [f"other-{number}" for number in range(MAX_TYPES - 2 if is_crowded else 0)]
    entries = [press(offset, kind, at=at) for offset, kind in enumerate(others)]
    offset = len(entries) - 1
    for gap, pause, shape in steps:
        offset, at = offset + gap, at + pause
        entries.append(_entry(offset, at, shape))
    return entries


def _entry(offset: int, at: float, shape: tuple[Any, ...]) -> Entry:
    match shape:
        case (kind, age, Identity() as identity):
            return press(offset, kind, at=at, age=age, identity=identity)
        case (kind, age, header):
            entry = press(offset, kind, at=at, age=age)
            return entry._replace(record=entry.record._replace(click_id=header))
        case (value, reason):
            return unreadable(offset, value, reason, at=at)
    raise AssertionError(f"{shape} is no shape")


def records(entries: Iterable[Entry]) -> list[Record]:
    """Return the bare records, as a reader hands them out."""
    return [entry.record for entry in entries]


def ends(logs: Mapping[int, Sequence[Entry]]) -> dict[int, int]:
    """Return the offset after the last record of each partition."""
    return {
        number: entries[-1].record.offset + 1 if entries else 0 for number, entries in logs.items()
    }
