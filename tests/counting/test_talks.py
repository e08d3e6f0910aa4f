"""Talks from the changes of a log: the last one of each key counts, whatever else is there."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_app.counting.talk_values import FIELDS
from dash_app.counting.talks import MAX_MARKS, MAX_TALKS, Talk, TalkLog, Talks
from tests.counting.talk_model import (
    IDS,
    OK,
    WRITTEN,
    Written,
    changed,
    known_talk,
    marked,
    model,
    started,
    talks_of,
)

A, B, C = IDS


def shown(talk: Talk, talks: Talks, now: float) -> dict[str, Any]:
    return {
        "title": talk.title,
        "started_at": talk.started_at,
        "ended_at": talk.ended_at,
        "closed_at": talk.closed_at,
        "is_hidden": talk.is_hidden,
        "marks": [mark.id for mark in talk.marks],
        "runs": talk is talks.running(now),
    }


@given(st.lists(WRITTEN, max_size=20), st.integers(95, 115))
def test_talks_are_what_the_last_value_of_each_key_says(changes: list[Written], now: int) -> None:
    talks = talks_of(changes, now)

    found = {talk.id: shown(talk, talks, now) for talk in talks.newest_first}
    assert found == model(changes, now)
    assert [*found] == [*model(changes, now)]


@given(st.lists(WRITTEN, max_size=20))
def test_compaction_changes_nothing(changes: list[Written]) -> None:
    last = {key: index for index, (key, _) in enumerate(changes)}
    compacted = [change for index, change in enumerate(changes) if last[change[0]] == index]
    kept = [change for change in compacted if change[1] is not None]

    seen = [list(talks_of(log, 110).newest_first) for log in (changes, compacted, kept)]
    assert seen[0] == seen[1] == seen[2]


@settings(max_examples=200)
@given(st.lists(st.tuples(st.binary(max_size=40), st.none() | st.binary(max_size=40))))
def test_foreign_bytes_are_passed_over(records: list[tuple[bytes, bytes | None]]) -> None:
    log = TalkLog()
    for key, value in [(b"talk:aaaaaaaa", started(A, 100)[1]), *records]:
        log.apply(key, value)
    assert [talk.id for talk in log.talks(100).newest_first] == [A]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "x" * 81},
        {"title": ""},
        {"title": "two\nlines"},
        {"title": 7},
        {"reactions": []},
        {"reactions": OK * 2},
        {"reactions": [{"key": f"k{n}", "label": "x"} for n in range(9)]},
        {"reactions": [{"key": "Ok", "label": "x"}]},
        {"reactions": [{"key": "ok"}]},
        {"reactions": "ok"},
        {"started_at": 1.5},
        {"started_at": True},
        {"started_at": 10**12},
        {"ended_at": 100},
        {"ended_at": "now"},
    ],
)
def test_a_start_that_cannot_be_is_no_talk(fields: dict[str, Any]) -> None:
    good = {"title": "x", "reactions": OK, "started_at": 100, "ended_at": None}
    for start, count in ((good, 1), (good | fields, 0)):
        talks = talks_of([(f"talk:{A}", json.dumps(start).encode())], 100)
        assert len(talks.newest_first) == count


def test_a_later_start_ends_a_talk_and_a_range_that_was_over_ends_none() -> None:
    talks = talks_of([started(A, 100), started(B, 150, 160), started(C, 300)], 400)
    assert [talk.range for talk in talks.newest_first] == [(300, None), (150, 160), (100, 300)]
    assert talks.running(400) is talks.find(C)

    talks = talks_of([started(A, 100), started(B, 150, 160)], 400)
    assert talks.running(400) is talks.find(A)


def test_two_starts_in_one_second_agree_on_the_one_that_runs() -> None:
    for changes in ([started(A, 100), started(B, 100)], [started(B, 100), started(A, 100)]):
        talks = talks_of(changes, 101)
        assert [talk.range for talk in talks.newest_first] == [(100, None), (100, 100)]
        assert talks.running(101) is talks.find(B)


def test_a_talk_runs_until_its_end_and_one_ahead_of_the_clock_until_it_has_one() -> None:
    talks = talks_of([started(A, 100), changed(A, "ended_at", 200)], 150)
    assert [talks.running(now) is None for now in (150, 199.9, 200)] == [False, False, True]

    assert talks_of([started(A, 1000)], 100).running(100)
    assert not talks_of([started(A, 1000), changed(A, "ended_at", 1001)], 100).running(100)


def test_results_stay_hidden_until_they_are_shown_or_another_talk_starts() -> None:
    hidden = [started(A, 100), changed(A, "results", "hidden"), changed(A, "ended_at", 200)]
    for more, hides in (
        ([], True),
        ([changed(A, "results", "shown")], False),
        ([started(B, 300)], False),
    ):
        assert talks_of([*hidden, *more], 400).hides_results(400) is hides
    assert Talks().hides_results(400) is False


def test_ten_thousand_talks_leave_the_newest_thousand_quickly() -> None:
    began = time.perf_counter()
    log = [started(f"{number:08}", number) for number in range(10_000)]
    talks = talks_of([*log[::2], *log[1::2]], 20_000)

    assert [talk.started_at for talk in talks.newest_first] == [*range(9999, 9999 - MAX_TALKS, -1)]
    assert time.perf_counter() - began < 5


def test_the_first_marks_of_a_talk_are_kept_in_the_order_of_their_times() -> None:
    marks = [marked(A, f"{number:08}", 1000 - number) for number in range(MAX_MARKS + 5)]
    (talk,) = talks_of([*marks, started(A, 100)], 1000).newest_first

    assert [mark.at for mark in talk.marks] == [*range(1001 - MAX_MARKS, 1001)]
    assert [mark.at for mark in talk.marks_since(999)] == [999, 1000]


def test_a_talk_names_all_that_may_be_written_of_it() -> None:
    log = [started(A, 100), marked(A, "mmmmmmm1", 101), changed(A, "title", "New")]
    (talk,) = talks_of(log, 1000).newest_first

    assert {key for key, _ in log} <= {*talk.written_keys()}
    assert talks_of([*log, *((key, None) for key in talk.written_keys())], 1).newest_first == ()
    assert known_talk(5).written_keys()[0] == f"talk:{A}"


@pytest.mark.parametrize("field", [*FIELDS, None])
def test_no_value_is_too_deep_to_be_passed_over(field: str | None) -> None:
    log = TalkLog()
    key = b"talk:aaaaaaaa" if field is None else f"talk:aaaaaaaa:{field}".encode()
    for depth in (1, 500, 1023, 5000):
        deep = b"[" * depth + b"]" * depth
        for value in (deep, b'{"taps":%s,"at":%s}' % (deep, deep), b'{"reactions":%s}' % deep):
            log.apply(key, value)
    assert log.talks(time.time()).newest_first == ()
