"""What becomes of each record of a partition: the one rule for whatever counts or shows it."""

from collections.abc import Iterable
from typing import NamedTuple

from dash_app.counting.clicks import MAX_TYPES, Click
from dash_app.counting.dedup import Dedup
from dash_app.counting.records import (
    TOO_MANY_TYPES,
    Record,
    Unreadable,
    decode_identity,
    read,
)
from dash_app.counting.second_counts import drawn_at

COUNTED, UNTIMELY, REPEAT, UNREADABLE = "counted", "untimely", "repeat", "unreadable"
"""What is decided about a record: a click that is drawn, one that is not, or no new click."""


class Decision(NamedTuple):
    """What becomes of a record: it is a click that counts, a repeat, or no click.

    A click that counts is drawn at the epoch second `at`; None: it was tapped too long before its
    record. What is no click has a `reason`, one of REASONS, and a repeat has nothing.
    """

    click: Click | None
    at: float | None
    reason: str | None

    @property
    def is_repeat(self) -> bool:
        """Whether the record is a repeat of a click before it."""
        return self.click is None and self.reason is None

    @property
    def name(self) -> str:
        """What is decided, in a word."""
        if self.reason is not None:
            return UNREADABLE
        if self.click is None:
            return REPEAT
        return UNTIMELY if self.at is None else COUNTED


_new = tuple.__new__
_REPEAT = Decision(None, None, None)


class Decider:
    """Decides about the records of one partition, which it is given in their order.

    `types` are those that are known to count there: of others only so many do that there are
    MAX_TYPES.
    """

    def __init__(self, dedup: Dedup, types: Iterable[str] = ()) -> None:
        self._advance, self._is_repeat = dedup.advance, dedup.is_repeat
        self._types = set(types)

    def decide(self, record: Record) -> Decision:
        """Return what becomes of the next record."""
        self._advance(record.offset, record.time)
        try:
            click = read(record)
        except Unreadable as error:
            return Decision(None, None, error.reason)
        identity = decode_identity(record.click_id)
        if identity is not None and self._is_repeat(identity):
            return _REPEAT
        if click.type not in self._types:
            if len(self._types) >= MAX_TYPES:
                return Decision(None, None, TOO_MANY_TYPES)
            self._types.add(click.type)
        at = drawn_at(click.timestamp, record.time)
        # This takes half the time of Decision(…), and each record pays for it.
        return _new(Decision, (click, at, None))
