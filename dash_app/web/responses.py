"""The responses of the two reading routes, built from a snapshot, once for all readers."""

import bisect
import hashlib
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson

from dash_app.consumer.published_state import LIVE
from dash_app.counting.people import People
from dash_app.counting.records import wire_name_of
from dash_app.counting.ring import Recent
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.talks import Talks
from dash_app.counting.windows import WINDOWS, start_of_window
from dash_app.settings.reactions import Reactions
from dash_app.web.talk_fields import Shown, shown_at, talk_fields, talk_totals

RECENT_SECONDS = 120
"""The window of `GET /kafka/data`."""

AHEAD_SECONDS = 5
"""Recent clicks from so far ahead are shown: other machines' clocks differ a little from this."""


class TaggedJson(NamedTuple):
    """A JSON body and its entity tag."""

    body: bytes
    etag: str


class _Cached(NamedTuple):
    """The part of a body that is current until one of the other fields changes."""

    snapshot: Snapshot
    others: tuple[Any, ...]
    open_json: bytes
    etag: str

    def is_current(self, snapshot: Snapshot, *others: Any) -> bool:
        return self.snapshot is snapshot and self.others == others

    def complete(self, **fields: Any) -> TaggedJson:
        return TaggedJson(self.open_json + b"," + orjson.dumps(fields)[1:], self.etag)


class TimelineResponses:
    """The responses of `GET /kafka/timeline`; bins and their JSON are computed once per change."""

    def __init__(self, reactions: Reactions, talks: Callable[[], Talks] = Talks) -> None:
        self._reactions = reactions
        self._talks = talks
        self._by_window: dict[int, _Cached] = {}

    def render(
        self,
        snapshot: Snapshot,
        state: str,
        window: int,
        now: float,
        measured: Mapping[str, Any] | None = None,
        clock_skew: float | None = None,
    ) -> TaggedJson:
        """Return the counts of the window (seconds) as of `now` (epoch seconds).

        The body contains `measured` and `clock_skew` (seconds); the entity tag depends on neither.
        """
        start, shown = start_of_window(now, window), shown_at(self._talks(), self._reactions, now)
        cached = self._by_window.get(window)
        # People leave without a click, and within a bin.
        people = snapshot.people.at(now)
        if cached is None or not cached.is_current(snapshot, state, start, shown, people):
            cached = _timeline(snapshot, state, shown, window, start, people)
            self._by_window[window] = cached
        # Counts that have not caught up do not know what is forgotten by now.
        repeat_s = snapshot.repeat_seconds(now) if state == LIVE else 0
        return cached.complete(
            repeat_s=repeat_s,
            server_time=now,
            measured=measured or {},
            clock_skew_s=None if clock_skew is None else round(clock_skew, 1),
        )


def _timeline(
    snapshot: Snapshot, state: str, shown: Shown, window: int, start: int, people: People
) -> _Cached:
    since = snapshot.complete_since
    complete_since = since if since is not None and since >= start else None
    series = shown.bins(snapshot, start, window)
    talk = shown.talk and {
        **talk_fields(shown.talk, shown.talk.marks_since(start)),
        "totals": talk_totals(shown.talk, snapshot, is_hidden=shown.is_hidden),
        **snapshot.people.since(shown.talk.started_at)._asdict(),
    }
    fields = {
        "log": snapshot.log_id,
        "window": window,
        "bin": WINDOWS[window],
        "start": start,
        "reactions": [reaction._asdict() for reaction in shown.counted],
        "results": shown.results,
        "totals": shown.keyed(snapshot.counts.clicks),
        "series": series,
        "talk": talk,
        **people._asdict(),
        "as_of": snapshot.as_of,
        "state": state,
        "complete_since": complete_since,
        "incomplete": snapshot.incomplete,
        "unreadable": snapshot.counts.unreadable,
    }
    # Flink writes bins and totals separately: bins may change while the totals stay the same.
    seen = (fields["reactions"], talk, shown.is_hidden, *people)
    etag = _etag("timeline", window, snapshot, state, complete_since, start, series, seen)
    others = state, start, shown, people
    return _Cached(snapshot, others, orjson.dumps(fields)[:-1], etag)


class DataResponses:
    """The responses of `GET /kafka/data`, built once per change and second for all readers."""

    def __init__(self, reactions: Reactions, talks: Callable[[], Talks] = Talks) -> None:
        self._reactions = reactions
        self._talks = talks
        self._cached: _Cached | None = None
        self._building = threading.Lock()

    def render(
        self, recent: Callable[[float], Recent], snapshot: Snapshot, state: str, now: float
    ) -> TaggedJson:
        """Return totals and the clicks of the last 120 s as of `now` (epoch seconds).

        Raises ApiError while results are hidden.
        """
        shown = shown_at(self._talks(), self._reactions, now)
        shown.require_shown()
        # One reader builds it and the others wait: a list of 100,000 clicks is expensive.
        with self._building:
            cached, second = self._cached, int(now)
            if cached is None or not cached.is_current(snapshot, state, second, shown):
                cached = _data(recent(now - RECENT_SECONDS), snapshot, state, shown, second)
                self._cached = cached
        return cached.complete(server_time=now)


def _data(recent: Recent, snapshot: Snapshot, state: str, shown: Shown, second: int) -> _Cached:
    keys = shown.keys
    clicks, truncated = recent
    # A foreign producer's clock may set record times, and timestamps, that are years ahead.
    newest = float(second + 1 + AHEAD_SECONDS)
    clicks = clicks[: bisect.bisect_right(clicks, newest, key=lambda click: click.timestamp)]
    body = {
        "log": snapshot.log_id,
        "totals": {wire_name_of(key): snapshot.counts.clicks.get(key, 0) for key in keys},
        "recent_history": [
            {"type": wire_name_of(click.type), "timestamp": click.timestamp}
            for click in clicks
            if click.type in keys
        ],
        "as_of": snapshot.as_of,
        "state": state,
        "truncated": truncated,
        "incomplete": snapshot.incomplete,
    }
    etag = _etag("data", RECENT_SECONDS, snapshot, state, truncated, second, keys)
    return _Cached(snapshot, (state, second, shown), orjson.dumps(body)[:-1], etag)


def _etag(route: str, window: int, snapshot: Snapshot, *rest: Any) -> str:
    tagged = (route, window, snapshot.log_id, snapshot.as_of, snapshot.incomplete, *rest)
    return hashlib.blake2b(orjson.dumps(tagged), digest_size=12).hexdigest()
