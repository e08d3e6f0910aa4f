"""The report adds up: segments, bins and seconds hold each click of the range exactly once."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_app.counting.range_count import RangeCount
from dash_app.counting.report import MOST_BINS, WIDTHS, Report, build_report, width_for
from dash_app.counting.talk_values import Mark, Start
from dash_app.counting.talks import Talk
from dash_app.settings.reactions import SEED, Reaction
from tests.counting.range_counts import START, example_report, range_count
from tests.counting.talk_model import known_talk

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tests" / "pages" / "example_report.json"
SCHEMA = jsonschema_rs.validator_for(json.loads((ROOT / "docs/report.schema.json").read_text()))

KEYS = st.one_of(
    st.sampled_from(["cheers", "hate", "ok", "__proto__", "constructor", "-1", "total"]),
    st.from_regex("[a-z0-9_-]{1,32}", fullmatch=True),
)


@st.composite
def counts(draw: st.DrawFn) -> RangeCount:
    since, length = draw(st.integers(0, 10**6)), draw(st.integers(1, 200))
    seconds = st.dictionaries(st.integers(since, since + length - 1), st.integers(1, 9))
    return range_count(
        since, since + length, by_second=draw(st.dictionaries(KEYS, seconds, max_size=32))
    )


def report_of(count: RangeCount, *marks: tuple[int, str], width: int | None = None) -> Report:
    """Return the report of a talk over the range, through JSON as a page reads it."""
    named = tuple(Mark(f"mark{index:04}", at, label) for index, (at, label) in enumerate(marks))
    talk = talk_with(*count.by_second, since=count.since, until=count.until, marks=named)
    report = build_report(count, talk, SEED, width)
    SCHEMA.validate(report)
    return json.loads(orjson.dumps(report))  # type: ignore[no-any-return]


def talk_with(*keys: str, since: int, until: int, marks: Sequence[Mark] = ()) -> Talk:
    reactions = tuple(Reaction(key, key) for key in keys or ("ok",))
    start = Start("A talk", reactions, since, None)
    return known_talk(since, until, start=start, marks=tuple(marks))


def naive_totals(count: RangeCount, since: int, until: int) -> dict[str, int]:
    seconds = range(since, until)
    return {
        key: total
        for key, counted in count.by_second.items()
        if (total := sum(counted.get(second, 0) for second in seconds))
    }


def without_zeros(totals: dict[str, int]) -> dict[str, int]:
    return {key: total for key, total in totals.items() if total}


@given(counts(), st.data())
def test_each_click_is_in_one_segment_one_bin_and_one_second(
    count: RangeCount, data: st.DataObject
) -> None:
    places = st.integers(max(count.since - 3, 0), count.until + 3)
    marks = sorted(data.draw(st.lists(st.tuples(places, st.sampled_from(["", "Demo"])))))
    width = data.draw(st.integers(1, 300))

    report = report_of(count, *marks, width=width)

    assert without_zeros(report["totals"]) == naive_totals(count, count.since, count.until)
    assert report["clicks"] == sum(report["totals"].values())
    bounds = [(segment["from"], segment["to"]) for segment in report["segments"]]
    inside = {at for at, _ in marks if count.since < at < count.until}
    assert bounds == [*itertools.pairwise([*sorted({count.since, *inside}), count.until])]
    for part in [*report["segments"], *report["moments"]]:
        start = part["from"] if "from" in part else part["at"]
        assert without_zeros(part["totals"]) == naive_totals(count, start, part["to"])
        assert part["clicks"] == sum(part["totals"].values())
    for key, bins in report["series"].items():
        assert len(bins) == -(-(count.until - count.since) // width)
        assert sum(bins) == report["totals"][key]
        seconds = {count.since + second: number for second, number in report["seconds"][key]}
        assert seconds == count.by_second.get(key, {})


@given(counts(), st.integers(1, 60))
def test_moments_are_the_highest_bins_a_twentieth_apart(count: RangeCount, width: int) -> None:
    report = report_of(count, width=width)

    bins = [sum(each) for each in zip(*report["series"].values(), strict=True)]
    left = [(-clicks, index) for index, clicks in enumerate(bins) if clicks]
    highest = list[tuple[int, int]]()
    while left and len(highest) < 5:
        clicks, top = min(left)
        highest.append((count.since + top * width, -clicks))
        left = [each for each in left if 20 * abs(each[1] - top) >= len(bins)]
        left = [each for each in left if each[1] != top]
    assert [(one["at"], one["clicks"]) for one in report["moments"]] == highest
    taken = sorted((one["at"], one["to"]) for one in report["moments"])
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(taken))
    assert all(end - start == width or end == count.until for start, end in taken)


def test_the_seconds_of_one_peak_are_one_moment() -> None:
    peak = {100 + second: 50 - second for second in range(8)}
    count = range_count(0, 200, by_second={"ok": {**peak, 20: 3, 150: 9}})

    moments = report_of(count)["moments"]

    assert [(one["at"], one["clicks"]) for one in moments] == [(100, 50), (150, 9), (20, 3)]


def test_a_segment_has_the_label_of_the_marks_that_begin_it() -> None:
    count = range_count(100, 200, by_second={"ok": {100: 1, 150: 2, 199: 4}})

    report = report_of(
        count, (99, "Before"), (150, "Demo"), (150, ""), (150, "Second try"), (200, "The end")
    )

    segments = [(one["label"], one["clicks"], one["per_minute"]) for one in report["segments"]]
    assert segments == [(None, 1, 1.2), ("Demo · Second try", 6, 7.2)]
    assert [mark["at"] for mark in report["talk"]["marks"]] == [150, 150, 150, 200]


def test_a_mark_at_the_start_names_the_first_segment() -> None:
    (only,) = report_of(range_count(100, 200), (100, "Welcome"))["segments"]

    assert (only["label"], only["from"], only["to"]) == ("Welcome", 100, 200)


def test_a_talk_of_a_second_has_taps_per_minute() -> None:
    report = report_of(range_count(100, 101, by_second={"ok": {100: 3}}))

    assert [(one["clicks"], one["per_minute"]) for one in report["segments"]] == [(3, 180.0)]
    assert report["moments"] == [{"at": 100, "to": 101, "totals": {"ok": 3}, "clicks": 3}]


def test_a_talk_holds_its_own_buttons_and_names_the_taps_of_others() -> None:
    by_second = {"ok": {100: 1}, "hate": {100: 8, 105: 1}, "cheers": {199: 5}}
    count = range_count(100, 200, by_second=by_second, people=3)

    report = build_report(
        count, talk_with("ok", "slow", since=100, until=200), (Reaction("hate", "Hate"),), 10
    )

    SCHEMA.validate(report)
    assert [one["key"] for one in report["reactions"]] == ["ok", "slow"]
    assert (report["totals"], report["clicks"]) == ({"ok": 1, "slow": 0}, 1)
    assert report["others"] == {"cheers": 5, "hate": 9}
    assert {*report["series"]} == {*report["seconds"]} == {"ok", "slow"}
    for part in [*report["segments"], *report["moments"]]:
        assert (part["totals"], part["clicks"]) == ({"ok": 1, "slow": 0}, 1)
    assert report["people"]["count"] == 3


def test_without_clicks_there_are_zeros_and_no_moments() -> None:
    report = report_of(range_count())

    assert (report["totals"], report["clicks"], report["moments"]) == ({"ok": 0}, 0, [])
    assert report["seconds"] == {"ok": []}
    assert len(report["segments"]) == 1


@pytest.mark.parametrize(("length", "width"), [(1, 1), (2700, 10), (3600, 10), (86_400, 300)])
def test_bins_suit_the_length(length: int, width: int) -> None:
    report = report_of(range_count(START, START + length))

    assert (report["bin"], width_for(length)) == (width, width)
    assert len(report["series"]["ok"]) <= MOST_BINS


def test_a_bin_is_at_least_a_second_wide() -> None:
    with pytest.raises(ValueError, match=r"a bin of 0 s"):
        report_of(range_count(), width=0)
    assert sorted(WIDTHS) == [*WIDTHS]


def test_a_range_without_a_talk_has_the_reactions_of_the_settings_and_what_was_found() -> None:
    count = range_count(by_second={"zebra": {START: 1}, "hate": {START: 2}, "ant": {START: 3}})

    report = build_report(count, None, (Reaction("ok", "Okay"), Reaction("hate", "Hate 👎")))

    SCHEMA.validate(report)
    named = [(one["key"], one["label"]) for one in report["reactions"]]
    assert named == [("ok", "Okay"), ("hate", "Hate 👎"), ("ant", "ant"), ("zebra", "zebra")]
    assert [*report["totals"]] == ["ok", "hate", "ant", "zebra"]
    assert (report["talk"], report["others"]) == (None, {})


@pytest.mark.parametrize(
    ("ended_at", "is_running"), [(None, True), (START + 400, True), (START + 300, False)]
)
def test_a_talk_runs_that_ends_after_the_range(ended_at: int | None, is_running: bool) -> None:
    report = build_report(range_count(), known_talk(START, ended_at), SEED)

    assert report["talk"]["running"] is is_running


@pytest.mark.parametrize(
    "changes",
    [
        {"people": None},
        {"people": 100_000, "more_people": True},
        {"people": 2, "median": 1.5, "most": 2},
        {"whole": False, "whole_from": 101, "why": "the head of the log is gone"},
        {"whole": False, "why": "the head of the log is gone", "is_final": False},
        {"is_final": False, "counted_at": START + 300 + 3660},
    ],
)
def test_what_the_count_knows_of_itself_is_in_the_report(changes: dict[str, Any]) -> None:
    count = range_count(**changes)

    report = report_of(count)

    people = report["people"]
    assert (people["count"], people["more"]) == (count.people, count.more_people)
    assert (people["median"], people["most"]) == (count.median, count.most)
    assert (report["whole"], report["whole_from"]) == (count.whole, count.whole_from)
    assert (report["why"], report["final"]) == (count.why, count.is_settled)


@pytest.mark.parametrize("missing", ["version", "segments", "as_of"])
def test_the_schema_wants_every_field_and_no_other(missing: str) -> None:
    report = example_report()

    SCHEMA.validate(report)
    assert not SCHEMA.is_valid({key: report[key] for key in report if key != missing})
    assert not SCHEMA.is_valid(report | {"client": "a"})


def test_the_example_for_the_pages_is_what_the_program_makes() -> None:
    assert json.loads(EXAMPLE.read_text()) == json.loads(orjson.dumps(example_report()))
