"""Talks written a second time, slowly: the last value of each key, looked at as a whole."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from dash_app.counting.talk_values import Start
from dash_app.counting.talks import Talk, TalkLog, Talks
from dash_app.settings.reactions import Reaction

OK = [{"key": "ok", "label": "Just right 👌"}]
IDS = ["aaaaaaaa", "bbbbbbbb", "cccccccc"]
MARKS = ["mmmmmmm1", "mmmmmmm2"]
FIELDS = ["title", "taps", "results", "started_at", "ended_at"]

Written = tuple[str, bytes | None]
"""A key and what it holds."""


def known_talk(started_at: int, ended_at: int | None = None, **changes: Any) -> Talk:
    """Return a talk with one reaction, `changes` laid over it."""
    start = Start("A talk", (Reaction("ok", "Okay"),), started_at, None)
    fields: dict[str, Any] = {
        "id": IDS[0],
        "title": start.title,
        "started_at": started_at,
        "ended_at": ended_at,
        "closed_at": None,
        "is_hidden": False,
        "marks": (),
        "start": start,
    }
    return Talk(**fields | changes)


def started(talk_id: str, at: int, end: int | None = None, title: str = "A talk") -> Written:
    """Return what is written when a talk starts."""
    fields = {"title": title, "reactions": OK, "started_at": at, "ended_at": end}
    return f"talk:{talk_id}", json.dumps(fields).encode()


def changed(talk_id: str, field: str, value: Any) -> Written:
    """Return what is written when a field of a talk changes."""
    return f"talk:{talk_id}:{field}", json.dumps(value).encode()


def marked(talk_id: str, mark_id: str, at: int, label: str = "") -> Written:
    """Return what is written when a mark is set."""
    return f"mark:{talk_id}:{mark_id}", json.dumps({"at": at, "label": label}).encode()


def talks_of(changes: Sequence[Written], now: float) -> Talks:
    """Return the talks that the changes tell of."""
    log = TalkLog()
    for key, value in changes:
        log.apply(key.encode(), value)
    return log.talks(now)


TIMES = st.integers(100, 106)
GOOD: Mapping[str, st.SearchStrategy[Any]] = {
    "title": st.sampled_from(["Kafka", "<b>Kafka</b>", "=1+1", "👩‍👩‍👧 talk", "ע"]),
    "taps": st.sampled_from([{"taps": "closed", "at": 101.5}, {"taps": "open", "at": 102}]),
    "results": st.sampled_from(["shown", "hidden"]),
    "started_at": TIMES,
    "ended_at": TIMES,
}
BAD: list[Any] = [
    None,
    1.5,
    True,
    -1,
    10**12,
    "",
    " x",
    "x" * 81,
    "a\nb",
    "\u202eb",
    "maybe",
    {},
    [],
    {"at": "x"},
]
RUBBISH = [b"", b"{", b"\xff", b'"\\ud800"', b"9" * 400, b"[" * 4000]


def _fields() -> st.SearchStrategy[Written]:
    def write(talk_id: str, field: str) -> st.SearchStrategy[Written]:
        good = GOOD[field].map(lambda value: changed(talk_id, field, value)[1])
        bad = st.sampled_from(BAD).map(lambda value: json.dumps(value).encode())
        values = good | good | bad | st.sampled_from([None, *RUBBISH])
        return values.map(lambda value: (f"talk:{talk_id}:{field}", value))

    pairs = st.tuples(st.sampled_from(IDS), st.sampled_from(FIELDS))
    return pairs.flatmap(lambda pair: write(*pair))


ENDS = st.none() | st.integers(100, 108)
WRITTEN = st.one_of(
    st.builds(started, st.sampled_from(IDS), TIMES, ENDS),
    _fields(),
    st.builds(marked, st.sampled_from(IDS), st.sampled_from(MARKS), TIMES),
    st.sampled_from([f"talk:{one}" for one in IDS]).map(lambda key: (key, None)),
    st.sampled_from(["", "talk", "talk:A", "talk:aaaaaaaa:", "mark:aaaaaaaa", "x" * 99]).map(
        lambda key: (key, b"1")
    ),
)


def model(changes: Sequence[Written], now: float) -> dict[str, dict[str, Any]]:
    """Return what each talk is, newest first, and whether it runs."""
    last = dict(changes)
    found = {one: json.loads(value) for one in IDS if (value := last.get(f"talk:{one}"))}
    starts = {one: start for one, start in found.items() if _is_range(start)}
    talks = {one: _talk(one, start, last) for one, start in starts.items()}
    order = sorted(talks, key=lambda one: (talks[one]["started_at"], one), reverse=True)
    for index, one in enumerate(order):
        later = [other for other in order[:index] if starts[other]["ended_at"] is None]
        if starts[one]["ended_at"] is None and later:
            ends = [talks[one]["ended_at"], talks[later[-1]]["started_at"]]
            talks[one]["ended_at"] = min(end for end in ends if end is not None)
    running = [one for one in order if _runs(talks[one], now)][:1]
    return {one: talks[one] | {"runs": one in running} for one in order}


def _is_range(start: Mapping[str, Any]) -> bool:
    return start["ended_at"] is None or start["ended_at"] > start["started_at"]


def _runs(talk: Mapping[str, Any], now: float) -> bool:
    return talk["ended_at"] is None or talk["started_at"] - 5 <= now < talk["ended_at"]


def _talk(one: str, start: Mapping[str, Any], last: Mapping[str, bytes | None]) -> dict[str, Any]:
    fields = {field: _good(last.get(f"talk:{one}:{field}"), field) for field in FIELDS}
    known = {field: value for field, value in fields.items() if value is not None}
    talk = {"title": start["title"], "started_at": start["started_at"], **known}
    if (end := known.get("ended_at", start["ended_at"])) is not None:
        end = max(end, talk["started_at"] + 1)
    marks = {mark: last.get(f"mark:{one}:{mark}") for mark in MARKS}
    times = sorted((json.loads(value)["at"], mark) for mark, value in marks.items() if value)
    taps = known.get("taps", {"taps": "open"})
    return {
        "title": talk["title"],
        "started_at": talk["started_at"],
        "ended_at": end,
        "closed_at": taps["at"] if taps["taps"] == "closed" else None,
        "is_hidden": known.get("results") == "hidden",
        "marks": [mark for _, mark in times],
    }


def _good(value: bytes | None, field: str) -> Any:
    """Return a value only if it is one of the good ones, which are few."""
    try:
        read = json.loads(value or b"")
    except (ValueError, RecursionError):
        return None
    if field.endswith("_at"):
        return read if type(read) is int and 0 <= read < 10**11 else None
    good: dict[str, list[Any]] = {
        "title": ["Kafka", "<b>Kafka</b>", "=1+1", "👩‍👩‍👧 talk", "ע", "maybe"],
        "taps": [{"taps": "closed", "at": 101.5}, {"taps": "open", "at": 102}],
        "results": ["shown", "hidden"],
    }
    return read if read in good[field] else None
