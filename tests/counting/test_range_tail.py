"""What came after a count: it stands, with nothing but that read, or the range is counted anew."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_app.brokers import LogReplaced
from dash_app.counting.clicks import Identity
from dash_app.counting.range_count import RangeCount
from dash_app.counting.range_tail import RangeTail
from tests import naive
from tests.counting.memory_range import LIMIT, MemoryRange, count_range
from tests.counting.test_archive import LOGS, RANGES, types_at_the_end
from tests.naive import KINDS, Entry, Logs, press

SINCE = int(naive.NOW) - 600
UNTIL = int(naive.NOW) - 100
D = 5
IDENTITY = Identity("a", 1, 0)
RANGE = [press(n, KINDS[n % 2], at=SINCE + n) for n in range(8)]
RANGE += [press(8, "ok", at=SINCE + 9, identity=IDENTITY)]


def opened(logs: Logs, dedup_offsets: int = D) -> MemoryRange:
    return MemoryRange(logs, SINCE, UNTIL, dedup_offsets)


def counted(logs: Logs) -> RangeCount:
    return count_range(opened(logs), SINCE, UNTIL, D)


def read_tail(log: MemoryRange, count: RangeCount, limit: int = LIMIT) -> RangeCount | None:
    tail = RangeTail(log, count, limit)
    steps = [*tail]
    assert steps == sorted(steps)
    assert all(0 <= step < 1 for step in steps)
    return tail.result


@given(LOGS, st.integers(1, 7), RANGES, st.data())
def test_a_count_that_stands_is_that_of_counting_anew(
    logs: Logs, dedup_offsets: int, span: tuple[int, int], data: st.DataObject
) -> None:
    before = {
        number: entries[: data.draw(st.integers(0, len(entries)))]
        for number, entries in logs.items()
    }

    def open_all(some: Logs) -> MemoryRange:
        types = types_at_the_end(some, dedup_offsets)
        return MemoryRange(some, *span, dedup_offsets, types=types)

    count = count_range(open_all(before), *span, dedup_offsets)
    result = read_tail(open_all(logs), count)

    assert result in (None, count_range(open_all(logs), *span, dedup_offsets))


def test_taps_after_the_range_are_all_that_is_read_and_only_once() -> None:
    logs = {0: RANGE, 1: RANGE[:3]}
    count = counted(logs)
    logs |= {0: [*RANGE, *(press(n, at=UNTIL + n) for n in range(9, 14))], 2: [press(0, at=UNTIL)]}
    log = opened(logs)
    result = read_tail(log, count)

    assert result == dataclasses.replace(count, as_of={0: 14, 1: 3, 2: 1})
    assert result == counted(logs)
    assert log.polled == 6
    log = opened(logs)
    assert read_tail(log, result) == result
    assert log.polled == 0


@pytest.mark.parametrize(
    "late",
    [
        press(9, at=UNTIL + 3000, age=3000 + 1),
        press(9, at=UNTIL - 0.5, age=900),
        press(9, at=UNTIL - 0.5, age=9000),
        press(9, "ok", at=UNTIL + 300, age=400, identity=IDENTITY),
        naive.unreadable(9, b"", "not JSON", at=SINCE + 0.0),
    ],
    ids=["drawn there", "written there", "written there, too late", "a repeat", "no click"],
)
def test_a_record_that_can_belong_to_the_range_has_it_counted_anew(late: Entry) -> None:
    count = counted({0: RANGE})

    assert read_tail(opened({0: [*RANGE, late, press(10, at=UNTIL)]}), count) is None


@pytest.mark.parametrize(
    "outside",
    [
        press(9, at=UNTIL + 0.0),
        press(9, at=UNTIL + 300, age=300),
        press(9, at=UNTIL + 3500, age=3601),
        press(9, at=SINCE - 0.25),
        naive.unreadable(9, b"", "not JSON", at=UNTIL + 1.0),
    ],
)
def test_a_record_of_another_second_changes_nothing(outside: Entry) -> None:
    logs = {0: [*RANGE, outside]}

    result = read_tail(opened(logs), counted({0: RANGE}))
    assert result
    assert result == counted(logs)


def test_a_late_tap_is_found_before_those_after_it_are_read() -> None:
    log = opened({0: [*RANGE, *(press(n, at=UNTIL + 9, age=60) for n in range(9, 99))]})

    assert read_tail(log, counted({0: RANGE})) is None
    assert log.polled == 3


def test_once_it_is_final_nothing_is_read_whatever_is_left_of_the_log() -> None:
    logs = {0: [*RANGE, press(9, at=UNTIL + 3600)]}
    count = counted({0: RANGE})
    final = read_tail(opened(logs), count)
    assert final == dataclasses.replace(count, is_final=True)

    log = MemoryRange(logs, SINCE, UNTIL, D, log_starts={0: 10})
    assert read_tail(log, final) is final
    assert log.polled == 0


def test_what_is_not_all_there_or_too_much_is_counted_anew() -> None:
    more = {0: [*RANGE, *(press(n, at=UNTIL + n) for n in range(9, 14))], 1: RANGE[:3]}
    count = counted({0: RANGE, 1: RANGE[:3]})

    def is_counted_anew(logs: Logs, start: int = 0, limit: int = LIMIT) -> bool:
        log_starts = {number: start if number == 0 else 0 for number in logs}
        log = MemoryRange(logs, SINCE, UNTIL, D, log_starts=log_starts)
        result = read_tail(log, count, limit)
        assert not (result is None and log.polled)
        return result is None

    assert not is_counted_anew(more, start=9)
    assert is_counted_anew(more, start=10)
    assert is_counted_anew({0: more[0]})
    assert is_counted_anew({0: RANGE[:5], 1: RANGE[:3]})
    assert not is_counted_anew(more, limit=5)
    assert is_counted_anew(more, limit=4)


def test_a_log_that_was_replaced_meanwhile_gives_no_count() -> None:
    logs = {0: [*RANGE, press(9, at=UNTIL)]}
    log = MemoryRange(logs, SINCE, UNTIL, D, check_error=LogReplaced("it was deleted"))
    tail = RangeTail(log, counted({0: RANGE}), LIMIT)

    with pytest.raises(LogReplaced, match="it was deleted"):
        list(tail)
    assert tail.result is None
