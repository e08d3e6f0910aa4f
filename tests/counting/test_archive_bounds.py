"""The bounds of counting a range: records, seconds, persons, memory, and a log that fails."""

import tracemalloc

import pytest

from dash_app.brokers import BrokerUnavailable
from dash_app.counting import archive
from dash_app.counting.archive import RangeCounting, TooManyRecords
from dash_app.counting.people import MOST_PERSONS
from tests.counting.memory_range import LIMIT, EndlessRange, MemoryRange, count_range, totals_of
from tests.naive import KINDS, NOW, press

SINCE = int(NOW) - 600
UNTIL = int(NOW) - 100


def test_a_range_of_too_many_records_is_refused_before_any_is_read() -> None:
    logs = {0: [press(offset, at=NOW - 600) for offset in range(9)], 1: [press(0, at=NOW - 600)]}
    log = MemoryRange(logs, SINCE, UNTIL, 5, error=BrokerUnavailable("it was read"))

    with pytest.raises(TooManyRecords, match=r"10 records of log-1 .* ARCHIVE_RECORDS is 9; ask"):
        RangeCounting(log, SINCE, UNTIL, 5, limit=9)
    RangeCounting(log, SINCE, UNTIL, 5, limit=10)


def test_nothing_is_kept_of_a_counting_that_fails_in_the_middle() -> None:
    logs = {0: [press(offset, at=NOW - 600) for offset in range(9)]}
    log = MemoryRange(logs, SINCE, UNTIL, 5, error=BrokerUnavailable("it went away"))
    counting = RangeCounting(log, SINCE, UNTIL, 5, LIMIT)

    with pytest.raises(BrokerUnavailable, match="it went away"):
        list(counting)
    assert not hasattr(counting, "result")


def test_a_counting_says_how_far_it_is_after_200_records_and_whenever_the_log_lets_wait() -> None:
    logs = {0: [press(offset, at=NOW - 600) for offset in range(1000)]}
    log = MemoryRange(logs, SINCE, UNTIL, 5, poll_records=500)

    done = [*RangeCounting(log, SINCE, UNTIL, 5, LIMIT)]
    assert done == [0.2, 0.4, 0.5, 0.5, 0.7, 0.9, 1.0, 1.0, 1.0]


def test_beyond_100_000_persons_there_are_more_and_nobody_says_how_often_each_clicked() -> None:
    entries = [press(offset, at=NOW - 600) for offset in range(MOST_PERSONS + 1)]
    people = [
        entry._replace(record=entry.record._replace(person=b"%016x" % number))
        for number, entry in enumerate(entries)
    ]
    exact = MemoryRange({0: people[:-1]}, SINCE, UNTIL, 1000, poll_records=5000)
    more = MemoryRange({0: people}, SINCE, UNTIL, 1000, poll_records=5000)

    count = count_range(exact, SINCE, UNTIL, 1000)
    assert (count.people, count.more_people) == (MOST_PERSONS, False)
    assert (count.median, count.most) == (1, 1)
    count = count_range(more, SINCE, UNTIL, 1000)
    assert (count.people, count.more_people) == (MOST_PERSONS, True)
    assert (count.median, count.most) == (None, None)


def test_clicks_in_more_than_a_million_seconds_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "MOST_SECONDS", 4)
    entries = [press(n, KINDS[n % 2], at=SINCE + n // 2) for n in range(5)]
    assert count_range(MemoryRange({0: entries[:4]}, SINCE, UNTIL, 5), SINCE, UNTIL, 5).whole

    with pytest.raises(TooManyRecords, match="in more than 4 seconds"):
        count_range(MemoryRange({0: entries}, SINCE, UNTIL, 5), SINCE, UNTIL, 5)


def test_the_memory_of_a_counting_does_not_grow_with_the_records() -> None:
    peaks = []
    for size in (10_000, 50_000):
        tracemalloc.start()
        try:
            counting = RangeCounting(EndlessRange(size, SINCE, UNTIL), SINCE, UNTIL, 1000, LIMIT)
            for _ in counting:
                pass
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        assert totals_of(counting.result) == {"ok": size}
    assert peaks[1] < 1.2 * peaks[0]
