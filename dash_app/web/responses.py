"""The answers of the two reading routes, made from a snapshot, once for all readers."""

import bisect
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from dash_app.counting.records import WIRE_NAMES
from dash_app.counting.ring import Recent
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.timeline import AHEAD_SECONDS, KEPT_SECONDS, WINDOWS, bins, start_of_window

RECENT_SECONDS = 120
"""The window of `GET /kafka/data`."""

DEFAULT_WINDOW = 120


class Answer(NamedTuple):
    """A JSON body and its entity tag."""

    body: bytes
    etag: str


class _Made(NamedTuple):
    snapshot: Snapshot
    state: str
    start: int
    head: bytes
    etag: str

    def holds_for(self, snapshot: Snapshot, state: str, start: int) -> bool:
        return self.snapshot is snapshot and self.state == state and self.start == start

    def with_measured(self, **measured: Any) -> Answer:
        return Answer(self.head + b"," + orjson.dumps(measured)[1:], self.etag)


class TimelineAnswers:
    """Answers of `GET /kafka/timeline`: bins and their JSON are made once per change."""

    def __init__(self) -> None:
        self._made: dict[int, _Made] = {}

    def answer(
        self,
        snapshot: Snapshot,
        state: str,
        window: int,
        now: float,
        measured: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Return the counts of the window (seconds) as of `now` (epoch seconds).

        `measured` goes along and is not part of the entity tag.
        """
        start = start_of_window(now, window)
        made = self._made.get(window)
        if made is None or not made.holds_for(snapshot, state, start):
            made = self._made[window] = _make(snapshot, state, window, start)
        repeat_s = repeat_seconds(snapshot, now)
        return made.with_measured(repeat_s=repeat_s, server_time=now, measured=measured or {})


def _make(snapshot: Snapshot, state: str, window: int, start: int) -> _Made:
    since = snapshot.complete_since
    complete_since = since if since is not None and since >= start else None
    counts = [
        bins(one, start, window) for one in (snapshot.cheers_by_second, snapshot.hate_by_second)
    ]
    fields = {
        "log": snapshot.log,
        "window": window,
        "bin": WINDOWS[window],
        "start": start,
        "totals": {"cheers": snapshot.counts.cheers, "hate": snapshot.counts.hate},
        "cheers": counts[0],
        "hate": counts[1],
        "as_of": snapshot.as_of,
        "state": state,
        "complete_since": complete_since,
        "incomplete": snapshot.incomplete,
    }
    # Flink writes bins and totals apart: with the same totals there may be more in the bins.
    etag = _etag("timeline", window, snapshot, state, complete_since, start, counts)
    return _Made(snapshot, state, start, orjson.dumps(fields)[:-1], etag)


class Zero(NamedTuple):
    """An epoch second, and how many cheers and hate the log held then; None: not known."""

    second: int = 0
    cheers: int | None = None
    hate: int | None = None


def csv_lines(
    snapshot: Snapshot, window: int, now: float, *, start: int | None, zero: Zero
) -> Iterator[str]:
    """Return the window's bins as lines of CSV, from `start` on (epoch s; None: the newest 60).

    What was counted before zero, and bins no longer kept, are left out. Nothing but numbers
    and times is in it, so that no spreadsheet takes a cell for a formula.
    """
    width = WINDOWS[window]
    first = start_of_window(now, window) if start is None else start // width * width
    whole_from = snapshot.complete_since or 0
    total, at = snapshot.counts, zero.second
    cheers_bins = _since(at, zero.cheers, total.cheers, snapshot.cheers_by_second, first, window)
    hate_bins = _since(at, zero.hate, total.hate, snapshot.hate_by_second, first, window)
    yield "start,seconds,cheers,hate,share_of_cheers,complete\r\n"
    for place, (cheers, hate) in enumerate(zip(cheers_bins, hate_bins, strict=True)):
        began = first + place * width
        ended = began + width
        if ended <= zero.second or began < now - KEPT_SECONDS or began > now:
            continue
        share = f"{cheers / (cheers + hate):.4f}" if cheers + hate else ""
        is_whole = ended <= now and began >= max(whole_from, zero.second)
        complete = "yes" if is_whole else "no"
        time = datetime.fromtimestamp(began, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        yield f"{time},{width},{cheers},{hate},{share},{complete}\r\n"


def _since(
    zero: int, before: int | None, total: int, by_second: Mapping[int, int], first: int, window: int
) -> list[int]:
    """Return the bins; of that in which zero falls what came since and is in no later bin."""
    counts, width = bins(by_second, first, window), WINDOWS[window]
    place = (zero - first) // width
    if before is not None and 0 <= place < len(counts):
        ended = first + (place + 1) * width
        later = sum(clicks for second, clicks in by_second.items() if second >= ended)
        counts[place] = min(counts[place], max(0, total - before - later))
    return counts


class DataAnswers:
    """Answers of `GET /kafka/data`: made once per change and second for all readers."""

    def __init__(self) -> None:
        self._made: _Made | None = None
        self._making = threading.Lock()

    def answer(
        self, recent: Callable[[float], Recent], snapshot: Snapshot, state: str, now: float
    ) -> Answer:
        """Return totals and the clicks of the last 120 s as of `now` (epoch seconds)."""
        # Readers that come at once wait for the one that makes it: a list of 100,000 costs much.
        with self._making:
            made, second = self._made, int(now)
            if made is None or not made.holds_for(snapshot, state, second):
                made = self._made = _make_data(
                    recent(now - RECENT_SECONDS), snapshot, state, second
                )
        return made.with_measured(server_time=now)


def _make_data(recent: Recent, snapshot: Snapshot, state: str, second: int) -> _Made:
    clicks, truncated = recent
    # A producer whose clock sets the times of records may have sent clicks from years ahead.
    newest = float(second + 1 + AHEAD_SECONDS)
    clicks = clicks[: bisect.bisect_right(clicks, newest, key=lambda click: click.timestamp)]
    body = {
        "log": snapshot.log,
        "totals": {
            WIRE_NAMES["cheers"]: snapshot.counts.cheers,
            WIRE_NAMES["hate"]: snapshot.counts.hate,
        },
        "recent_history": [
            {"type": WIRE_NAMES[click.type], "timestamp": click.timestamp} for click in clicks
        ],
        "as_of": snapshot.as_of,
        "state": state,
        "truncated": truncated,
        "incomplete": snapshot.incomplete,
    }
    etag = _etag("data", RECENT_SECONDS, snapshot, state, truncated, second)
    return _Made(snapshot, state, second, orjson.dumps(body)[:-1], etag)


def repeat_seconds(snapshot: Snapshot, now: float) -> int | None:
    """Return for how long a batch of unknown outcome may safely be repeated; None: any time.

    Half the age of the oldest identity remembered: the other half is the margin for a rate of
    clicks that rises meanwhile.
    """
    if snapshot.remembers_since is None:
        return None
    return max(0, int((now - snapshot.remembers_since) / 2))


def _etag(route: str, window: int, snapshot: Snapshot, *rest: Any) -> str:
    stated = (route, window, snapshot.log, snapshot.as_of, snapshot.incomplete, *rest)
    return hashlib.blake2b(orjson.dumps(stated), digest_size=12).hexdigest()
