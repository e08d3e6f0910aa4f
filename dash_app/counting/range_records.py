"""The records of a range of time one by one, and what was decided about each of them."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dash_app.counting.archive import decide_part
from dash_app.counting.clicks import Click
from dash_app.counting.decisions import Decision
from dash_app.counting.people import MOST_PERSONS
from dash_app.counting.range_log import RangeLog
from dash_app.counting.records import Record, Unreadable, decode_person, read
from dash_app.counting.second_counts import is_usable


class RangeRecord(NamedTuple):
    """A record as an export shows it; times are epoch seconds, None where there is none.

    `person` numbers the persons in the order in which they appear, up to MOST_PERSONS of them.
    `reason` says why it is unreadable.
    """

    partition: int
    offset: int
    record_time: float | None
    timestamp: float | None
    type: str | None
    person: int | None
    decided: str
    drawn_at: float | None
    reason: str | None


class _Persons:
    """Gives persons numbers that say nothing but which clicks of one export are of one person."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def number(self, header: bytes | None) -> int | None:
        person = decode_person(header)
        if person is None or (len(self._numbers) >= MOST_PERSONS and person not in self._numbers):
            return None
        return self._numbers.setdefault(person, len(self._numbers) + 1)


def range_records(
    log: RangeLog, since: int, until: int, dedup_offsets: int
) -> Iterator[Sequence[RangeRecord]]:
    """Yield the records that were written from `since` on and before `until`, or are drawn there.

    They come partition by partition in the order of their offsets, a few at a time; none while
    others had to be read. Clicks that are drawn there are exactly those of the range's count. Times
    are epoch seconds. Raises BrokerError.
    """
    persons = _Persons()
    for partition in sorted(log.parts):
        for decided in decide_part(log, partition, dedup_offsets):
            yield [
                _row(partition, record, decision, persons)
                for record, decision in decided
                if since <= record.time < until
                or (decision.at is not None and since <= decision.at < until)
            ]
    log.check()


def _row(partition: int, record: Record, decision: Decision, persons: _Persons) -> RangeRecord:
    click = _click(record) if decision.click is None else decision.click
    return RangeRecord(
        partition,
        record.offset,
        record.time if is_usable(record.time) else None,
        None if click is None else click.timestamp,
        None if click is None else click.type,
        persons.number(record.person),
        decision.name,
        decision.at,
        decision.reason,
    )


def _click(record: Record) -> Click | None:
    """Return what a repeat repeats, or the click of a type too many."""
    with contextlib.suppress(Unreadable):
        return read(record)
    return None
