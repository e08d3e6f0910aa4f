"""What the changes of a talk may say: titles, labels, times and reactions, checked one by one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from dash_app.settings.reactions import Reaction, Reactions, check_reactions, is_line

TITLE_LIMIT = 80
MARK_LIMIT = 80
"""Characters of a title, and of the label of a mark, which may also be empty."""

LATEST_SECOND = 10**11
"""No time of a talk is later; see LATEST_TIMESTAMP of the clicks."""

OPEN, CLOSED = "open", "closed"
SHOWN, HIDDEN = "shown", "hidden"


class Mark(NamedTuple):
    """A moment of a talk, in epoch seconds, and what somebody calls it."""

    id: str
    at: int
    label: str


class Start(NamedTuple):
    """A talk as it was started. One with an end is a range that was over, and ends no other."""

    title: str
    reactions: Reactions
    started_at: int
    ended_at: int | None


def read(reader: Callable[[Any], Any], value: bytes | None) -> Any:
    """Return what a reader makes of the JSON; None: it cannot be read, or there is none."""
    if value is None:
        return None
    try:
        return reader(orjson.loads(value))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def check_title(value: object) -> str:
    """Return the title of a talk. Raises ValueError if none can have it."""
    if not isinstance(value, str) or not 1 <= len(value) <= TITLE_LIMIT:
        raise ValueError(f"a title has 1 to {TITLE_LIMIT} characters")
    return _check_line(value)


def check_label(value: object) -> str:
    """Return the label of a mark. Raises ValueError if none can have it."""
    if not isinstance(value, str) or len(value) > MARK_LIMIT:
        raise ValueError(f"a label has at most {MARK_LIMIT} characters")
    return _check_line(value) if value else value


def _check_line(text: str) -> str:
    if text != text.strip() or not is_line(text):
        raise ValueError("it must be one line that shows all its characters")
    return text


def check_second(value: object) -> int:
    """Return a time in whole epoch seconds. Raises ValueError."""
    if type(value) is not int or not 0 <= value <= LATEST_SECOND:
        raise ValueError("a time is in whole seconds since the epoch")
    return value


def _check_choice(value: Any, choices: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"it is none of {choices}")
    return value


def start(fields: Mapping[str, Any]) -> Start:
    """Return the talk that was started. Raises what `read` expects."""
    reactions = tuple(Reaction(one["key"], one["label"]) for one in fields["reactions"])
    started_at, ended_at = check_second(fields["started_at"]), fields.get("ended_at")
    if ended_at is not None and check_second(ended_at) <= started_at:
        raise ValueError("it ends before it starts")
    return Start(check_title(fields["title"]), check_reactions(reactions), started_at, ended_at)


def _taps(fields: Mapping[str, Any]) -> tuple[float | None]:
    """Return since when the taps are closed, in a tuple."""
    at = fields["at"]
    if type(at) not in {int, float} or not 0 <= at <= LATEST_SECOND:
        raise ValueError("it is no time")
    return (at if _check_choice(fields["taps"], (OPEN, CLOSED)) == CLOSED else None,)


def mark(mark_id: str, fields: Mapping[str, Any]) -> Mark:
    """Return the mark. Raises what `read` expects."""
    return Mark(mark_id, check_second(fields["at"]), check_label(fields["label"]))


FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "title": check_title,
    "taps": _taps,
    "results": lambda value: _check_choice(value, (SHOWN, HIDDEN)),
    "started_at": check_second,
    "ended_at": check_second,
}
"""What of a talk can change after its start, and how a value is read."""
