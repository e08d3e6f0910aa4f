"""Where the reading of a partition starts, from a checkpoint or without one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_app.counting.checkpoint import (
    REPLAY_LIMIT,
    Checkpoint,
    StartPosition,
    decode,
    plan_start,
)
from dash_app.counting.counts import Counts
from dash_app.settings import Settings
from tests.counting.test_checkpoint import COUNTS, TOPIC_ID, D, checkpoint_at


def plan_from(
    checkpoint: Checkpoint | None,
    *,
    log_start: int = 0,
    log_end: int = 1000,
    oldest_bin_offset: int | None = None,
    dedup_offsets: int = D,
) -> StartPosition:
    return plan_start(
        checkpoint,
        topic_id=TOPIC_ID,
        dedup_offsets=dedup_offsets,
        log_start=log_start,
        log_end=log_end,
        oldest_bin_offset=log_end if oldest_bin_offset is None else oldest_bin_offset,
    )


def test_without_a_checkpoint_everything_is_counted() -> None:
    start = plan_from(None)

    assert (start.read_from, start.count_from, start.counts) == (0, 0, Counts())
    assert start.whole_from is None
    assert not start.incomplete
    assert (
        start.note == "counting from the log's start, offset 0: there is no checkpoint of version 4"
    )


@pytest.mark.parametrize(
    ("checkpoint", "reason"),
    [
        (
            checkpoint_at(500, topic_id="another"),
            f"the checkpoint is of topic id another, not {TOPIC_ID}",
        ),
        (checkpoint_at(500, dedup_offsets=99), "the checkpoint is for D = 99, not 100"),
        (checkpoint_at(1001), "the checkpoint at offset 1001 lies outside 0..1000"),
    ],
)
def test_a_checkpoint_that_is_not_valid_is_passed_over_and_the_log_says_why(
    checkpoint: Checkpoint, reason: str
) -> None:
    start = plan_from(checkpoint)

    assert (start.read_from, start.count_from, start.counts) == (0, 0, Counts())
    assert start.note == f"counting from the log's start, offset 0: {reason}"


def test_counting_without_the_head_of_the_log_is_incomplete() -> None:
    start = plan_from(None, log_start=10)

    assert (start.read_from, start.count_from, start.counts) == (10, 10, Counts())
    assert start.incomplete


def test_what_was_incomplete_stays_so_after_a_restart() -> None:
    for incomplete in (False, True):
        committed = Checkpoint(20, "topic-1", 10, Counts({"cheers": 10}), incomplete)
        read = decode(20, committed.metadata())
        assert read == committed
        start = plan_start(
            read,
            topic_id="topic-1",
            dedup_offsets=10,
            log_start=0,
            log_end=25,
            oldest_bin_offset=20,
        )
        assert start.incomplete is incomplete


def test_a_checkpoint_before_the_log_start_is_not_valid_and_the_count_incomplete() -> None:
    start = plan_from(checkpoint_at(500), log_start=501)

    assert (start.read_from, start.counts) == (501, Counts())
    assert start.incomplete
    assert start.note.endswith("the checkpoint at offset 500 lies outside 501..1000")


def test_a_valid_checkpoint_makes_up_for_a_head_that_is_gone() -> None:
    start = plan_from(checkpoint_at(500), log_start=500)

    assert (start.read_from, start.count_from, start.counts) == (500, 500, COUNTS)
    assert not start.incomplete


@pytest.mark.parametrize("offset", [0, 1000])
def test_both_ends_of_the_log_are_inside_it(offset: int) -> None:
    assert plan_from(checkpoint_at(offset)).counts == COUNTS


@pytest.mark.parametrize(
    ("offset", "oldest_bin_offset", "read_from"),
    [
        (1000, 1000, 900),
        (999, 1000, 800),
        (500, 1000, 400),
        (50, 1000, 0),
        # What is drawn again is judged by the two generations before it as well.
        (1000, 850, 700),
        (1000, 90, 0),
    ],
)
def test_reading_goes_back_as_far_as_memory_and_bins_need(
    offset: int, oldest_bin_offset: int, read_from: int
) -> None:
    start = plan_from(checkpoint_at(offset), oldest_bin_offset=oldest_bin_offset)

    assert (start.read_from, start.count_from, start.counts) == (read_from, offset, COUNTS)
    assert start.whole_from is None
    assert start.note == f"continuing at offset {offset}, reading again from {read_from}"


@settings(max_examples=200)
@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 250_000))
def test_a_plan_stays_in_the_log_within_the_limit_and_before_the_horizon(
    log_start: int, counted: int, oldest: int, dedup_offsets: int
) -> None:
    offset, log_end = log_start + counted, log_start + counted + 5
    start = plan_from(
        checkpoint_at(offset, dedup_offsets=dedup_offsets),
        log_start=log_start,
        log_end=log_end,
        oldest_bin_offset=min(log_start + oldest, log_end),
        dedup_offsets=dedup_offsets,
    )

    assert log_start <= start.read_from <= start.count_from == offset
    assert start.count_from - start.read_from <= REPLAY_LIMIT
    assert start.read_from <= max(log_start, (offset // dedup_offsets - 1) * dedup_offsets)


@pytest.mark.parametrize(
    ("offset", "log_start", "read_from", "whole_from"),
    [
        (1000, 0, 900, 1000),
        (1050, 0, 900, 1000),
        (150, 0, 0, None),
        (1050, 950, 950, 950),
    ],
)
def test_without_the_time_of_any_record_the_bins_are_whole_once_memory_is(
    offset: int, log_start: int, read_from: int, whole_from: int | None
) -> None:
    checkpoint = Checkpoint(offset, TOPIC_ID, D, Counts({"cheers": 100}))
    start = plan_start(
        checkpoint,
        topic_id=TOPIC_ID,
        dedup_offsets=D,
        log_start=log_start,
        log_end=2000,
        oldest_bin_offset=None,
    )

    assert (start.read_from, start.count_from, start.whole_from) == (read_from, offset, whole_from)


def test_a_start_that_reads_too_little_for_the_bins_is_not_whole() -> None:
    log_end = 2 * REPLAY_LIMIT

    start = plan_from(checkpoint_at(log_end), log_end=log_end, oldest_bin_offset=50)

    assert start.read_from == log_end - REPLAY_LIMIT
    # Before this record a generation of identities may be missing in part.
    assert start.whole_from == start.read_from + D


def test_the_limit_of_reading_again_reaches_to_the_horizon_of_the_largest_d() -> None:
    largest = next(
        constraint.le
        for constraint in Settings.model_fields["dedup_offsets"].metadata
        if hasattr(constraint, "le")
    )

    assert 2 * largest <= REPLAY_LIMIT


@pytest.mark.parametrize("checkpoint", [None, checkpoint_at(600)])
@pytest.mark.parametrize(
    ("log_start", "oldest_bin_offset", "whole_from"),
    [(0, 0, None), (500, 501, None), (500, 500, 500)],
)
def test_bins_are_whole_unless_deleted_records_may_have_filled_one(
    checkpoint: Checkpoint | None, log_start: int, oldest_bin_offset: int, whole_from: int | None
) -> None:
    start = plan_from(checkpoint, log_start=log_start, oldest_bin_offset=oldest_bin_offset)

    assert start.whole_from == whole_from
