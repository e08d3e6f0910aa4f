"""A tally that starts at a checkpoint, or in the middle of a log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_app.counting import checkpoint
from dash_app.counting.checkpoint import FROM_THE_FIRST, StartPosition
from dash_app.counting.clicks import Identity
from dash_app.counting.counts import Counts
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.tally import Tally
from tests import naive
from tests.counting.tallies import TOPIC_ID, new_tally, plans, read, read_all
from tests.naive import NOW, Logs, press, unreadable


def assert_bins_are_whole_where_said(snapshot: Snapshot, expected: Snapshot) -> None:
    assert snapshot.counts == expected.counts
    since = snapshot.complete_since or 0
    drawn = naive.charts_of(snapshot)
    for (kind, window), heights in naive.charts_of(expected).items():
        for left, height, shown in zip(
            naive.lefts(window), heights, drawn[kind, window], strict=True
        ):
            assert left <= since or shown == height, f"{kind} at {left}, whole since {since}"


@given(naive.partitions(), st.integers(1, 7), st.data())
def test_a_restart_at_any_offset_changes_nothing(
    logs: Logs, dedup_offsets: int, data: st.DataObject
) -> None:
    ends = naive.ends(logs)
    tally = new_tally(logs, dedup_offsets)
    read_from = dict.fromkeys(logs, 0)
    for _ in range(data.draw(st.integers(1, 3), label="restarts")):
        for number, entries in logs.items():
            stop = data.draw(st.integers(read_from[number], ends[number]), label="stop")
            read(tally, number, entries, read_from[number], stop)
        starts = plans(logs, tally.checkpoints(), dedup_offsets)
        tally = new_tally(logs, dedup_offsets, starts)
        read_from = {number: start.read_from for number, start in starts.items()}
    for number, entries in logs.items():
        read(tally, number, entries, read_from[number], ends[number])

    snapshot, expected = tally.publish(NOW), read_all(logs, dedup_offsets)

    assert naive.charts_of(snapshot) == naive.charts_of(expected)
    assert snapshot.counts == expected.counts
    assert snapshot.as_of == expected.as_of
    assert snapshot.complete_since is None
    assert not snapshot.incomplete


@given(naive.partitions(), st.integers(1, 7), st.data())
def test_a_checkpoint_is_a_true_statement_about_a_prefix(
    logs: Logs, dedup_offsets: int, data: st.DataObject
) -> None:
    tally = new_tally(logs, dedup_offsets)
    for number, entries in logs.items():
        stop = data.draw(st.integers(0, naive.ends(logs)[number]), label="stop")
        read(tally, number, entries, 0, stop)

    for number, committed in tally.checkpoints().items():
        prefix = [e for e in logs[number] if e.record.offset < committed.offset]
        assert committed.counts == naive.count([prefix], dedup_offsets)
        assert (committed.topic_id, committed.dedup_offsets) == (TOPIC_ID, dedup_offsets)


@given(naive.partitions(naive.UNIQUE_SHAPES), st.data())
def test_totals_survive_a_log_whose_head_is_gone_and_bins_state_since_when_they_are_whole(
    logs: Logs, data: st.DataObject
) -> None:
    tally = new_tally(logs, 3)
    log_starts = {}
    for number, entries in logs.items():
        stop = data.draw(st.integers(0, naive.ends(logs)[number]), label="stop")
        read(tally, number, entries, 0, stop)
        counted = tally.checkpoints()[number].offset
        log_starts[number] = data.draw(st.integers(0, counted), label="log start")
    starts = plans(logs, tally.checkpoints(), 3, log_starts)
    restarted = new_tally(logs, 3, starts)
    for number, entries in logs.items():
        read(restarted, number, entries, starts[number].read_from, naive.ends(logs)[number])

    snapshot, expected = restarted.publish(NOW), read_all(logs, 3)

    assert_bins_are_whole_where_said(snapshot, expected)


@given(naive.partitions(), st.integers(1, 3), st.integers(6, 9), st.data())
def test_when_little_is_read_again_bins_state_since_when_they_are_whole(
    logs: Logs, dedup_offsets: int, limit: int, data: st.DataObject
) -> None:
    tally = new_tally(logs, dedup_offsets)
    for number, entries in logs.items():
        stop = data.draw(st.integers(0, naive.ends(logs)[number]), label="stop")
        read(tally, number, entries, 0, stop)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(checkpoint, "REPLAY_LIMIT", limit)
        starts = plans(logs, tally.checkpoints(), dedup_offsets)
    restarted = new_tally(logs, dedup_offsets, starts)
    for number, entries in logs.items():
        read(restarted, number, entries, starts[number].read_from, naive.ends(logs)[number])

    assert_bins_are_whole_where_said(restarted.publish(NOW), read_all(logs, dedup_offsets))


def test_records_before_the_checkpoint_feed_bins_and_ring_but_never_the_totals() -> None:
    tally = Tally(TOPIC_ID, 5, 100)
    before = Counts(
        {"cheers": 40, "hate": 2}, duplicates=1, out_of_window=1, unreadable={"not JSON": 3}
    )
    tally.begin(0, StartPosition(4, 6, before, whole_from=None, incomplete=False, note=""))
    same = Identity("a", 1, 0)
    again = [
        press(4, identity=same),
        unreadable(5, b"{", "not JSON"),
        press(6, identity=same),
        press(7),
    ]

    tally.apply(0, naive.records(again[:1]))
    assert tally.publish(NOW).as_of == {"0": 6}
    assert tally.publish(NOW).counts == before
    tally.apply(0, naive.records(again[1:]))
    snapshot = tally.publish(NOW)

    assert snapshot.counts == Counts({"cheers": 41, "hate": 2}, 2, 1, {"not JSON": 3})
    assert snapshot.as_of == {"0": 8}
    assert sum(snapshot.by_second["cheers"].values()) == 2


def test_before_the_first_record_the_snapshot_holds_what_the_checkpoint_holds() -> None:
    tally = Tally(TOPIC_ID, 5, 100)
    tally.begin(
        1, StartPosition(2, 6, Counts({"cheers": 4}), whole_from=None, incomplete=False, note="")
    )
    tally.begin(
        0, StartPosition(3, 3, Counts({"hate": 1}), whole_from=None, incomplete=True, note="")
    )

    snapshot = tally.publish(NOW)

    assert snapshot.counts.clicks == {"cheers": 4, "hate": 1}
    assert list(snapshot.as_of.items()) == [("0", 3), ("1", 6)]
    assert snapshot.incomplete
    assert tally.partitions == {0, 1}


def test_while_it_reads_again_no_bin_counts_as_whole() -> None:
    tally = Tally(TOPIC_ID, 5, 100)
    tally.begin(0, StartPosition(0, 1, Counts({"cheers": 1}), None, incomplete=False, note=""))
    assert tally.publish(NOW).complete_since == NOW

    tally.apply(0, [press(0).record])
    assert tally.publish(NOW).complete_since is None


def test_a_start_that_is_not_whole_states_since_when_the_bins_are() -> None:
    tally = Tally(TOPIC_ID, 5, 100)
    tally.begin(0, StartPosition(9, 9, Counts(), whole_from=9, incomplete=True, note=""))
    tally.begin(1, FROM_THE_FIRST)

    tally.apply(1, [press(0, at=NOW - 9).record])
    assert tally.publish(NOW).complete_since == NOW
    tally.apply(0, [press(9, at=NOW - 50).record, press(10, at=NOW - 10).record])

    assert tally.publish(NOW).complete_since == NOW - 50


def test_memory_of_a_log_read_from_its_middle_is_as_old_as_its_first_record() -> None:
    tally = Tally(TOPIC_ID, 10, 100)
    tally.begin(0, StartPosition(7, 7, Counts(), whole_from=None, incomplete=True, note=""))
    tally.apply(0, naive.records([press(7, at=NOW - 5), press(8)]))

    assert tally.publish(NOW).remembers_since == NOW - 5


def test_a_headless_partition_without_a_record_recognises_what_comes_from_now_on() -> None:
    tally = Tally(TOPIC_ID, 10, 100)
    tally.begin(0, StartPosition(7, 7, Counts(), whole_from=None, incomplete=True, note=""))
    tally.begin(1, FROM_THE_FIRST)

    assert tally.publish(NOW).repeatable_since == NOW
    tally.apply(1, [press(0, at=NOW).record])
    assert tally.publish(NOW + 60).repeatable_since == NOW
    tally.apply(0, [press(7, at=NOW + 70).record])
    assert tally.publish(NOW + 80).repeatable_since == NOW + 70


def test_bins_are_whole_since_the_last_partition_is() -> None:
    tally = Tally(TOPIC_ID, 5, 100)
    for number, age in enumerate((50, 30, 40)):
        tally.begin(number, StartPosition(9, 9, Counts(), whole_from=9, incomplete=True, note=""))
        tally.apply(number, [press(9, at=NOW - age).record])

    assert tally.publish(NOW).complete_since == NOW - 30


def test_a_checkpoint_never_changes() -> None:
    tally = new_tally({0: []}, 5)
    tally.apply(0, [unreadable(0, None, "no value").record])
    committed = tally.checkpoints()[0]

    tally.apply(0, [unreadable(1, None, "no value").record])

    assert (committed.offset, committed.counts) == (1, Counts(unreadable={"no value": 1}))


def test_a_repeat_whose_original_lies_before_the_bins_is_not_drawn_after_a_restart() -> None:
    identity = Identity("a", 1, 0)
    logs = {0: [press(9, at=NOW - 4000, identity=identity), press(10, identity=identity)]}
    logs[0] += [press(offset) for offset in range(11, 40)]
    tally = new_tally(logs, 10)
    tally.apply(0, naive.records(logs[0]))
    starts = plans(logs, tally.checkpoints(), 10)

    restarted = new_tally(logs, 10, starts)
    read(restarted, 0, logs[0], starts[0].read_from, 40)

    snapshot = restarted.publish(NOW)
    assert snapshot.counts == Counts({"cheers": 30}, duplicates=1)
    assert sum(snapshot.by_second["cheers"].values()) == 29
