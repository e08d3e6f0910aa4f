import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from dash_app.consumer.published_state import STATES
from dash_app.counting.clicks import Click
from dash_app.counting.counts import Counts
from dash_app.counting.ring import Recent
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.windows import WINDOWS
from dash_app.settings.reactions import SEED, Reaction
from dash_app.web.responses import DataResponses, TaggedJson, TimelineResponses

NOW = 1_800_000_037.5
START = 1_800_000_036 - 118
"""Where the first of 60 bins of 2 s starts."""

SNAPSHOT = Snapshot(
    log_id="2-tPVXSZTiGBAlrOgNhqpg",
    as_of={"0": 41, "1": 7},
    counts=Counts(
        {"cheers": 30, "hate": 12, "elsewhere": 7},
        duplicates=3,
        out_of_window=2,
        unreadable={"not JSON": 1},
    ),
    by_second={
        "cheers": {START - 1: 50, START: 1, START + 1: 2, START + 2: 4, int(NOW): 8},
        "hate": {START + 119: 5, START + 120: 60},
        "elsewhere": {START: 7},
    },
)

CLICKS = [Click("cheers", NOW - 119), Click("hate", NOW - 3.25), Click("cheers", NOW + 2)]


def data_answer(recent: Any, snapshot: Snapshot, state: str, now: float) -> TaggedJson:
    return DataResponses(SEED).render(recent, snapshot, state, now)


def timeline(
    snapshot: Snapshot = SNAPSHOT, state: str = "live", window: int = 120, now: float = NOW
) -> TaggedJson:
    return TimelineResponses(SEED).render(snapshot, state, window, now)


def json_of(answer: TaggedJson) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer.body)
    return body


def changed(**fields: Any) -> Snapshot:
    return dataclasses.replace(SNAPSHOT, **fields)


def recent(*clicks: Click, truncated: bool = False) -> Callable[[float], Recent]:
    known = sorted(clicks, key=lambda click: click.timestamp)
    return lambda since: Recent([c for c in known if c.timestamp >= since], truncated)


def test_a_timeline_says_exactly_what_the_contract_lists() -> None:
    assert json_of(timeline()) == {
        "log": "2-tPVXSZTiGBAlrOgNhqpg",
        "window": 120,
        "bin": 2,
        "start": START,
        "reactions": [reaction._asdict() for reaction in SEED],
        "results": "shown",
        "talk": None,
        "totals": {"cheers": 30, "hate": 12},
        "series": {"cheers": [3, 4, *[0] * 57, 8], "hate": [*[0] * 59, 5]},
        "as_of": {"0": 41, "1": 7},
        "state": "live",
        "complete_since": None,
        "incomplete": False,
        "unreadable": {"not JSON": 1},
        "repeat_s": None,
        "server_time": NOW,
        "measured": {},
        "clock_skew_s": None,
    } | {"people": None, "more_people": False}


def test_other_reactions_come_in_the_order_of_their_buttons_with_zeros_where_nobody_tapped() -> (
    None
):
    reactions = (Reaction("ok", "Just right 👌"), Reaction("cheers", "<b>"), Reaction("hate", "No"))
    body = json_of(TimelineResponses(reactions).render(SNAPSHOT, "live", 120, NOW))
    data = json_of(DataResponses(reactions).render(recent(*CLICKS), SNAPSHOT, "live", NOW))

    assert body["reactions"][:2] == [
        {"key": "ok", "label": "Just right 👌"},
        {"key": "cheers", "label": "<b>"},
    ]
    assert list(body["totals"].items()) == [("ok", 0), ("cheers", 30), ("hate", 12)]
    assert list(body["series"]) == ["ok", "cheers", "hate"]
    assert body["series"]["ok"] == [0] * 60
    assert list(data["totals"].items()) == [("ok", 0), ("cheers", 30), ("fuck", 12)]


def test_what_was_measured_goes_along_and_is_no_part_of_the_tag() -> None:
    measured = {"lag": 3, "counted_ms": [1.5, 2.5]}
    answer = TimelineResponses(SEED).render(SNAPSHOT, "live", 120, NOW, measured, -5.08)

    assert json_of(answer)["measured"] == measured
    assert json_of(answer)["clock_skew_s"] == -5.1
    assert answer.etag == timeline().etag


@pytest.mark.parametrize(("window", "width"), [(120, 2), (900, 15), (3600, 60)])
def test_each_window_has_60_bins_aligned_to_the_clock(window: int, width: int) -> None:
    body = json_of(timeline(window=window))

    assert (body["window"], body["bin"]) == (window, width)
    assert [len(counts) for counts in body["series"].values()] == [60, 60]
    assert body["start"] % width == 0
    assert body["start"] + 59 * width <= NOW < body["start"] + 60 * width


def test_before_the_first_connection_a_timeline_is_all_zeros() -> None:
    body = json_of(timeline(Snapshot(), "connecting"))

    assert body["log"] is None
    assert body["as_of"] == {}
    assert body["totals"] == {"cheers": 0, "hate": 0}
    assert body["series"] == {"cheers": [0] * 60, "hate": [0] * 60}


def test_a_timeline_stays_small() -> None:
    busy = dict.fromkeys(range(START, START + 120), 10_000)

    assert len(timeline(changed(by_second={"cheers": busy, "hate": busy})).body) < 1300


def test_no_answer_of_the_timeline_has_the_wire_name_in_it() -> None:
    assert b"fuck" not in timeline().body


@pytest.mark.parametrize(
    ("since", "expected"),
    [(None, None), (START - 1.0, None), (float(START), START), (START + 0.5, START + 0.5)],
)
def test_complete_since_is_said_only_where_it_lies_in_the_window(
    since: float | None, expected: float | None
) -> None:
    assert json_of(timeline(changed(complete_since=since)))["complete_since"] == expected


def test_two_processes_give_the_same_tag_to_the_same_content() -> None:
    assert timeline() == timeline(changed(as_of={"0": 41, "1": 7}))
    assert len(timeline().etag) == 24


def test_a_tag_does_not_change_with_what_is_measured() -> None:
    remembering = changed(remembers_since=NOW - 100)
    earlier, later = timeline(remembering, now=NOW), timeline(remembering, now=NOW + 0.4)

    assert earlier.etag == later.etag == timeline().etag
    assert (json_of(earlier)["server_time"], json_of(later)["server_time"]) == (NOW, NOW + 0.4)


@pytest.mark.parametrize(
    "other",
    [
        timeline(changed(log_id="another")),
        timeline(changed(as_of={"0": 41, "1": 8})),
        timeline(changed(as_of={"0": 41})),
        timeline(changed(complete_since=NOW - 9)),
        timeline(changed(incomplete=True)),
        timeline(state="reconnecting"),
        timeline(now=NOW + 2),
        timeline(window=900),
        data_answer(recent(), SNAPSHOT, "live", NOW),
    ],
    ids=["log", "as_of", "partition", "complete", "incomplete", "state", "bin", "window", "route"],
)
def test_a_tag_changes_with_what_is_answered(other: TaggedJson) -> None:
    assert other.etag != timeline().etag


def test_bins_and_their_json_are_made_once_per_change() -> None:
    responses = TimelineResponses(SEED)
    rendered = [
        responses.render(SNAPSHOT, "live", 120, NOW),
        responses.render(SNAPSHOT, "live", 900, NOW),
        responses.render(SNAPSHOT, "live", 120, NOW + 0.4),
    ]

    # The tag is made together with the bins, so that the same object means the same making.
    assert rendered[2].etag is rendered[0].etag
    assert rendered[1].etag != rendered[0].etag
    for again in (
        responses.render(SNAPSHOT, "catching up", 120, NOW),
        responses.render(SNAPSHOT, "catching up", 120, NOW + 2),
        responses.render(changed(), "catching up", 120, NOW + 2),
    ):
        assert again.etag is not rendered[-1].etag
        rendered.append(again)


def test_a_new_snapshot_is_answered_at_once() -> None:
    responses = TimelineResponses(SEED)
    responses.render(SNAPSHOT, "live", 120, NOW)

    body = json_of(responses.render(changed(counts=Counts({"cheers": 31})), "live", 120, NOW))

    assert body["totals"] == {"cheers": 31, "hate": 0}


@pytest.mark.parametrize(
    ("repeatable_since", "seconds"),
    [(None, None), (NOW, 0), (NOW - 1.9, 0), (NOW - 2, 1), (NOW - 7201, 3600), (NOW + 50, 0)],
)
def test_a_batch_may_be_repeated_for_half_the_age_of_the_memory(
    repeatable_since: float | None, seconds: int | None
) -> None:
    snapshot = changed(repeatable_since=repeatable_since)

    assert snapshot.repeat_seconds(NOW) == seconds
    assert json_of(timeline(snapshot))["repeat_s"] == seconds


@pytest.mark.parametrize("state", [state for state in STATES if state != "live"])
def test_counts_that_have_not_caught_up_allow_no_repeat(state: str) -> None:
    for snapshot in (changed(repeatable_since=None), changed(repeatable_since=NOW - 7200)):
        answer = TimelineResponses(SEED).render(snapshot, state, 120, NOW)

        assert json_of(answer)["repeat_s"] == 0


def test_the_data_say_exactly_what_the_contract_lists() -> None:
    outside = [Click("hate", NOW - 121), Click("hate", NOW + 3600), Click("elsewhere", NOW)]
    answer = data_answer(recent(*CLICKS, *outside), SNAPSHOT, "live", NOW)

    assert json_of(answer) == {
        "totals": {"cheers": 30, "fuck": 12},
        "recent_history": [
            {"type": "cheers", "timestamp": NOW - 119},
            {"type": "fuck", "timestamp": NOW - 3.25},
            {"type": "cheers", "timestamp": NOW + 2},
        ],
        "server_time": NOW,
        "log": "2-tPVXSZTiGBAlrOgNhqpg",
        "as_of": {"0": 41, "1": 7},
        "state": "live",
        "truncated": False,
        "incomplete": False,
    }


def test_the_data_say_when_they_are_not_all() -> None:
    answer = data_answer(recent(truncated=True), changed(incomplete=True), "catching up", NOW)

    body = json_of(answer)
    assert (body["truncated"], body["incomplete"], body["state"]) == (True, True, "catching up")
    assert answer.etag != data_answer(recent(), changed(incomplete=True), "catching up", NOW).etag


def test_the_tag_of_the_data_is_the_same_in_every_process_within_a_second() -> None:
    first = data_answer(recent(*CLICKS), SNAPSHOT, "live", NOW)

    assert data_answer(recent(*CLICKS), changed(), "live", NOW + 0.4).etag == first.etag
    assert data_answer(recent(*CLICKS), SNAPSHOT, "live", NOW + 1).etag != first.etag
    assert data_answer(recent(*CLICKS), changed(as_of={"0": 42}), "live", NOW).etag != first.etag


def test_every_window_that_can_be_asked_for_can_be_answered() -> None:
    responses = TimelineResponses(SEED)

    assert [
        json_of(responses.render(SNAPSHOT, "live", window, NOW))["bin"] for window in WINDOWS
    ] == [
        2,
        15,
        60,
    ]


def test_the_data_are_made_once_per_change_and_second() -> None:
    floors: list[float] = []
    responses = DataResponses(SEED)

    def counting(since: float) -> Recent:
        floors.append(since)
        return Recent(CLICKS, truncated=False)

    first = responses.render(counting, SNAPSHOT, "live", NOW)
    again = [responses.render(counting, SNAPSHOT, "live", NOW + 0.2) for _ in range(50)]
    assert len(floors) == 1
    assert {answer.etag for answer in again} == {first.etag}
    assert json_of(again[0])["server_time"] == NOW + 0.2

    responses.render(counting, SNAPSHOT, "live", NOW + 1)
    responses.render(counting, SNAPSHOT, "reconnecting", NOW + 1)
    responses.render(counting, changed(), "reconnecting", NOW + 1)
    assert len(floors) == 4
