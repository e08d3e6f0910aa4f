import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_app.counting.checkpoint import (
    LARGEST_COUNT,
    METADATA_LIMIT,
    Checkpoint,
    decode,
)
from dash_app.counting.counts import Counts
from dash_app.counting.records import REASONS

TOPIC_ID = "2-tPVXSZTiGBAlrOgNhqpg"
D = 100
COUNTS = Counts(
    {"cheers": 700, "hate": 200}, duplicates=40, out_of_window=3, unreadable={"not JSON": 60}
)
NUMBERS = st.integers(0, LARGEST_COUNT)
KEYS = st.from_regex("[a-z0-9_-]{1,32}", fullmatch=True).filter(lambda key: key != "fuck")


def checkpoint_at(offset: int, *, topic_id: str = TOPIC_ID, dedup_offsets: int = D) -> Checkpoint:
    return Checkpoint(offset, topic_id, dedup_offsets, COUNTS)


@given(
    st.builds(
        Counts,
        clicks=st.dictionaries(KEYS, NUMBERS, max_size=32),
        duplicates=NUMBERS,
        out_of_window=NUMBERS,
        unreadable=st.dictionaries(st.sampled_from(REASONS), NUMBERS),
    ),
)
def test_a_checkpoint_comes_back_as_it_was_committed(counts: Counts) -> None:
    clicks = sum(counts.clicks.values())
    offset = clicks + counts.duplicates + sum(counts.unreadable.values())
    counts = replace(counts, out_of_window=min(counts.out_of_window, clicks))
    checkpoint = Checkpoint(offset, TOPIC_ID, D, counts)

    assert decode(offset, checkpoint.metadata()) == checkpoint
    assert decode(offset - 1, checkpoint.metadata()) is None


@pytest.mark.parametrize(
    ("offset", "counts"),
    [
        (0, Counts({"cheers": 1_000_000})),
        (2**53, Counts({"cheers": 2**62})),
        (10, Counts({"cheers": 6, "hate": 5})),
        (10, Counts(duplicates=11)),
        (10, Counts(unreadable={"not JSON": 6, "no value": 5})),
        (10, Counts({"cheers": 5}, out_of_window=6)),
        (10, Counts({"cheers": -1})),
    ],
)
def test_counts_that_cannot_stand_before_their_offset_are_no_checkpoint(
    offset: int, counts: Counts
) -> None:
    assert decode(offset, Checkpoint(offset, TOPIC_ID, D, counts).metadata()) is None


def test_the_metadata_holds_all_that_the_next_reader_needs() -> None:
    assert json.loads(checkpoint_at(1000).metadata()) == {
        "v": 4,
        "topic_id": TOPIC_ID,
        "D": D,
        "totals": {"cheers": 700, "hate": 200},
        "duplicates": 40,
        "untimely": 3,
        "incomplete": False,
        "unreadable": {"not JSON": 60},
    }


def test_the_largest_counts_fit_into_what_a_broker_keeps() -> None:
    counts = Counts(
        {f"{number:032}": LARGEST_COUNT for number in range(32)},
        LARGEST_COUNT,
        LARGEST_COUNT,
        dict.fromkeys(REASONS, LARGEST_COUNT),
    )

    metadata = Checkpoint(LARGEST_COUNT, TOPIC_ID, 250_000, counts).metadata()

    assert len(metadata.encode()) < METADATA_LIMIT == 4096


def test_32_keys_of_32_characters_come_back() -> None:
    counts = Counts({f"{number:032}": 2**47 for number in range(32)})
    checkpoint = Checkpoint(LARGEST_COUNT, TOPIC_ID, D, counts)

    assert decode(LARGEST_COUNT, checkpoint.metadata()) == checkpoint


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "null",
        "7",
        '"v"',
        "[]",
        "[1]",
        "{}",
        "not JSON",
        "{" * 2000,
        '{"v":4}',
        '{"v":4,"topic_id":"x","D":1,"totals":{}}',
        '{"v":4,"topic_id":"x","D":1,"totals":[1,2],"duplicates":0,"untimely":0,"unreadable":{}}',
    ],
)
def test_metadata_of_somebody_else_is_no_checkpoint(metadata: str) -> None:
    assert decode(5, metadata) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 0),
        ("v", 1),
        ("v", "1"),
        ("v", None),
        ("D", "100"),
        ("D", -1),
        ("D", 1.5),
        ("D", True),
        ("v", 3),
        ("v", 5),
        ("totals", {"cheers": 700, "hate": -1}),
        ("totals", {"cheers": "1", "hate": 900}),
        ("totals", {"cheers": 700, "Cheers": 200}),
        ("totals", {"cheers": 700, "too many types": 200}),
        ("totals", {"hate": 700, "fuck": 200}),
        ("totals", {"": 900}),
        ("totals", {"x" * 33: 900}),
        ("totals", {f"key-{number}": 30 for number in range(33)}),
        ("totals", [["cheers", 900]]),
        ("totals", None),
        ("duplicates", None),
        ("duplicates", 1e300),
        ("duplicates", LARGEST_COUNT + 1),
        ("v", True),
        ("untimely", False),
        ("unreadable", []),
        ("unreadable", {"not JSON": -3}),
        ("unreadable", {"buy now": 1}),
        ("unreadable", None),
    ],
)
def test_one_bad_field_makes_it_no_checkpoint(field: str, value: object) -> None:
    fields = json.loads(checkpoint_at(LARGEST_COUNT).metadata())
    assert decode(LARGEST_COUNT, json.dumps(fields)) is not None

    assert decode(LARGEST_COUNT, json.dumps(fields | {field: value})) is None


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_any_text_is_a_checkpoint_or_none(metadata: str) -> None:
    assert decode(5, metadata) is None
