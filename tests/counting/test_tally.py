"""What a tally makes of the records: counts, bins, ring, against a naive model."""

from hypothesis import given
from hypothesis import strategies as st

from dash_app.counting.checkpoint import StartPosition
from dash_app.counting.clicks import Click, Identity
from dash_app.counting.counts import Counts, sum_counts
from dash_app.counting.projection import Problem
from dash_app.counting.second_counts import KEPT_SECONDS
from dash_app.counting.tally import RING_SECONDS, Tally
from tests import naive
from tests.counting.tallies import TOPIC_ID, new_tally, read_all
from tests.naive import NOW, Logs, press, unreadable


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

    assert tally.publish(NOW).counts == Counts({"cheers": 1}, unreadable={"not JSON": 1})


def test_an_identity_seen_only_in_another_partition_is_no_duplicate() -> None:
    twice = {n: [press(0, identity=Identity("a", 1, 0))] for n in range(2)}

    assert read_all(twice, 5).counts == Counts({"cheers": 2})


def test_a_repeat_that_was_not_counted_is_remembered_as_well() -> None:
    identity = Identity("a", 1, 0)
    entries = [press(offset, identity=identity) for offset in (0, 8, 19, 30)]

    # Generations of 10: 8 repeats 0, 19 repeats 8, and 30 is two generations after 19.
    assert [fate.counted_as for fate in naive.fates(entries, 10)] == [
        "cheers",
        "a duplicate",
        "a duplicate",
        "cheers",
    ]
    assert read_all({0: entries}, 10).counts == Counts({"cheers": 2}, duplicates=2)


def test_a_click_out_of_the_window_is_counted_and_not_drawn() -> None:
    entries = [press(0, age=3600.25), press(1, "hate", age=1), press(2, "hate", age=-9000)]
    tally = new_tally({0: []}, 5)
    tally.apply(0, naive.records(entries))

    snapshot = tally.publish(NOW)

    assert snapshot.counts == Counts({"cheers": 1, "hate": 2}, out_of_window=1)
    assert {kind: sum(counts.values()) for kind, counts in snapshot.by_second.items()} == {
        "hate": 2
    }
    # From two hours ahead of its record: drawn when that was written.
    assert tally.recent(0).clicks == [Click("hate", NOW - 1), Click("hate", NOW)]


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


def test_a_snapshot_never_changes() -> None:
    tally = new_tally({0: []}, 5)
    tally.apply(0, [press(0).record, unreadable(1, None, "no value").record])
    snapshot = tally.publish(NOW)
    charts = naive.charts_of(snapshot)

    tally.apply(0, [press(2).record, unreadable(3, None, "no value").record])
    tally.publish(NOW + 10_000)

    assert snapshot.counts == Counts({"cheers": 1}, unreadable={"no value": 1})
    assert naive.charts_of(snapshot) == charts
    assert snapshot.as_of == {"0": 2}


def test_what_is_too_old_to_be_drawn_takes_no_memory() -> None:
    tally = new_tally({0: []}, 5)
    ages = (RING_SECONDS + 1, RING_SECONDS - 1)
    tally.apply(0, naive.records([press(n, at=NOW - age) for n, age in enumerate(ages)]))
    assert len(tally.publish(NOW).by_second["cheers"]) == 2

    assert tally.recent(0).clicks == [Click("cheers", NOW - RING_SECONDS + 1)]
    later = tally.publish(NOW + KEPT_SECONDS + 10)
    assert later.by_second == {}
    assert later.counts.clicks["cheers"] == 2


def test_after_a_long_outage_one_poll_fills_the_bins() -> None:
    tally = new_tally({0: []}, 5)
    tally.publish(NOW - 5 * 3600)
    entries = [press(n, at=NOW - 9999 + n) for n in range(10_000)]

    tally.apply(0, naive.records(entries))

    expected = naive.charts([entry.click for entry in entries if entry.click])
    assert naive.charts_of(tally.publish(NOW)) == expected


def test_counts_add_up() -> None:
    assert sum_counts([]) == Counts()
    assert sum_counts(
        [
            Counts({"cheers": 1, "hate": 2}, 3, 4, {"not JSON": 5}),
            Counts({"hate": 20, "ok": 10}, 30, 40, {"not JSON": 50, "no value": 1}),
        ]
    ) == Counts({"cheers": 1, "hate": 22, "ok": 10}, 33, 44, {"not JSON": 55, "no value": 1})
