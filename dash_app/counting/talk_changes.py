"""What a presenter may do with talks, decided by what is known of them: the changes to be written.

Each function returns the changes, none if they were made before: a request may come twice.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from dash_app.counting.talk_values import Start
from dash_app.counting.talks import AHEAD_SECONDS, MAX_MARKS, MAX_TALKS, Change, Talk, Talks
from dash_app.settings.reactions import Reactions

NOW = "now"
"""As the end of a talk: it ends with the second that is under way."""

Changes = Sequence[Change]


class UnknownId(LookupError):
    """There is no such talk or mark."""


class ConflictingChange(ValueError):
    """The clock, or what is there already, speaks against it."""


class NewTalk(NamedTuple):
    """A talk that somebody wants to start; without `started_at` it starts now."""

    id: str
    title: str
    reactions: Reactions
    started_at: int | None = None
    ended_at: int | None = None


class NewMark(NamedTuple):
    """A mark that somebody wants to set; without `at` it is set now."""

    id: str
    label: str
    at: int | None = None


def start_talk(talks: Talks, new: NewTalk, now: float) -> Changes:
    """Start a talk, which ends the running one, or make one of a range of time that is over.

    Raises ConflictingChange.
    """
    if (known := talks.find(new.id)) is not None:
        _require_same_start(known.start, known.ended_at, new)
        return []
    running = talks.running(now)
    started_at = _free_second(running, now) if new.started_at is None else new.started_at
    _require_started(started_at, now)
    _require_end(started_at, new.ended_at)
    is_range = new.ended_at is not None and new.ended_at <= now
    if not is_range and (hidden := talks.hidden(now)) is not None:
        raise ConflictingChange(f"The results of {hidden.title!r} are hidden; show them first")
    if new.started_at is not None and not is_range:
        _require_order(talks, new.id, math.inf, started_at)
    if len(talks.newest_first) >= MAX_TALKS and started_at <= talks.newest_first[-1].started_at:
        raise ConflictingChange(f"There are {MAX_TALKS} talks that are newer; delete one first")
    start = {
        "title": new.title,
        "reactions": [reaction._asdict() for reaction in new.reactions],
        "started_at": started_at,
        "ended_at": new.ended_at if is_range else None,
    }
    changes = [_change(f"talk:{new.id}", start)]
    if is_range:
        return changes
    if new.ended_at is not None:
        changes.append(_change(f"talk:{new.id}:ended_at", new.ended_at))
    if running is not None and running.started_at < started_at:
        # Without this, it would run again if somebody deletes the new one.
        changes.append(_change(f"talk:{running.id}:ended_at", started_at))
    return changes


def _require_same_start(start: Start, ended_at: int | None, new: NewTalk) -> None:
    is_same = (start.title, start.reactions) == (new.title, new.reactions)
    is_same &= new.started_at in {None, start.started_at}
    is_same &= new.ended_at in {None, start.ended_at, ended_at}
    if not is_same:
        raise ConflictingChange("There is another talk with this id")


def _free_second(running: Talk | None, now: float) -> int:
    """Return the second that is under way, or one after it, with which the running talk ends."""
    if running is None:
        return int(now)
    if running.started_at > now + AHEAD_SECONDS:
        raise ConflictingChange(
            "The running talk starts ahead of this server's clock; end it first"
        )
    if running.ended_at == int(now) + 1:
        return running.ended_at
    last_mark = running.marks[-1].at if running.marks else 0
    return max(int(now), running.started_at + 1, last_mark + 1)


def _require_started(started_at: int, now: float) -> None:
    if started_at > now + AHEAD_SECONDS + 1:
        raise ConflictingChange(f"A talk cannot start more than {AHEAD_SECONDS} s in the future")


def _require_order(talks: Talks, talk_id: str, old: float, new: int) -> None:
    """Raise ConflictingChange if another talk starts between both times: each ends the one before.

    `old` is infinite for a talk that starts.
    """
    for other in talks.newest_first:
        is_range, at = other.start.ended_at is not None, other.started_at
        if other.id == talk_id or is_range or at == old:
            continue
        if min(old, new) <= at <= max(old, new):
            message = f"The talk {other.title!r} starts in between; move or delete it"
            raise ConflictingChange(message)


def _require_end(started_at: int, ended_at: int | None) -> None:
    if ended_at is not None and ended_at <= started_at:
        raise ConflictingChange("A talk ends after it starts")


def change_talk(talks: Talks, talk_id: str, wanted: Mapping[str, Any], now: float) -> Changes:
    """Change the fields of a talk that are `wanted`, all or none.

    Raises UnknownId and ConflictingChange.
    """
    talk = _find(talks, talk_id)
    # All that is wanted, also what seems to be so: another process may have changed it just now.
    changed = dict(wanted)
    started_at = changed.get("started_at", talk.started_at)
    if "started_at" in changed:
        _require_started(started_at, now)
        if talk.start.ended_at is None:
            _require_order(talks, talk_id, talk.started_at, started_at)
    if changed.get("ended_at") == NOW:
        # A tap of the second that is under way is the talk's own.
        changed["ended_at"] = max(int(now), started_at) + 1
        if talk.is_over(now):
            del changed["ended_at"]
    if wanted.keys() & {"started_at", "ended_at"}:
        _require_end(started_at, changed.get("ended_at", talk.ended_at))
    if "taps" in changed:
        closed_at = now if talk.closed_at is None else talk.closed_at
        changed["taps"] = {"taps": changed["taps"], "at": closed_at}
    return [_change(f"talk:{talk_id}:{field}", value) for field, value in changed.items()]


def delete_talk(talks: Talks, talk_id: str) -> Changes:
    """Delete a talk with its marks; no click is lost. Raises UnknownId."""
    return [Change(key, None) for key in _find(talks, talk_id).written_keys()]


def add_mark(talks: Talks, talk_id: str, new: NewMark, now: float) -> Changes:
    """Set a mark in a talk; one without a time lies in the talk in any case.

    Raises UnknownId and ConflictingChange.
    """
    talk = _find(talks, talk_id)
    for mark in talk.marks:
        if mark.id == new.id:
            if mark.label != new.label or new.at not in {None, mark.at}:
                raise ConflictingChange("There is another mark with this id")
            return []
    if len(talk.marks) >= MAX_MARKS:
        raise ConflictingChange(f"A talk has at most {MAX_MARKS} marks")
    last = int(now) + AHEAD_SECONDS if talk.ended_at is None else talk.ended_at - 1
    at = max(talk.started_at, min(int(now), last)) if new.at is None else new.at
    if new.at is not None and not talk.started_at <= at <= last:
        raise ConflictingChange("A mark lies in its talk, and not in the future")
    return [_change(f"mark:{talk_id}:{new.id}", {"at": at, "label": new.label})]


def delete_mark(talks: Talks, talk_id: str, mark_id: str) -> Changes:
    """Delete a mark. Raises UnknownId."""
    if mark_id not in {mark.id for mark in _find(talks, talk_id).marks}:
        raise UnknownId("There is no such mark")
    return [Change(f"mark:{talk_id}:{mark_id}", None)]


def _find(talks: Talks, talk_id: str) -> Talk:
    if (talk := talks.find(talk_id)) is None:
        raise UnknownId("There is no such talk")
    return talk


def _change(key: str, value: Any) -> Change:
    return Change(key, orjson.dumps(value))
