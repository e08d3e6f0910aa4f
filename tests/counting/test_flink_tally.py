"""What Flink counted is taken over as it is, whatever comes again, late or from elsewhere."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_app.counting.checkpoint import FROM_THE_FIRST
from dash_app.counting.counts import Counts
from dash_app.counting.flink_tally import NO_ROW, FlinkTally, NoRow, decode
from dash_app.counting.projection import Problem
from dash_app.counting.records import Record

NOW = 1_795_494_000.0
DAY = 86_400
D = 100

# In both the clicks of two types stand apart; row_of puts them together as Flink does.
TOTAL = {
    "log": "one", "partition": 0, "next_offset": 10, "cheers": 4, "hate": 3, "duplicates": 1,
    "untimely": 2, "no_value": 0, "not_json": 1, "not_an_object": 0, "unknown_type": 1,
    "bad_timestamp": 0, "first_offset": 0, "first_time": NOW - 9, "even_since": NOW - 9,
    "odd_since": None, "remembers_s": DAY,
}  # fmt: skip

BIN = {"log": "one", "second": int(NOW) - 5, "cheers": 2, "hate": 1}


def row_of(fields: dict[str, Any]) -> dict[str, Any]:
    """Return a row of TOTAL or BIN as Flink writes it."""
    row = dict(fields)
    if {"cheers", "hate"} <= row.keys():
        cheers, hate = row.pop("cheers"), row.pop("hate")
        untimely = row.pop("untimely", 0)
        row["types"] = f"cheers {cheers} {untimely} 5,hate {hate} 0 2"
        row["clicks"] = cheers + hate
    return row


def record(fields: dict[str, Any] | bytes | None, **changes: Any) -> Record:
    value = orjson.dumps(row_of({**fields, **changes})) if isinstance(fields, dict) else fields
    return Record(7, NOW, value, None)


def new_tally(*partitions: int, incomplete: bool = False) -> FlinkTally:
    flink_tally = FlinkTally("one", D)
    for partition in partitions or (0,):
        flink_tally.begin(partition, replace(FROM_THE_FIRST, incomplete=incomplete))
    return flink_tally


def test_before_any_row_everything_is_zero() -> None:
    snapshot = new_tally(0, 1).publish(NOW)

    assert (snapshot.log_id, snapshot.as_of, snapshot.counts) == ("one", {"0": 0, "1": 0}, Counts())
    assert not snapshot.incomplete


def test_the_newest_row_of_each_partition_is_summed() -> None:
    flink_tally = new_tally(0, 1)
    rows = [record(TOTAL), record(TOTAL, partition=1, next_offset=20, cheers=7)]
    assert flink_tally.apply(0, rows) == []
    snapshot = flink_tally.publish(NOW)

    assert snapshot.as_of == {"0": 10, "1": 20}
    assert snapshot.counts == Counts(
        {"cheers": 11, "hate": 6}, 2, 4, {"not JSON": 2, "unknown type": 2}
    )


def test_a_row_that_comes_again_or_late_changes_nothing() -> None:
    flink_tally = new_tally()
    newer = record(TOTAL, next_offset=11, cheers=5)
    flink_tally.apply(0, [record(TOTAL), newer, record(BIN), record(BIN, cheers=1)])
    before = flink_tally.publish(NOW)
    flink_tally.apply(0, [newer, record(TOTAL), record(BIN, cheers=0, hate=0)])

    assert flink_tally.publish(NOW) == before
    assert (before.as_of, before.counts.clicks["cheers"]) == ({"0": 11}, 5)
    assert before.by_second["cheers"] == {int(NOW) - 5: 2}
    assert before.by_second["hate"] == {int(NOW) - 5: 1}


def test_rows_of_another_log_are_passed_over() -> None:
    flink_tally = new_tally()
    assert flink_tally.apply(0, [record(TOTAL, log="two"), record(BIN, log="two")]) == []
    snapshot = flink_tally.publish(NOW)

    assert (snapshot.as_of, snapshot.counts, snapshot.by_second) == ({"0": 0}, Counts(), {})


def test_a_row_of_a_partition_that_begins_later_is_shown_then() -> None:
    flink_tally = new_tally()
    assert flink_tally.apply(0, [record(TOTAL, partition=5)]) == []
    before = flink_tally.publish(NOW)
    flink_tally.begin(5, FROM_THE_FIRST)
    snapshot = flink_tally.publish(NOW)

    assert (before.as_of, before.counts) == ({"0": 0}, Counts())
    assert (snapshot.as_of, snapshot.counts.clicks["cheers"]) == ({"0": 0, "5": 10}, 4)


@pytest.mark.parametrize(
    "row",
    [
        None,
        b"",
        b"[]",
        b"second",
        b'"second"',
        b"\xff",
        record({}).value,
        *(record(TOTAL, **{name: -1}).value for name in ("cheers", "next_offset", "partition")),
        record(TOTAL, cheers=2.0).value,
        record(TOTAL, cheers=True).value,
        record(TOTAL, cheers=2**62).value,
        record(TOTAL, first_time=None).value,
        record(BIN, second="x").value,
        record(TOTAL, cheers=11).value,
        record(TOTAL, next_offset=2**62, cheers=2**62).value,
        record(TOTAL, first_time="nan").value,
        record(TOTAL, even_since="-inf").value,
        orjson.dumps(row_of(TOTAL)).replace(b'"odd_since":null', b'"odd_since":1e999'),
        record(row_of(TOTAL), types="cheers 7 0").value,
        record(row_of(TOTAL), types="cheers").value,
        record(row_of(TOTAL), types="cheers 8 0 5").value,
        record(row_of(BIN), types="cheers").value,
        record(BIN, second=-1).value,
        record(BIN, cheers=2**62).value,
        record(BIN, second=2**62).value,
    ],
)
def test_apply_returns_what_is_no_row_and_goes_on(row: bytes | None) -> None:
    flink_tally = new_tally()

    assert flink_tally.apply(3, [record(row), record(TOTAL)]) == [Problem(3, 7, NO_ROW)]
    assert flink_tally.publish(NOW).as_of == {"0": 10}


def test_of_more_types_than_count_the_first_in_the_log_do() -> None:
    flink_tally = new_tally()
    types = ",".join(f"type-{number} 1 1 {99 - number}" for number in range(40))
    flink_tally.apply(0, [record(row_of(TOTAL), next_offset=99, clicks=50, types=types)])
    counts = flink_tally.publish(NOW).counts

    assert counts.clicks == {f"type-{number}": 1 for number in range(8, 40)}
    assert (counts.out_of_window, counts.unreadable["too many types"]) == (32, 18)


@given(
    st.binary() | st.dictionaries(st.sampled_from([*TOTAL, *BIN]), st.floats()).map(orjson.dumps)
)
def test_any_value_is_a_row_or_none(value: bytes) -> None:
    try:
        decode(value)
    except NoRow:
        return


def test_what_is_too_old_to_draw_is_forgotten() -> None:
    flink_tally = new_tally()
    flink_tally.apply(0, [record(BIN)])

    assert flink_tally.publish(NOW + 3595).by_second["cheers"]
    assert flink_tally.publish(NOW + 3602).by_second == {}
    flink_tally.apply(0, [record(BIN)])
    assert flink_tally.publish(NOW + 3602).by_second == {}


def test_a_head_that_was_deleted_before_flink_read_it_makes_the_counts_incomplete() -> None:
    flink_tally = new_tally(incomplete=True)
    flink_tally.apply(0, [record(TOTAL)])
    assert not flink_tally.publish(NOW).incomplete, "it had been counted while it was there"
    flink_tally.apply(0, [record(TOTAL, next_offset=11, first_offset=3)])
    snapshot = flink_tally.publish(NOW)

    assert snapshot.incomplete
    assert snapshot.complete_since == NOW - 9


@pytest.mark.parametrize(
    ("next_offset", "since"),
    [(10, NOW - DAY), (200, NOW - DAY), (201, NOW - 300), (300, NOW - 300), (301, NOW - 400)],
)
def test_identities_are_remembered_since_the_generation_before(
    next_offset: int, since: float
) -> None:
    flink_tally = new_tally()
    turns = {"even_since": NOW - 400, "odd_since": NOW - 300}
    flink_tally.apply(0, [record(TOTAL, next_offset=next_offset, **turns)])

    assert flink_tally.publish(NOW).remembers_since == since


@pytest.mark.parametrize(
    ("next_offset", "since"),
    [(149, NOW - DAY), (150, NOW - 300), (249, NOW - 300), (250, NOW - 400), (349, NOW - 400)],
)
def test_a_repeat_must_be_known_half_a_generation_later(next_offset: int, since: float) -> None:
    flink_tally = new_tally()
    turns = {"even_since": NOW - 400, "odd_since": NOW - 300}
    flink_tally.apply(0, [record(TOTAL, next_offset=next_offset, **turns)])

    assert flink_tally.publish(NOW).repeatable_since == since


def test_a_generation_whose_records_have_no_time_is_remembered_for_nobody_knows_how_long() -> None:
    flink_tally = new_tally()
    flink_tally.apply(0, [record(TOTAL, next_offset=201, even_since=-0.001, odd_since=-0.001)])

    assert flink_tally.publish(NOW).repeat_seconds(NOW) == 0


def test_it_knows_no_single_clicks_and_commits_no_checkpoints() -> None:
    flink_tally = new_tally()
    flink_tally.apply(0, [record(TOTAL)])

    assert flink_tally.recent(0) == ([], True)
    assert flink_tally.checkpoints() == {}
