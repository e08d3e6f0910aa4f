"""The records of a range one by one: the bound of numbered persons, and a log that is replaced."""

import pytest

from dash_app.brokers import LogReplaced
from dash_app.counting import range_records
from dash_app.counting.range_records import RangeRecord
from tests.counting.memory_range import MemoryRange
from tests.naive import NOW, press

SINCE = int(NOW) - 600
UNTIL = int(NOW) - 100
D = 5


def rows_of(log: MemoryRange) -> list[RangeRecord]:
    return [row for rows in range_records.range_records(log, SINCE, UNTIL, D) for row in rows]


def test_of_more_persons_than_are_numbered_those_that_have_a_number_keep_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(range_records, "MOST_PERSONS", 3)
    entries = [press(offset, at=SINCE) for offset in range(8)]
    persons = [7, 8, 7, 9, 10, 9, 11, 7]
    people = [
        entry._replace(record=entry.record._replace(person=b"%016x" % person))
        for entry, person in zip(entries, persons, strict=True)
    ]

    rows = rows_of(MemoryRange({0: people}, SINCE, UNTIL, D))
    assert [row.person for row in rows] == [1, 2, 1, 3, None, 3, None, 1]


def test_a_log_that_was_replaced_meanwhile_is_an_error_at_the_end() -> None:
    logs = {0: [press(0, at=SINCE)]}
    assert len(rows_of(MemoryRange(logs, SINCE, UNTIL, D))) == 1
    log = MemoryRange(logs, SINCE, UNTIL, D, check_error=LogReplaced("it was deleted"))

    with pytest.raises(LogReplaced, match="it was deleted"):
        rows_of(log)
