"""The answers of the two reading routes, made from a snapshot, once for all readers."""

import bisect
import hashlib
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson

from dash_app.counting.records import WIRE_NAMES
from dash_app.counting.ring import Recent
from dash_app.counting.second_counts import AHEAD_SECONDS
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.windows import WINDOWS, bins, start_of_window

RECENT_SECONDS = 120
"""The window of `GET /kafka/data`."""


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
        repeat_s = snapshot.repeat_seconds(now)
        return made.with_measured(repeat_s=repeat_s, server_time=now, measured=measured or {})


def _make(snapshot: Snapshot, state: str, window: int, start: int) -> _Made:
    since = snapshot.complete_since
    complete_since = since if since is not None and since >= start else None
    counts = [
        bins(one, start, window) for one in (snapshot.cheers_by_second, snapshot.hate_by_second)
    ]
    fields = {
        "log": snapshot.log_id,
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
        "log": snapshot.log_id,
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


def _etag(route: str, window: int, snapshot: Snapshot, *rest: Any) -> str:
    stated = (route, window, snapshot.log_id, snapshot.as_of, snapshot.incomplete, *rest)
    return hashlib.blake2b(orjson.dumps(stated), digest_size=12).hexdigest()
