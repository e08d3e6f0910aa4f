"""Counting a log between two times: against a naive model, and against live counting."""

from collections import Counter
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from dash_app.counting.clicks import Click, Identity
from dash_app.counting.records import Record
from dash_app.counting.second_counts import KEPT_SECONDS
from dash_app.counting.tally import Tally
from tests import naive
from tests.counting.memory_range import MemoryRange, count_range, totals_of
from tests.counting.tallies import TOPIC_ID, new_tally, plans, read
from tests.naive import NOW, Entry, Logs, press, unreadable

SINCE = int(NOW) - 600
UNTIL = int(NOW) - 100
SECONDS = st.integers(int(NOW) - 9000, int(NOW) + 4000)
RANGES = st.builds(
    lambda start, length: (start, start + length),
    SECONDS,
    st.sampled_from([1, 2, 60, 700, 3600, 7000]),
)
LOGS = naive.partitions().map(
    lambda logs: {
        number: [entry._replace(record=with_person(entry)) for entry in entries]
        for number, entries in logs.items()
    }
)

BySecond = Mapping[str, Mapping[int, int]]


def with_person(entry: Entry) -> Record:
    """Return the record of an entry, tapped by one of three persons or by nobody who is known."""
    person = [b"%016x" % 1, b"%016X" % 0xAB, b"%016x" % 2, b"x", None][entry.record.offset % 5]
    return entry.record._replace(person=person)


def expected_by_second(clicks: Sequence[Click], since: float, until: int) -> BySecond:
    """Return the clicks of each type and second of a range."""
    found: dict[str, Counter[int]] = {}
    for kind, at in clicks:
        if since <= at < until:
            found.setdefault(kind, Counter())[int(at)] += 1
    return found


def expected_people(logs: Logs, since: int, until: int, dedup_offsets: int) -> list[int]:
    """Return the clicks of each person."""
    persons: Counter[int] = Counter()
    for entries in logs.values():
        for entry, fate in zip(entries, naive.fates(entries, dedup_offsets), strict=True):
            person = entry.record.person
            if fate.drawn_at is not None and since <= fate.drawn_at < until:
                persons[int(person, 16) if person and len(person) == 16 else -1] += 1
    del persons[-1]
    return sorted(persons.values())


def types_at_the_end(logs: Logs, dedup_offsets: int) -> dict[int, frozenset[str]]:
    """Return the types of each partition that its checkpoint names, at its end."""
    tally = new_tally(logs, dedup_offsets)
    for number, entries in logs.items():
        tally.apply(number, naive.records(entries))
    checkpoints = tally.checkpoints()
    return {number: frozenset(checkpoints[number].counts.clicks) for number in logs}


@given(LOGS, st.integers(1, 7), RANGES)
def test_a_range_holds_what_a_naive_reading_of_the_whole_log_draws_in_it(
    logs: Logs, dedup_offsets: int, span: tuple[int, int]
) -> None:
    since, until = span
    types = types_at_the_end(logs, dedup_offsets)
    log = MemoryRange(logs, since, until, dedup_offsets, types=types)
    count = count_range(log, since, until, dedup_offsets)

    clicks = naive.drawn_clicks(logs.values(), dedup_offsets)
    persons = expected_people(logs, since, until, dedup_offsets)
    assert count.by_second == expected_by_second(clicks, since, until)
    assert (count.people, count.more_people) == (len(persons), False)
    assert count.most == max(persons, default=None)
    assert (count.whole, count.whole_from, count.why) == (True, None, None)
    assert (count.log_id, count.since, count.until) == ("log-1", since, until)
    inside = [
        fate.counted_as
        for entries in logs.values()
        for entry, fate in zip(entries, naive.fates(entries, dedup_offsets), strict=True)
        if since <= entry.record.time < until
        or (fate.drawn_at is not None and since <= fate.drawn_at < until)
    ]
    ways = Counter(inside)
    assert (count.records, count.duplicates) == (len(inside), ways["a duplicate"])
    assert count.unreadable == {
        way.removeprefix("unreadable: "): n
        for way, n in ways.items()
        if way.startswith("unreadable: ")
    }


@given(LOGS, st.integers(1, 7), RANGES, st.data())
def test_a_range_holds_what_a_live_tally_showed_over_restarts(
    logs: Logs, dedup_offsets: int, span: tuple[int, int], data: st.DataObject
) -> None:
    since, until = span
    ends = naive.ends(logs)
    tally = new_tally(logs, dedup_offsets)
    for number, entries in logs.items():
        read(tally, number, entries, 0, data.draw(st.integers(0, ends[number])))
    again = Tally(TOPIC_ID, dedup_offsets, 1000, since=since)
    again.follow(frozenset({(since, until)}))
    for number, start in plans(logs, tally.checkpoints(), dedup_offsets, since=since).items():
        again.begin(number, start)
        read(again, number, logs[number], start.read_from, ends[number])
    shown = again.publish(since + KEPT_SECONDS)
    types = types_at_the_end(logs, dedup_offsets)
    log = MemoryRange(logs, since, until, dedup_offsets, types=types)
    count = count_range(log, since, until, dedup_offsets)

    assert totals_of(count) == shown.talk_totals[since, until]
    assert count.by_second == {
        kind: drawn
        for kind, seconds in shown.by_second.items()
        if (drawn := {second: n for second, n in seconds.items() if since <= second < until})
    }


@given(LOGS, st.integers(1, 7), SECONDS)
def test_people_are_those_that_a_live_tally_shows_of_a_talk_at_its_end(
    logs: Logs, dedup_offsets: int, since: int
) -> None:
    until = int(NOW) + 4000
    tally = new_tally(logs, dedup_offsets)
    tally.follow(frozenset({(since, None)}))
    for number, entries in logs.items():
        tally.apply(number, naive.records(entries))
    types = types_at_the_end(logs, dedup_offsets)
    log = MemoryRange(logs, since, until, dedup_offsets, types=types)
    count = count_range(log, since, until, dedup_offsets)

    shown = tally.publish(NOW).people.since(since)
    assert (count.people, count.more_people) == shown


@given(LOGS, st.integers(1, 7), RANGES, st.data())
def test_without_its_head_a_log_gives_the_same_or_says_since_when_it_does(
    logs: Logs, dedup_offsets: int, span: tuple[int, int], data: st.DataObject
) -> None:
    since, until = span
    types = types_at_the_end(logs, dedup_offsets)
    log_starts = {
        number: data.draw(st.integers(0, end)) for number, end in naive.ends(logs).items()
    }
    log = MemoryRange(logs, since, until, dedup_offsets, log_starts=log_starts, types=types)
    count = count_range(log, since, until, dedup_offsets)

    clicks = naive.drawn_clicks(logs.values(), dedup_offsets)
    if count.whole:
        assert count.by_second == expected_by_second(clicks, since, until)
        return
    assert count.why
    assert count.why.startswith("the head of log-1 was deleted")
    if count.whole_from is not None:
        assert count.whole_from > since
        whole = {
            kind: seconds
            for kind, all_seconds in count.by_second.items()
            if (seconds := {s: n for s, n in all_seconds.items() if s >= count.whole_from})
        }
        assert whole == expected_by_second(clicks, count.whole_from, until)


def test_a_repeat_of_a_deleted_click_may_count_although_an_older_record_is_left() -> None:
    identity = Identity("a", 1, 0)
    again, old = press(7, at=SINCE, identity=identity), press(4, at=SINCE - 50)
    logs = {0: [press(2, at=SINCE - 60, identity=identity), old, again]}
    assert count_range(MemoryRange(logs, SINCE, UNTIL, 5), SINCE, UNTIL, 5).by_second == {}

    cut = count_range(MemoryRange(logs, SINCE, UNTIL, 5, log_starts={0: 4}), SINCE, UNTIL, 5)
    assert (cut.whole, cut.whole_from, totals_of(cut)) == (False, None, {"cheers": 1})


def test_a_range_holds_its_first_second_and_not_the_one_after_its_last() -> None:
    entries = [press(n, at=at) for n, at in enumerate((SINCE - 0.5, SINCE, UNTIL - 0.5, UNTIL))]
    count = count_range(MemoryRange({0: entries}, SINCE, UNTIL, 5), SINCE, UNTIL, 5)

    assert count.by_second == {"cheers": {SINCE: 1, UNTIL - 1: 1}}
    assert count.records == 2


def test_the_records_of_a_range_are_those_written_or_drawn_in_it() -> None:
    drawn_before, late = press(0, at=SINCE, age=9), press(2, at=UNTIL + 9, age=19)
    unread = unreadable(1, b"", "not JSON", at=SINCE + 5)
    entries = [drawn_before, unread, late, press(3, at=UNTIL + 9)]
    count = count_range(MemoryRange({0: entries}, SINCE, UNTIL, 5), SINCE, UNTIL, 5)

    assert count.by_second == {"cheers": {UNTIL - 10: 1}}
    assert (count.records, count.unreadable) == (3, {"not JSON": 1})


def test_an_empty_range_is_counted_at_once() -> None:
    log = MemoryRange({0: [press(0, at=NOW - 90_000)], 1: []}, SINCE, UNTIL, 5)
    count = count_range(log, SINCE, UNTIL, 5)

    assert (count.by_second, count.people, count.records, count.whole) == ({}, 0, 0, True)
    assert (count.median, count.most) == (None, None)
    assert (count.is_final, count.as_of) == (False, {0: 1, 1: 0})


def test_a_range_is_final_once_every_partition_has_a_record_too_late_for_it() -> None:
    late, latest = press(1, at=UNTIL + 3599.9), press(2, at=UNTIL + 3600)
    first = press(0, at=SINCE)
    logs = {0: [first, late, latest], 1: [first, late]}
    count = count_range(MemoryRange(logs, SINCE, UNTIL, 5), SINCE, UNTIL, 5)
    assert (count.is_final, count.as_of) == (False, {0: 2, 1: 2})

    logs[1].append(latest)
    count = count_range(MemoryRange(logs, SINCE, UNTIL, 5), SINCE, UNTIL, 5)
    assert (count.is_final, count.as_of) == (True, {0: 2, 1: 2})


def test_an_hour_and_a_minute_after_its_end_a_range_takes_no_late_tap() -> None:
    logs = {0: [press(0, at=SINCE)]}
    for seconds, is_settled in ((3659, False), (3660, True)):
        log = MemoryRange(logs, SINCE, UNTIL, 5, opened_at=UNTIL + seconds)
        count = count_range(log, SINCE, UNTIL, 5)
        assert count.counted_at == UNTIL + seconds
        assert (count.is_final, count.is_settled) == (False, is_settled)


def test_per_person_the_median_and_the_most_are_told() -> None:
    entries = [press(offset, at=NOW - 600) for offset in range(10)]
    people = [
        entry._replace(record=entry.record._replace(person=b"%016x" % number))
        for entry, number in zip(entries, [1, 1, 1, 1, 2, 3, 3, 4, 4, 4], strict=True)
    ]
    count = count_range(MemoryRange({0: people}, SINCE, UNTIL, 5), SINCE, UNTIL, 5)

    assert (count.people, count.median, count.most) == (4, 2.5, 4)
