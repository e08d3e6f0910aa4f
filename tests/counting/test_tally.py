from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_app.counting import checkpoint
from dash_app.counting.checkpoint import FROM_THE_FIRST, Checkpoint, StartPosition, plan_start
from dash_app.counting.clicks import Click, Identity
from dash_app.counting.counts import Counts, sum_counts
from dash_app.counting.projection import Problem
from dash_app.counting.second_counts import AHEAD_SECONDS, KEPT_SECONDS
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.tally import RING_SECONDS, Tally
from tests import naive
from tests.naive import NOW, Entry, Logs, press, unreadable

TOPIC_ID = "2-tPVXSZTiGBAlrOgNhqpg"
SLOW = settings(max_examples=100, deadline=None)


def new_tally(
    logs: Logs, dedup_offsets: int, starts: Mapping[int, StartPosition] | None = None
) -> Tally:
    tally = Tally(TOPIC_ID, dedup_offsets, recent_capacity=1000)
    for number in logs:
        tally.begin(number, starts[number] if starts else FROM_THE_FIRST)
    return tally


def read(tally: Tally, number: int, entries: Sequence[Entry], first: int, end: int) -> None:
    """Apply the records of one partition with offsets in [first, end)."""
    tally.apply(number, [e.record for e in entries if first <= e.record.offset < end])


def read_all(logs: Logs, dedup_offsets: int) -> Snapshot:
    tally = new_tally(logs, dedup_offsets)
    for number, entries in logs.items():
        tally.apply(number, naive.records(entries))
    return tally.publish(NOW)


def plans(
    logs: Logs,
    checkpoints: Mapping[int, Checkpoint],
    dedup_offsets: int,
    log_starts: Mapping[int, int] | None = None,
) -> dict[int, StartPosition]:
    """Decide where to start from checkpoints that went to the broker and came back."""
    return {
        number: plan_start(
            checkpoint.decode(checkpoints[number].offset, checkpoints[number].metadata()),
            topic_id=TOPIC_ID,
            dedup_offsets=dedup_offsets,
            log_start=log_starts[number] if log_starts else 0,
            log_end=end,
            oldest_bin_offset=oldest_bin_offset(logs[number], end),
        )
        for number, end in naive.ends(logs).items()
    }


def oldest_bin_offset(entries: Sequence[Entry], end: int) -> int:
    oldest = NOW - KEPT_SECONDS - AHEAD_SECONDS
    return next((e.record.offset for e in entries if e.record.time >= oldest), end)


def assert_bins_are_whole_where_said(snapshot: Snapshot, expected: Snapshot) -> None:
    assert snapshot.counts == expected.counts
    since = snapshot.complete_since or 0
    drawn = naive.charts_of(snapshot)
    for (kind, window), heights in naive.charts_of(expected).items():
        for left, height, shown in zip(
            naive.lefts(window), heights, drawn[kind, window], strict=True
        ):
            assert left <= since or shown == height, f"{kind} at {left}, whole since {since}"


@SLOW
@given(naive.partitions(), st.integers(1, 7))
def test_counts_and_charts_are_those_of_a_naive_reading(logs: Logs, dedup_offsets: int) -> None:
    snapshot = read_all(logs, dedup_offsets)

    assert snapshot.counts == naive.count(logs.values(), dedup_offsets)
    assert naive.charts_of(snapshot) == naive.charts(
        naive.drawn_clicks(logs.values(), dedup_offsets)
    )
    assert snapshot.as_of == {str(number): end for number, end in naive.ends(logs).items()}
    assert snapshot.log_id == TOPIC_ID
    assert not snapshot.incomplete
    assert snapshot.complete_since is None


@SLOW
@given(naive.partitions(), st.integers(1, 7), st.data())
def test_the_split_of_the_log_into_polls_changes_nothing(
    logs: Logs, dedup_offsets: int, data: st.DataObject
) -> None:
    tally = new_tally(logs, dedup_offsets)
    left = {number: naive.records(entries) for number, entries in logs.items()}
    clock = 0.0
    while any(left.values()):
        number = data.draw(st.sampled_from([number for number in left if left[number]]))
        size = data.draw(st.integers(1, len(left[number])))
        polled, left[number] = left[number][:size], left[number][size:]
        tally.apply(number, polled)
        clock = max(clock, polled[-1].time)
        if data.draw(st.booleans()):
            tally.publish(clock)

    assert tally.publish(NOW) == read_all(logs, dedup_offsets)


@SLOW
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


@SLOW
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


@SLOW
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


@SLOW
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


@SLOW
@given(naive.partitions(), st.integers(1, 7))
def test_the_ring_holds_the_drawn_clicks_of_the_last_minutes(
    logs: Logs, dedup_offsets: int
) -> None:
    tally = new_tally(logs, dedup_offsets)
    for number, entries in logs.items():
        tally.apply(number, naive.records(entries))
    tally.publish(NOW)

    recent = tally.recent(NOW - 120)

    drawn = naive.drawn_clicks(logs.values(), dedup_offsets)
    expected = [click for click in drawn if click.timestamp >= NOW - 120]
    assert sorted(recent.clicks) == sorted(expected)
    assert [c.timestamp for c in recent.clicks] == sorted(c.timestamp for c in expected)
    assert not recent.truncated


def test_apply_returns_partition_offset_and_reason_of_what_is_no_click() -> None:
    tally = new_tally({3: []}, 5)

    problems = tally.apply(
        3,
        naive.records(
            [
                press(0),
                *(unreadable(7 + n, *no_click) for n, no_click in enumerate(naive.NOT_CLICKS)),
            ]
        ),
    )

    assert problems == [Problem(3, 7 + n, reason) for n, (_, reason) in enumerate(naive.NOT_CLICKS)]
    assert tally.publish(NOW).counts.unreadable["not JSON"] == 2


def test_what_is_no_click_has_no_identity_that_could_silence_a_click() -> None:
    identity = Identity("a", 1, 0)
    forged = unreadable(0, b"{", "not JSON").record._replace(click_id=b"a:1:0")
    tally = new_tally({0: []}, 5)

    tally.apply(0, [forged, press(1, identity=identity).record])

    assert tally.publish(NOW).counts == Counts(cheers=1, unreadable={"not JSON": 1})


def test_an_identity_seen_only_in_another_partition_is_no_duplicate() -> None:
    twice = {n: [press(0, identity=Identity("a", 1, 0))] for n in range(2)}

    assert read_all(twice, 5).counts == Counts(cheers=2)


def test_a_repeat_that_was_not_counted_is_remembered_as_well() -> None:
    identity = Identity("a", 1, 0)
    entries = [press(offset, identity=identity) for offset in (0, 8, 19, 30)]

    # Generations of 10: 8 repeats 0, 19 repeats 8, and 30 is two generations after 19.
    assert [fate.counted_as for fate in naive.fates(entries, 10)] == [
        "cheers",
        "duplicate",
        "duplicate",
        "cheers",
    ]
    assert read_all({0: entries}, 10).counts == Counts(cheers=2, duplicates=2)


def test_a_click_out_of_the_window_is_counted_and_not_drawn() -> None:
    entries = [press(0, age=3600.25), press(1, "hate", age=-5.25), press(2, "hate", age=1)]
    tally = new_tally({0: []}, 5)
    tally.apply(0, naive.records(entries))

    snapshot = tally.publish(NOW)

    assert snapshot.counts == Counts(cheers=1, hate=2, out_of_window=2)
    assert (sum(snapshot.cheers_by_second.values()), sum(snapshot.hate_by_second.values())) == (
        0,
        1,
    )
    assert tally.recent(0).clicks == [Click("hate", NOW - 1)]


def test_records_before_the_checkpoint_feed_bins_and_ring_but_never_the_totals() -> None:
    tally = Tally(TOPIC_ID, 5, 100)
    before = Counts(cheers=40, hate=2, duplicates=1, out_of_window=1, unreadable={"not JSON": 3})
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

    assert snapshot.counts == Counts(41, 2, 2, 1, {"not JSON": 3})
    assert snapshot.as_of == {"0": 8}
    assert sum(snapshot.cheers_by_second.values()) == 2


def test_before_the_first_record_the_snapshot_holds_what_the_checkpoint_holds() -> None:
    tally = Tally(TOPIC_ID, 5, 100)
    tally.begin(
        1, StartPosition(2, 6, Counts(cheers=4), whole_from=None, incomplete=False, note="")
    )
    tally.begin(0, StartPosition(3, 3, Counts(hate=1), whole_from=None, incomplete=True, note=""))

    snapshot = tally.publish(NOW)

    assert (snapshot.counts.cheers, snapshot.counts.hate) == (4, 1)
    assert list(snapshot.as_of.items()) == [("0", 3), ("1", 6)]
    assert snapshot.incomplete
    assert tally.partitions == {0, 1}


def test_while_it_reads_again_no_bin_counts_as_whole() -> None:
    tally = Tally(TOPIC_ID, 5, 100)
    tally.begin(0, StartPosition(0, 1, Counts(cheers=1), None, incomplete=False, note=""))
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

    assert tally.publish(NOW).complete_since == NOW - 50 + AHEAD_SECONDS


def test_memory_is_as_old_as_that_of_the_most_forgetful_partition() -> None:
    tally = new_tally({0: [], 1: []}, 2)
    for number, ages in enumerate([(90, 80, 70, 60, 50), (40,)]):
        entries = [press(offset, at=NOW - age) for offset, age in enumerate(ages)]
        tally.apply(number, naive.records(entries))

    # Partition 0 is in its third generation, so that it remembers from offset 2 on.
    assert tally.publish(NOW).remembers_since == NOW - 70


def test_a_log_that_never_repeats_an_identity_never_forgets_one() -> None:
    tally = Tally(TOPIC_ID, 1, 100)
    tally.begin(
        0, StartPosition(7, 7, Counts(), whole_from=None, incomplete=False, note="", unique=True)
    )
    tally.apply(0, naive.records([press(offset) for offset in range(7, 20)]))

    assert tally.publish(NOW).remembers_since is None


def test_memory_of_a_log_read_from_its_middle_is_as_old_as_its_first_record() -> None:
    tally = Tally(TOPIC_ID, 10, 100)
    tally.begin(0, StartPosition(7, 7, Counts(), whole_from=None, incomplete=True, note=""))
    tally.apply(0, naive.records([press(7, at=NOW - 5), press(8)]))

    assert tally.publish(NOW).remembers_since == NOW - 5


def test_bins_are_whole_since_the_last_partition_is() -> None:
    tally = Tally(TOPIC_ID, 5, 100)
    for number, age in enumerate((50, 30, 40)):
        tally.begin(number, StartPosition(9, 9, Counts(), whole_from=9, incomplete=True, note=""))
        tally.apply(number, [press(9, at=NOW - age).record])

    assert tally.publish(NOW).complete_since == NOW - 30 + AHEAD_SECONDS


def test_a_checkpoint_never_changes() -> None:
    tally = new_tally({0: []}, 5)
    tally.apply(0, [unreadable(0, None, "no value").record])
    committed = tally.checkpoints()[0]

    tally.apply(0, [unreadable(1, None, "no value").record])

    assert (committed.offset, committed.counts) == (1, Counts(unreadable={"no value": 1}))


def test_a_snapshot_never_changes() -> None:
    tally = new_tally({0: []}, 5)
    tally.apply(0, [press(0).record, unreadable(1, None, "no value").record])
    snapshot = tally.publish(NOW)
    charts = naive.charts_of(snapshot)

    tally.apply(0, [press(2).record, unreadable(3, None, "no value").record])
    tally.publish(NOW + 10_000)

    assert snapshot.counts == Counts(cheers=1, unreadable={"no value": 1})
    assert naive.charts_of(snapshot) == charts
    assert snapshot.as_of == {"0": 2}


def test_what_is_too_old_to_be_drawn_takes_no_memory() -> None:
    tally = new_tally({0: []}, 5)
    ages = (RING_SECONDS + 1, RING_SECONDS - 1)
    tally.apply(0, naive.records([press(n, at=NOW - age) for n, age in enumerate(ages)]))
    assert len(tally.publish(NOW).cheers_by_second) == 2

    assert tally.recent(0).clicks == [Click("cheers", NOW - RING_SECONDS + 1)]
    later = tally.publish(NOW + KEPT_SECONDS + 10)
    assert later.cheers_by_second == {}
    assert later.counts.cheers == 2


def test_after_a_long_outage_one_poll_fills_the_bins() -> None:
    tally = new_tally({0: []}, 5)
    tally.publish(NOW - 5 * 3600)
    entries = [press(n, at=NOW - 9999 + n) for n in range(10_000)]

    tally.apply(0, naive.records(entries))

    expected = naive.charts([entry.click for entry in entries if entry.click])
    assert naive.charts_of(tally.publish(NOW)) == expected


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
    assert snapshot.counts == Counts(cheers=30, duplicates=1)
    assert sum(snapshot.cheers_by_second.values()) == 29


def test_counts_add_up() -> None:
    assert sum_counts([]) == Counts()
    assert sum_counts(
        [
            Counts(1, 2, 3, 4, {"not JSON": 5}),
            Counts(10, 20, 30, 40, {"not JSON": 50, "no value": 1}),
        ]
    ) == Counts(11, 22, 33, 44, {"not JSON": 55, "no value": 1})
