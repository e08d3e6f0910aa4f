import math
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from dash_app.counting.clicks import MAX_INDEX, MAX_SEQ, Identity
from dash_app.counting.dedup import Dedup
from dash_app.counting.snapshot import Snapshot

Sighting = tuple[int, Identity | None]
"""An offset, and the identity seen there."""

A = Identity("a", 1, 0)
IDENTITIES = [A, Identity("a", 1, 1), Identity("a", 2, 0), Identity("b", 1, 0)]


def sightings() -> st.SearchStrategy[list[Sighting]]:
    step = st.tuples(st.sampled_from([1, 1, 1, 2, 20]), st.sampled_from([None, *IDENTITIES]))
    return st.lists(step, max_size=60).map(with_offsets)


def with_offsets(steps: Sequence[Sighting]) -> list[Sighting]:
    offset, log = -1, []
    for gap, identity in steps:
        offset += gap
        log.append((offset, identity))
    return log


def judge(dedup: Dedup, log: Sequence[Sighting]) -> list[bool]:
    """Return for each sighting whether it is a repeat; a record's time is 1000 + its offset."""
    repeats = []
    for offset, identity in log:
        dedup.advance(offset, 1000.0 + offset)
        repeats.append(identity is not None and dedup.is_repeat(identity))
    return repeats


def test_nobody_knows_how_long_a_generation_without_times_is_remembered() -> None:
    dedup = Dedup(10)
    for offset in range(33):
        dedup.advance(offset, -0.001 if offset < 30 else 1000.0 + offset)
    assert dedup.remembers_since == math.inf
    assert Snapshot(repeatable_since=dedup.repeatable_since).repeat_seconds(2000.0) == 0

    for offset in range(33, 50):
        dedup.advance(offset, 1000.0 + offset)
    assert dedup.remembers_since == 1030.0


def judge_naively(log: Sequence[Sighting], dedup_offsets: int) -> list[bool]:
    return [
        identity is not None
        and any(
            earlier == identity and (offset // dedup_offsets - 1) * dedup_offsets <= seen
            for seen, earlier in log[:index]
        )
        for index, (offset, identity) in enumerate(log)
    ]


@settings(max_examples=120)
@given(sightings(), st.integers(1, 9))
def test_a_repeat_is_what_was_seen_in_this_generation_or_the_one_before(
    log: list[Sighting], dedup_offsets: int
) -> None:
    assert judge(Dedup(dedup_offsets), log) == judge_naively(log, dedup_offsets)


@settings(max_examples=120)
@given(sightings(), st.integers(1, 9), st.data())
def test_who_starts_at_the_horizon_decides_like_who_read_everything(
    log: list[Sighting], dedup_offsets: int, data: st.DataObject
) -> None:
    everything = Dedup(dedup_offsets)
    decided = judge(everything, log)
    index = data.draw(st.integers(0, max(0, len(log) - 1)), label="restart")
    counted_from = log[index][0] if log else 0
    read_from = max(0, (counted_from // dedup_offsets - 1) * dedup_offsets)
    tail = [sighting for sighting in log if sighting[0] >= read_from]

    late = Dedup(dedup_offsets, from_the_first=read_from == 0)

    assert judge(late, tail)[index - len(log) :] == decided[index:]
    assert late.remembers_since == everything.remembers_since


@settings(max_examples=120)
@given(sightings(), st.integers(1, 9))
def test_it_states_since_when_it_remembers(log: list[Sighting], dedup_offsets: int) -> None:
    dedup = Dedup(dedup_offsets)
    judge(dedup, log)

    newest = log[-1][0] if log else 0
    horizon = (newest // dedup_offsets - 1) * dedup_offsets
    remembered = [1000.0 + offset for offset, _ in log if offset >= horizon]
    assert dedup.remembers_since == (min(remembered) if horizon > 0 else None)


@settings(max_examples=120)
@given(sightings(), st.integers(1, 9), st.sampled_from(IDENTITIES), st.data())
def test_what_may_be_repeated_is_known_half_a_generation_later(
    log: list[Sighting], dedup_offsets: int, identity: Identity, data: st.DataObject
) -> None:
    dedup = Dedup(dedup_offsets)
    judge(dedup, log)
    since = dedup.repeatable_since
    next_offset = log[-1][0] + 1 if log else 0
    later = next_offset + data.draw(st.integers(0, dedup_offsets // 2), label="later")
    may_be_repeated = any(
        seen == identity and (since is None or 1000.0 + offset >= since) for offset, seen in log
    )

    dedup.advance(later, 1000.0 + later)

    assert dedup.is_repeat(identity) or not may_be_repeated


@given(st.lists(st.builds(Identity, st.just("a"), st.just(7), st.integers(0, MAX_INDEX))))
def test_the_indexes_of_a_batch_do_not_disturb_each_other(batch: list[Identity]) -> None:
    log = list(enumerate(batch))

    assert judge(Dedup(1000), log) == judge_naively(log, 1000)


def test_a_lower_seq_that_comes_late_is_no_repeat() -> None:
    seqs = [8, 7, MAX_SEQ, 9]

    assert not any(judge(Dedup(100), list(enumerate(Identity("a", seq, 0) for seq in seqs))))


def test_generations_turn_at_multiples_of_d_whatever_was_seen() -> None:
    assert judge(Dedup(10), [(9, A), (19, A)]) == [False, True]
    assert judge(Dedup(10), [(9, A), (20, A)]) == [False, False]
    assert judge(Dedup(10), [(10, A), (29, A)]) == [False, True]


def test_a_repeat_keeps_its_identity_alive() -> None:
    assert judge(Dedup(10), [(9, A), (19, A), (29, A), (39, A)]) == [False, True, True, True]


def test_a_log_whose_head_is_gone_remembers_since_its_first_record() -> None:
    dedup = Dedup(10, from_the_first=False)
    assert dedup.remembers_since is None

    judge(dedup, [(5, A), (6, None)])

    assert dedup.remembers_since == 1005.0


def test_a_record_that_is_dated_too_early_promises_no_longer_memory() -> None:
    dedup = Dedup(10)
    for offset in range(20):
        dedup.advance(offset, 1000.0 + offset)
    dedup.advance(20, 3.0)
    for offset in range(21, 30):
        dedup.advance(offset, 1000.0 + offset)
    assert dedup.remembers_since == 1010.0
    dedup.advance(30, 1030.0)
    assert dedup.remembers_since == 1019.0
