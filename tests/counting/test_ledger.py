"""The ledger of a log is what the naive model says, as of its end and as of any offset."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from hypothesis import given
from hypothesis import strategies as st

from dash_app.counting.checkpoint import FROM_THE_FIRST
from dash_app.counting.counts import Counts
from dash_app.counting.ledger import (
    Account,
    Statement,
    build_ledger,
    count_records,
)
from dash_app.counting.records import Record
from dash_app.counting.tally import Tally
from tests import naive
from tests.naive import IDENTITIES, NOW, Entry, Logs, press

LOG = "log-1"


class ListedLog:
    """A log of lists, whose first records may be gone."""

    id = LOG
    name = "a list"

    def __init__(self, logs: Logs, starts: Mapping[int, int] | None = None) -> None:
        self._logs = logs
        self.starts: Mapping[int, int] = dict.fromkeys(logs, 0) | dict(starts or {})
        self.ends: Mapping[int, int] = naive.ends(logs)
        self.checked = 0

    def records(self, partition: int) -> Iterator[Record]:
        for record in naive.records(self._logs[partition]):
            if record.offset >= self.starts[partition]:
                yield record

    def statements(self) -> Sequence[Statement]:
        return []

    def check(self) -> None:
        self.checked += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


def expected(*parts: Sequence[Entry], dedup_offsets: int) -> Account:
    """Return the account of whole partitions according to the naive model."""
    counts = naive.count(parts, dedup_offsets)
    return Account(
        sum(map(len, parts)),
        Counter(counts.clicks),
        counts.duplicates,
        counts.out_of_window,
        Counter(counts.unreadable),
    )


def before(entries: Sequence[Entry], offset: int) -> list[Entry]:
    return [entry for entry in entries if entry.record.offset < offset]


def statement_of(
    as_of: Mapping[int, int], clicks: Mapping[str, int], out_of_window: int | None = None
) -> Statement:
    pairs = tuple(sorted(clicks.items()))
    return Statement("a site", LOG, tuple(sorted(as_of.items())), pairs, out_of_window)


@given(naive.partitions(), st.integers(1, 7))
def test_each_partition_and_the_sum_are_what_the_naive_model_counts(
    logs: Logs, dedup_offsets: int
) -> None:
    log = ListedLog(logs)
    ledger = build_ledger(log, dedup_offsets, [])

    for number, entries in logs.items():
        assert ledger.accounts[number] == expected(entries, dedup_offsets=dedup_offsets)
    assert ledger.total() == expected(*logs.values(), dedup_offsets=dedup_offsets)
    assert log.checked == 1


@given(naive.partitions(), st.integers(1, 7), st.data())
def test_a_statement_agrees_at_its_offsets_exactly_when_the_naive_model_says_so(
    logs: Logs, dedup_offsets: int, data: st.DataObject
) -> None:
    as_of = {
        number: data.draw(st.integers(0, end), label="offset")
        for number, end in naive.ends(logs).items()
    }
    prefixes = [before(logs[number], offset) for number, offset in as_of.items()]
    counts = naive.count(prefixes, dedup_offsets)
    right = statement_of(as_of, counts.clicks, counts.out_of_window)
    ok, cheers = counts.clicks.get("ok", 0), counts.clicks.get("cheers", 0)
    others = [
        {**counts.clicks, "cheers": cheers + 1},
        {**counts.clicks, "ok": ok - 1},
        {**counts.clicks, "cheers": cheers + 1, "ok": ok - 1},
        {**counts.clicks, "unheard-of": 1},
    ]
    wrong = [statement_of(as_of, other, counts.out_of_window) for other in others]
    wrong.append(right._replace(out_of_window=counts.out_of_window + 1))
    # A log that states all of its types leaves none out.
    wrong += [right._replace(clicks=right.clicks[1:])] if right.clicks else []
    ledger = build_ledger(ListedLog(logs), dedup_offsets, [right, *wrong])

    assert ledger.agrees(right)
    assert ledger.agrees(statement_of(as_of, {"cheers": cheers}))
    assert not ledger.agrees(statement_of(as_of, {"cheers": cheers, "ok": ok + 1}))
    assert not any(map(ledger.agrees, wrong))
    assert ledger.account_before(right.as_of) == expected(*prefixes, dedup_offsets=dedup_offsets)


@given(naive.partitions(), st.integers(1, 7), st.data())
def test_the_ledger_agrees_with_what_the_sites_show(
    logs: Logs, dedup_offsets: int, data: st.DataObject
) -> None:
    tally = Tally(LOG, dedup_offsets, recent_capacity=10)
    for number, entries in logs.items():
        tally.begin(number, FROM_THE_FIRST)
        stop = data.draw(st.integers(0, len(entries)), label="records read")
        tally.apply(number, naive.records(entries[:stop]))
    snapshot = tally.publish(NOW)
    as_of = {int(number): offset for number, offset in snapshot.as_of.items()}
    statement = statement_of(as_of, snapshot.counts.clicks, snapshot.counts.out_of_window)

    assert build_ledger(ListedLog(logs), dedup_offsets, [statement]).agrees(statement)


def test_an_offset_in_a_gap_counts_what_is_before_the_gap() -> None:
    records = naive.records([press(0), press(5, "hate"), press(9)])
    account, at = count_records(records, 100, [0, 1, 5, 6, 9, 12])

    assert account == Account(3, Counter(cheers=2, hate=1))
    assert [at[offset].records for offset in (0, 1, 5, 6, 9, 12)] == [0, 1, 1, 2, 2, 3]


def test_two_statements_of_the_same_offset_are_each_compared() -> None:
    right, wrong = statement_of({0: 2}, {"cheers": 2}), statement_of({0: 2}, {"cheers": 1})
    ledger = build_ledger(ListedLog({0: [press(0), press(1)]}), 100, [right, wrong])

    assert ledger.agrees(right)
    assert not ledger.agrees(wrong)


def test_a_statement_about_more_than_the_log_holds_does_not_agree() -> None:
    log = ListedLog({0: [press(0)]})
    further, elsewhere = (statement_of(as_of, {"cheers": 1}) for as_of in ({0: 2}, {0: 1, 7: 1}))
    ledger = build_ledger(log, 100, [further, elsewhere])

    assert ledger.account_before(further.as_of) is None
    assert ledger.account_before(elsewhere.as_of) is None
    assert not ledger.agrees(further)
    assert not ledger.agrees(elsewhere)


def test_a_partition_that_a_site_has_not_begun_is_left_out_of_the_comparison() -> None:
    log = ListedLog({0: [press(0)], 1: [press(0, "hate")]})
    statement = statement_of({0: 1}, {"cheers": 1, "hate": 0})

    assert build_ledger(log, 100, [statement]).agrees(statement)


def test_the_ledger_names_the_partitions_whose_head_was_deleted() -> None:
    logs = {0: [press(0)], 1: [press(offset) for offset in range(6)]}
    ledger = build_ledger(ListedLog(logs, {1: 4}), 100, [])

    assert ledger.missing_heads() == {1: 4}
    assert ledger.accounts[1].records == 2


def test_duplicates_and_unreadable_records_are_apart_from_clicks() -> None:
    entries = [
        press(0, identity=IDENTITIES[0]),
        press(1, "hate", identity=IDENTITIES[0]),
        naive.unreadable(2, b"", "not JSON"),
        naive.unreadable(3, None, "no value"),
        naive.unreadable(4, b"{", "not JSON"),
        press(5, age=4000.0),
    ]
    account, _ = count_records(naive.records(entries), 100)

    reasons = {"not JSON": 2, "no value": 1}
    assert account == Account(6, Counter(cheers=2), 1, 1, Counter(reasons))
    assert naive.count([entries], 100) == Counts({"cheers": 2}, 1, 1, reasons)
