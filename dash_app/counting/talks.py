"""Talks: names for ranges of time, each with reactions and marks, as the newest changes say."""

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dash_app.counting import talk_values
from dash_app.counting.talk_values import FIELDS, HIDDEN, Mark, Start
from dash_app.settings.reactions import Reactions

MAX_TALKS = 1000
MAX_MARKS = 500
"""Of more, the newest talks and the first marks of each are kept."""

ID_PATTERN = "[a-z0-9]{8,16}"
"""The form of the id of a talk or a mark."""

AHEAD_SECONDS = 5
"""A talk may start so far in the future: other machines' clocks differ a little from this."""

_KEY = re.compile(
    rf"(?:talk:(?P<talk>{ID_PATTERN})(?::(?P<field>{'|'.join(FIELDS)}))?"
    rf"|mark:(?P<marked>{ID_PATTERN}):(?P<mark>{ID_PATTERN}))"
)

Range = tuple[int, int | None]
"""The epoch seconds of a talk, from the first to the one after the last; None: it has no end."""


class Change(NamedTuple):
    """What a key holds from now on, as JSON; None: nothing. The last change of a key counts."""

    key: str
    value: bytes | None


@dataclass(frozen=True)
class Talk:
    """A talk as it is now. `closed_at` is when its taps were closed (epoch s); None: they are open.

    `start` is the talk as it was started.
    """

    id: str
    title: str
    started_at: int
    ended_at: int | None
    closed_at: float | None
    is_hidden: bool
    marks: Sequence[Mark]
    start: Start

    @property
    def reactions(self) -> Reactions:
        """What its buttons send."""
        return self.start.reactions

    @property
    def range(self) -> Range:
        """The seconds whose clicks are its own."""
        return self.started_at, self.ended_at

    def is_over(self, now: float) -> bool:
        """Return whether it has ended by `now` (epoch s).

        One that starts ahead of the clock, which was set back, is over as soon as it has an end.
        """
        if self.ended_at is None:
            return False
        return self.ended_at <= now or self.started_at > now + AHEAD_SECONDS

    def written_keys(self) -> Sequence[str]:
        """Return the keys of all that may be written of it."""
        fields = [f"talk:{self.id}:{field}" for field in FIELDS]
        return [f"talk:{self.id}", *fields, *(f"mark:{self.id}:{mark.id}" for mark in self.marks)]

    def marks_since(self, second: float) -> Sequence[Mark]:
        """Return the marks from an epoch second on."""
        return self.marks[bisect.bisect_left(self.marks, second, key=lambda mark: mark.at) :]


class Talks:
    """All talks at one time, newest first, at most MAX_TALKS; it never changes."""

    def __init__(self, talks: Iterable[Talk] = (), now: float = 0) -> None:
        order = sorted(talks, key=lambda talk: (talk.started_at, talk.id), reverse=True)
        self.newest_first: Sequence[Talk] = tuple(order[:MAX_TALKS])
        self._by_id = {talk.id: talk for talk in self.newest_first}
        self._not_over = [talk for talk in self.newest_first if not talk.is_over(now)]
        closed = ((talk.closed_at, talk.ended_at) for talk in self.newest_first)
        self._closed = [(start, end) for start, end in closed if start is not None]
        self._hidden = [talk for talk in self.newest_first if talk.is_hidden]
        self.types = frozenset(key for talk in self.newest_first for key, _ in talk.reactions)
        self.ranges = frozenset(talk.range for talk in self.newest_first)

    def find(self, talk_id: str) -> Talk | None:
        """Return the talk with the id; None: there is none."""
        return self._by_id.get(talk_id)

    def running(self, now: float) -> Talk | None:
        """Return the newest talk that is not over at `now` (epoch s)."""
        return next((talk for talk in self._not_over if not talk.is_over(now)), None)

    def hides_results(self, now: float) -> bool:
        """Return whether nobody may see which reaction was tapped how often."""
        return self.hidden(now) is not None

    def hidden(self, now: float) -> Talk | None:
        """Return the talk whose results nobody may see; None: they are shown.

        It hides them beyond its end: until they are shown, or another talk starts.
        """
        # A range that was over when somebody made a talk of it ends no other one.
        started = (talk for talk in self.newest_first if talk.start.ended_at is None)
        talk = self.running(now) or next(started, None)
        return talk if talk is not None and talk.is_hidden else None

    def closes(self, at: float) -> bool:
        """Return whether the buttons of a talk were closed at an epoch second."""
        return any(start <= at and (end is None or at < end) for start, end in self._closed)

    def hides_results_of(self, talk: Talk) -> bool:
        """Return whether any talk with hidden results shares a second with this one."""
        return self.hides_results_in(talk.range)

    def hides_results_in(self, seconds: Range) -> bool:
        """Return whether any talk with hidden results shares a second with a range."""
        return any(_overlap(hidden.range, seconds) for hidden in self._hidden)


def _overlap(one: Range, other: Range) -> bool:
    (start, end), (other_start, other_end) = one, other
    return (other_end is None or start < other_end) and (end is None or other_start < end)


class TalkLog:
    """Applies the changes of a log in their order; whatever is no change of a talk is passed over.

    A value that cannot be read counts as none: compaction may have removed the one before it.
    """

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def apply(self, key: bytes, value: bytes | None) -> None:
        """Apply what a record holds, whatever it is."""
        match = _KEY.fullmatch(key.decode("ascii", "replace"))
        if match is None:
            return
        talk_id = match["talk"] or match["marked"]
        entry = self._entries.setdefault(talk_id, _Entry())
        if match["mark"]:
            entry.mark(match["mark"], value)
        elif match["field"]:
            entry.change(match["field"], value)
        else:
            entry.start = talk_values.read(talk_values.start, value)
        if entry.is_empty():
            del self._entries[talk_id]
        elif len(self._entries) > 2 * MAX_TALKS:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        by_age = sorted(self._entries, key=lambda talk_id: self._entries[talk_id].started_at())
        for talk_id in by_age[:-MAX_TALKS]:
            del self._entries[talk_id]

    def talks(self, now: float) -> Talks:
        """Return the talks as they are at `now` (epoch s)."""
        order = sorted((entry.started_at(), one) for one, entry in self._entries.items())
        talks, next_start = [], None
        for started_at, talk_id in reversed(order):
            entry = self._entries[talk_id]
            if entry.start is None:
                continue
            talks.append(entry.talk(talk_id, entry.start, next_start))
            if entry.start.ended_at is None:
                next_start = started_at
        return Talks(talks, now)


class _Entry:
    """What is known of one talk: its start, the changes of its fields, and its marks."""

    def __init__(self) -> None:
        self.start: Start | None = None
        self._fields: dict[str, Any] = {}
        self._marks: dict[str, Mark] = {}
        self._sorted_marks: Sequence[Mark] | None = ()

    def is_empty(self) -> bool:
        return self.start is None and not self._fields and not self._marks

    def started_at(self) -> int:
        if self.start is None:
            return -1
        return int(self._fields.get("started_at", self.start.started_at))

    def change(self, field: str, value: bytes | None) -> None:
        self._fields.pop(field, None)
        if (read := talk_values.read(FIELDS[field], value)) is not None:
            self._fields[field] = read

    def mark(self, mark_id: str, value: bytes | None) -> None:
        self._marks.pop(mark_id, None)
        mark = talk_values.read(lambda fields: talk_values.mark(mark_id, fields), value)
        if mark is not None and len(self._marks) < MAX_MARKS:
            self._marks[mark_id] = mark
        self._sorted_marks = None

    def _sort_marks(self) -> Sequence[Mark]:
        if self._sorted_marks is None:
            by_time = sorted(self._marks.values(), key=lambda mark: (mark.at, mark.id))
            self._sorted_marks = tuple(by_time)
        return self._sorted_marks

    def talk(self, talk_id: str, start: Start, next_start: int | None) -> Talk:
        """Return the talk, which ends when the next one starts if not before."""
        started_at, ended_at = self.started_at(), self._fields.get("ended_at", start.ended_at)
        if ended_at is not None:
            # Two presenters may have moved start and end at once.
            ended_at = max(ended_at, started_at + 1)
        if start.ended_at is None:
            ends = [end for end in (ended_at, next_start) if end is not None]
            ended_at = min(ends, default=None)
        return Talk(
            id=talk_id,
            title=self._fields.get("title", start.title),
            started_at=started_at,
            ended_at=ended_at,
            closed_at=self._fields.get("taps", (None,))[0],
            is_hidden=self._fields.get("results") == HIDDEN,
            marks=self._sort_marks(),
            start=start,
        )
