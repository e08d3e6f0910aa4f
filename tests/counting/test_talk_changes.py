"""What a presenter may do, decided from what is known: for every order of events one outcome."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_app.counting.talk_changes import (
    Changes,
    ConflictingChange,
    NewMark,
    NewTalk,
    UnknownId,
    add_mark,
    change_talk,
    delete_mark,
    delete_talk,
    start_talk,
)
from dash_app.counting.talks import MAX_TALKS, Change, Talks
from dash_app.settings.reactions import SEED
from tests.counting.talk_model import IDS, changed, started, talks_of

A, B, C = IDS
NOW = 1_800_000_000.7


def after(changes: list[Change], now: float = NOW) -> Talks:
    """Return the talks after all of these changes."""
    return talks_of([*changes], now)


def start(changes: list[Change], talk_id: str, now: float, **times: int) -> Changes:
    """Start a talk, and add what is to be written to the changes."""
    made = start_talk(after(changes, now), NewTalk(talk_id, "A talk", SEED, **times), now)
    changes += made
    return made


STEPS = st.lists(
    st.tuples(st.sampled_from(["start", "end", "delete", "back"]), st.sampled_from(IDS)),
    max_size=12,
)


@given(STEPS, st.floats(0, 3))
def test_at_most_one_talk_runs_whatever_is_done(steps: list[tuple[str, str]], pause: float) -> None:
    changes: list[Change] = []
    now = NOW
    for what, talk_id in steps:
        now += -7200 if what == "back" else pause
        talks = after(changes, now)
        known = talks.find(talk_id)
        made: Changes = ()
        was_over = known is not None and known.is_over(now)
        try:
            if what == "start":
                made = start(changes, talk_id, now)
            elif what == "end":
                changes += change_talk(talks, talk_id, {"ended_at": "now"}, now)
            elif what == "delete":
                changes += delete_talk(talks, talk_id)
        except (UnknownId, ConflictingChange):
            continue
        talks = after(changes, now)
        assert len([talk for talk in talks.newest_first if talk.ended_at is None]) <= 1
        if what == "end":
            talk = talks.find(talk_id)
            assert talk is not None
            assert talk.ended_at is not None
            # It ends with the second that is under way, or with its first one.
            assert was_over or talk.ended_at == max(int(now), talk.started_at) + 1
            end = max(now, talk.ended_at)
            assert change_talk(talks, talk_id, {"ended_at": "now"}, end) == []
        if made:
            assert talks.running(now) is talks.find(talk_id)


def test_a_start_in_the_second_of_another_gets_the_next_one() -> None:
    changes: list[Change] = []
    start(changes, B, NOW)
    start(changes, A, NOW)

    talks = after(changes)
    assert [talk.range for talk in talks.newest_first] == [
        (int(NOW) + 1, None),
        (int(NOW), int(NOW) + 1),
    ]
    running = talks.running(NOW)
    assert running is not None
    assert running.id == A


def test_a_range_that_is_over_ends_no_other_and_a_planned_end_does() -> None:
    changes: list[Change] = []
    start(changes, A, NOW - 1000)
    start(changes, B, NOW, started_at=int(NOW) - 500, ended_at=int(NOW) - 400)
    assert [talk.id for talk in after(changes).newest_first if talk.ended_at is None] == [A]

    start(changes, C, NOW, ended_at=int(NOW) + 600)
    talks = after(changes)
    running = talks.running(NOW)
    assert running is not None
    assert (running.id, running.ended_at) == (C, int(NOW) + 600)
    assert talks.running(NOW + 601) is None


def test_no_talk_is_moved_past_another() -> None:
    talks = talks_of([started(IDS[0], 100), started(IDS[1], 200)], 300)
    for wanted in ({"started_at": 200}, {"started_at": 250, "ended_at": 260}):
        with pytest.raises(ConflictingChange, match="'A talk' starts in between"):
            change_talk(talks, IDS[0], wanted, 300)
    with pytest.raises(ConflictingChange, match="'A talk' starts in between"):
        change_talk(talks, IDS[1], {"started_at": 99}, 300)
    with pytest.raises(ConflictingChange, match="'A talk' starts in between"):
        start_talk(talks, NewTalk(IDS[2], "Earlier", SEED, 150), 300)

    assert change_talk(talks, IDS[0], {"started_at": 199}, 300)
    assert change_talk(talks, IDS[1], {"started_at": 101}, 300)


def test_a_talk_ends_when_the_next_one_starts_however_late_its_end_was_planned() -> None:
    changes = [started(IDS[0], 100), changed(IDS[0], "ended_at", 900), started(IDS[1], 200)]
    talks = talks_of([*changes, changed(IDS[1], "ended_at", 300)], 400)

    assert [talk.range for talk in talks.newest_first] == [(200, 300), (100, 200)]
    assert talks.running(400) is None


def test_an_older_talk_than_all_that_are_kept_is_refused() -> None:
    log = [started(f"{number:08}", 1000 + number) for number in range(MAX_TALKS)]
    talks = talks_of(log, NOW)
    with pytest.raises(ConflictingChange, match="delete one first"):
        start_talk(talks, NewTalk(A, "x", SEED, 900, 950), NOW)
    assert start_talk(talks, NewTalk(A, "x", SEED), NOW)


def test_a_repeated_start_is_compared_with_what_was_started() -> None:
    changes: list[Change] = []
    start(changes, A, NOW, ended_at=int(NOW) + 60)
    talks = after([*changes, *change_talk(after(changes), A, {"title": "New"}, NOW)])

    for times in ({}, {"started_at": int(NOW)}, {"ended_at": int(NOW) + 60}):
        assert start_talk(talks, NewTalk(A, "A talk", SEED, **times), NOW + 5) == []
    for other in (
        NewTalk(A, "New", SEED),
        NewTalk(A, "A talk", SEED[:1]),
        NewTalk(A, "A talk", SEED, int(NOW) + 1),
        NewTalk(A, "A talk", SEED, None, int(NOW) + 61),
    ):
        with pytest.raises(ConflictingChange, match="another talk"):
            start_talk(talks, other, NOW)


def test_what_is_asked_for_is_written_and_closing_keeps_its_time() -> None:
    changes: list[Change] = []
    start(changes, A, NOW)
    for now in (NOW, NOW + 5):
        changes += change_talk(after(changes), A, {"title": "A talk", "taps": "closed"}, now)
        assert [change.key for change in changes[-2:]] == [f"talk:{A}:title", f"talk:{A}:taps"]
    talk = after(changes).find(A)
    assert talk is not None
    assert talk.closed_at == NOW


def test_who_has_not_seen_the_last_change_undoes_it_all_the_same() -> None:
    changes: list[Change] = []
    start(changes, A, NOW)
    seen_by_the_other = after(changes)
    changes += change_talk(after(changes), A, {"taps": "closed", "results": "hidden"}, NOW)
    wanted = {"taps": "open", "results": "shown"}
    changes += change_talk(seen_by_the_other, A, wanted, NOW + 0.1)
    talk = after(changes).find(A)
    assert talk is not None
    assert (talk.closed_at, talk.is_hidden) == (None, False)


def test_a_mark_without_a_time_lies_in_its_talk() -> None:
    changes: list[Change] = []
    start(changes, A, NOW)
    changes += change_talk(after(changes), A, {"ended_at": "now"}, NOW + 9)
    talks = after(changes)
    for now in (NOW - 3600, NOW + 3, NOW + 3600):
        (mark,) = add_mark(talks, A, NewMark("mmmmmmmm", "x"), now)
        (kept,) = after([*changes, mark]).newest_first[0].marks
        assert int(NOW) <= kept.at <= int(NOW) + 9
    for at in (int(NOW) - 1, int(NOW) + 10):
        with pytest.raises(ConflictingChange):
            add_mark(talks, A, NewMark("mmmmmmmm", "x", at), NOW)
    with pytest.raises(UnknownId, match="no such mark"):
        delete_mark(talks, A, "mmmmmmmm")
