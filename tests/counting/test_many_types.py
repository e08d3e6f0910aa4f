"""The first 32 types of a partition count, in every process and over every restart."""

from collections import Counter

from dash_app.counting import checkpoint
from dash_app.counting.checkpoint import FROM_THE_FIRST, Checkpoint, plan_start
from dash_app.counting.clicks import Identity
from dash_app.counting.counts import Counts
from dash_app.counting.ledger import Account, count_records
from dash_app.counting.partition_tally import PartitionTally
from dash_app.counting.records import Record
from tests import naive
from tests.counting.tallies import TOPIC_ID, read_all
from tests.crowded import KEYS, crowded_log
from tests.naive import NOW, press

D = 4
HOSTILE = 10_000


def restarted(tally: PartitionTally, records: list[Record]) -> PartitionTally:
    """Return a tally that starts at a checkpoint of this one, and has read up to it again."""
    committed = Checkpoint(tally.counted_to, TOPIC_ID, D, tally.counts())
    start = plan_start(
        checkpoint.decode(committed.offset, committed.metadata()),
        topic_id=TOPIC_ID,
        dedup_offsets=D,
        log_start=0,
        log_end=len(records),
        oldest_bin_offset=committed.offset,
    )
    assert start.count_from == committed.offset
    again = PartitionTally(start, D)
    for record in records[start.read_from : start.count_from]:
        again.apply(record)
    return again


def test_the_counts_are_those_of_the_naive_model() -> None:
    entries, counts = crowded_log(300)

    assert naive.count([entries], D) == counts


def test_32_types_count_among_10_000_hostile_ones_from_the_first_record() -> None:
    entries, counts = crowded_log(HOSTILE)
    account, _ = count_records(naive.records(entries), D)
    snapshot = read_all({0: entries}, D)

    assert [*counts.clicks] == KEYS
    assert counts.unreadable == {"too many types": HOSTILE, "not JSON": 1}
    assert snapshot.counts == counts
    assert {kind: sum(n.values()) for kind, n in snapshot.by_second.items()} == counts.clicks
    assert account == Account(
        len(entries),
        Counter(counts.clicks),
        counts.duplicates,
        0,
        Counter(counts.unreadable),
    )


def test_a_restart_after_any_record_and_after_each_changes_nothing() -> None:
    entries, counts = crowded_log(1000)
    records = naive.records(entries)
    tally = PartitionTally(FROM_THE_FIRST, D)
    for record in records:
        tally = restarted(tally, records)
        tally.apply(record)

    assert tally.counts() == counts
    assert tally.counted_to == len(records)


def test_restarts_among_10_000_hostile_types_change_nothing() -> None:
    entries, counts = crowded_log(HOSTILE)
    records = naive.records(entries)
    tally = PartitionTally(FROM_THE_FIRST, D)
    for record in records:
        tally.apply(record)
        if record.offset % 97 == 0:
            tally = restarted(tally, records)

    assert tally.counts() == counts


def test_each_partition_has_32_types_of_its_own() -> None:
    logs = {
        0: [press(offset, f"even-{offset}") for offset in range(33)],
        1: [press(offset, f"odd-{offset}") for offset in range(33)],
        2: [press(0, "even-32")],
    }
    counts = read_all(logs, D).counts

    assert len(counts.clicks) == 65
    assert counts.clicks["even-32"] == 1
    assert counts.unreadable == {"too many types": 2}


def test_a_click_out_of_the_window_takes_a_place_and_an_unreadable_record_takes_none() -> None:
    entries = [press(offset, kind, age=7200) for offset, kind in enumerate(KEYS[:31])]
    entries.append(naive.unreadable(31, b'{"type":"ok","timestamp":-1}', "bad timestamp"))
    entries += [press(32, "ok", age=7200), press(33, "no", age=7200), press(34, "ok")]
    counts = read_all({0: entries}, D).counts

    assert counts == naive.count([entries], D)
    assert counts == Counts(
        {**dict.fromkeys(KEYS[:31], 1), "ok": 2},
        out_of_window=32,
        unreadable={"bad timestamp": 1, "too many types": 1},
    )


def test_a_surplus_click_is_drawn_nowhere_even_when_it_is_read_again() -> None:
    entries = [press(offset, kind) for offset, kind in enumerate([*KEYS, "one", "too", "many"])]
    tally = PartitionTally(FROM_THE_FIRST, D)
    records = naive.records(entries)
    for record in records:
        tally.apply(record)
    start = plan_start(
        Checkpoint(len(records), TOPIC_ID, D, tally.counts()),
        topic_id=TOPIC_ID,
        dedup_offsets=D,
        log_start=0,
        log_end=len(records),
        oldest_bin_offset=0,
    )
    again = PartitionTally(start, D)
    drawn = [again.apply(record).at for record in records]

    assert start.read_from == 0
    assert [at is not None for at in drawn] == [True] * 32 + [False] * 3
    assert again.counts() == tally.counts()


def test_hate_has_one_place_under_both_names() -> None:
    entries = [press(0, "hate", identity=Identity("a", 1, 0))]
    entries.append(
        entries[0]._replace(
            record=Record(1, NOW, b'{"type":"hate","timestamp":%d}' % NOW, None), identity=None
        )
    )

    assert read_all({0: entries}, D).counts == Counts({"hate": 2})
