"""How many persons clicked: the same as if every click were remembered."""

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_app.counting import people
from dash_app.counting.clicks import Identity
from dash_app.counting.flink_tally import FlinkTally
from dash_app.counting.people import UNKNOWN, PeopleCounts, Persons
from dash_app.counting.people import People as Answer
from dash_app.counting.records import decode_person
from dash_app.counting.second_counts import KEPT_SECONDS
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.tally import Tally
from tests import naive
from tests.counting.tallies import TOPIC_ID, new_tally, plans, read
from tests.naive import NOW, Entry, Logs, press

Clicks = list[tuple[int, int]]
"""The person and the second of each click."""

DRAWN = int(NOW)


def persons_since(clicks: Clicks, second: int) -> Answer:
    """Return who clicked since then, counted the slow way."""
    number = len({person for person, at in clicks if at >= second})
    return Answer(min(number, people.MOST_PERSONS), number > people.MOST_PERSONS)


def told(clicks: Iterable[tuple[int, int]], since: int = 0) -> Persons:
    persons = Persons(since)
    for click in clicks:
        persons.add(*click)
    return persons


@pytest.mark.parametrize("most", [5, 40, 100_000], ids=["few", "some", "all"])
@pytest.mark.parametrize("seed", range(4))
def test_any_stream_gives_what_remembering_every_click_gives(
    monkeypatch: pytest.MonkeyPatch, most: int, seed: int
) -> None:
    monkeypatch.setattr(people, "MOST_PERSONS", most)
    monkeypatch.setattr(people, "ROOM", 3)
    draw = random.Random(seed)
    persons, clicks = Persons(), Clicks()
    starts = [DRAWN - draw.randrange(600) for _ in range(2)]
    for step in range(400):
        now = DRAWN - 500 + step
        for _ in range(draw.randrange(4)):
            # Late ones, and some from ahead of this clock.
            click = draw.randrange(60), now - draw.choice([0, 0, 0, 1, 5, 130, 3000, -2])
            persons.add(*click)
            clicks.append(click)
        if step == 200:
            starts = [*starts[1:], DRAWN - 400]
        persons.follow([(start, None) for start in starts])
        published = persons.publish(now, None)
        for later in (0, 3, 119):
            expected = persons_since(clicks, now + later - 120)
            assert published.at(now + later) == expected
        for start in starts:
            assert published.since(start) == persons_since(clicks, start)


def named(logs: Logs) -> Logs:
    """Return the logs with one of five persons in each record."""
    return {
        number: [
            entry._replace(record=entry.record._replace(person=b"%016x" % _person(entry)))
            for entry in entries
        ]
        for number, entries in logs.items()
    }


def _person(entry: Entry) -> int:
    return entry.record.offset % 5


@given(naive.partitions(), st.integers(1, 7), st.data())
def test_a_restart_at_any_offset_counts_the_same_persons(
    logs: Logs, dedup_offsets: int, data: st.DataObject
) -> None:
    logs = named(logs)
    clicks = [
        (_person(entry), int(fate.drawn_at))
        for entries in logs.values()
        for entry, fate in zip(entries, naive.fates(entries, dedup_offsets), strict=True)
        if fate.drawn_at is not None and fate.drawn_at < NOW + people.AHEAD_SECONDS
    ]
    stops = {number: data.draw(st.integers(0, end)) for number, end in naive.ends(logs).items()}
    before = new_tally(logs, dedup_offsets)
    for number, entries in logs.items():
        read(before, number, entries, 0, stops[number])
    oldest, starts = DRAWN - KEPT_SECONDS, plans(logs, before.checkpoints(), dedup_offsets)
    tally = Tally(TOPIC_ID, dedup_offsets, 1000, since=oldest)
    ranges = [(oldest, None), (oldest - 1, None), (DRAWN - 700, None)]
    tally.follow(ranges)
    for number, start in starts.items():
        tally.begin(number, start)
    tally.publish(NOW)
    for number, entries in logs.items():
        read(tally, number, entries, starts[number].read_from, naive.ends(logs)[number])

    counts = tally.publish(NOW).people
    assert counts.at(NOW) == persons_since(clicks, DRAWN - 120)
    assert counts.since(oldest - 1) == UNKNOWN
    for since in (oldest, DRAWN - 700):
        assert counts.since(since) == persons_since(clicks, since)


def test_the_number_is_exact_up_to_a_hundred_thousand_and_says_when_there_are_more() -> None:
    crowd = [(person, DRAWN - 60) for person in range(100_000)]
    persons = told(crowd)
    persons.follow([(DRAWN - 90, None)])
    full = persons.publish(NOW, None)
    persons.add(100_000, DRAWN)
    more = persons.publish(NOW, None)
    for person in range(100_001, 130_000):
        persons.add(person, DRAWN)
    forgotten = persons.publish(NOW, None)

    assert full.at(NOW) == full.since(DRAWN - 90) == Answer(100_000, more_people=False)
    for counts in (more, forgotten):
        assert counts.at(NOW) == counts.since(DRAWN - 90) == Answer(100_000, more_people=True)
    # Those who came last are all remembered, so their number is exact again.
    assert more.at(NOW + 61) == Answer(1)
    assert forgotten.at(NOW + 61) == Answer(30_000)


def test_what_was_drawn_before_the_reading_began_is_not_known() -> None:
    persons = told([(1, DRAWN)], since=DRAWN - 100)
    persons.follow([(DRAWN - 101, None), (DRAWN - 100, None)])
    counts = persons.publish(NOW, None)

    assert counts.at(NOW) == counts.since(DRAWN - 101) == UNKNOWN
    assert counts.since(DRAWN - 100) == counts.at(NOW + 20) == Answer(1)
    assert persons.publish(NOW, whole_since=NOW).since(DRAWN - 100) == UNKNOWN


def test_the_talk_whose_end_moved_is_counted_and_one_that_is_over_is_not() -> None:
    persons = told([(1, DRAWN - 50), (2, DRAWN - 10)])
    persons.follow([(DRAWN - 30, DRAWN + 3), (DRAWN - 60, DRAWN - 30)])
    counts = persons.publish(NOW, None)
    persons.follow([(DRAWN - 55, None)])

    assert counts.since(DRAWN - 30) == Answer(1)
    assert counts.since(DRAWN - 60) == UNKNOWN
    assert persons.publish(NOW, None).since(DRAWN - 55) == Answer(2)


def test_a_click_from_far_ahead_names_nobody_and_what_was_published_never_changes() -> None:
    persons = told([(1, DRAWN)])
    persons.follow([(DRAWN, None)])
    before = persons.publish(NOW, None)
    kept = replace(before, recent=dict(before.recent), since_starts=dict(before.since_starts))
    persons.add(2, DRAWN + 2 * 3600)
    persons.add(3, DRAWN + 20)

    assert persons.publish(NOW, None).since(DRAWN) == Answer(2)
    assert before == kept
    assert before.since(DRAWN) == Answer(1)


def test_after_hours_without_a_click_the_first_one_names_its_person() -> None:
    persons = told([(1, DRAWN)])
    persons.publish(NOW, None)
    persons.add(2, DRAWN + 5 * 3600)
    persons.add(1, DRAWN + 5 * 3600)
    persons.add(3, DRAWN + 7 * 3600)

    assert persons.publish(NOW + 5 * 3600, None).at(NOW + 5 * 3600) == Answer(2)
    assert persons.publish(NOW + 7 * 3600, None).at(NOW + 7 * 3600) == Answer(0)


def test_without_a_reading_nothing_is_known() -> None:
    assert Snapshot().people == PeopleCounts()
    assert PeopleCounts().at(NOW) == PeopleCounts().since(0) == UNKNOWN


@pytest.mark.parametrize(
    ("header", "person"),
    [
        (b"00000000000000ff", 255),
        (b"00000000000000FF", 255),
        (b"f" * 16, 2**64 - 1),
        (None, None),
        (b"", None),
        (b"f" * 15, None),
        (b"f" * 17, None),
        (b"0x0000000000000f", None),
        (b"00000000000000f\n", None),
        (b"0000_0000_0000_f", None),
        (b" 00000000000000f", None),
        (b"\xff\xfe" * 8, None),
        ("٣".encode() * 8, None),
    ],
)
def test_a_person_is_sixteen_hexadecimal_digits(header: bytes | None, person: int | None) -> None:
    assert decode_person(header) == person


def test_repeats_late_clicks_and_what_is_no_click_are_of_nobody() -> None:
    identity = Identity("phone-1", 1, 0)
    entries = [
        press(0, age=100.0, identity=identity),
        press(1, identity=identity),
        press(2, age=3700.0),
        press(3),
        press(4),
    ]
    persons = [f"{one.record.offset:016x}".encode() for one in entries[:4]] + [b"me"]
    named = [
        one.record._replace(person=person) for one, person in zip(entries, persons, strict=True)
    ]
    named[3] = named[3]._replace(value=b"not JSON")
    tally = new_tally({0: entries}, 5)
    tally.apply(0, named)

    assert tally.publish(NOW).people.at(NOW) == Answer(1)


def test_flink_writes_counts_and_no_persons() -> None:
    assert FlinkTally(TOPIC_ID, 5).publish(NOW).people.at(NOW) == UNKNOWN
