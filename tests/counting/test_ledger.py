"""The ledger of a log is what the naive model says, as of its end and as of any offset."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from hypothesis import given
from hypothesis import strategies as st

from dash_app.counting.checkpoint import FROM_THE_FIRST
from dash_app.counting.counts import Counts
from dash_app.counting.ledger import Account, Statement, count, take, unreadable
from dash_app.counting.records import Record
from dash_app.counting.tally import Tally
from tests import naive
from tests.naive import IDENTITIES, NOW, Entry, Logs, pressed

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
    return +Account(
        {
            "records": sum(map(len, parts)),
            "cheers": counts.cheers,
            "hate": counts.hate,
            "duplicates": counts.duplicates,
            "untimely": counts.untimely,
            **counts.unreadable,
        }
    )


def before(entries: Sequence[Entry], offset: int) -> list[Entry]:
    return [entry for entry in entries if entry.record.offset < offset]


def stated(
    as_of: Mapping[int, int], cheers: int, hate: int, untimely: int | None = None
) -> Statement:
    return Statement("a site", LOG, tuple(sorted(as_of.items())), cheers, hate, untimely)


@given(naive.partitions(), st.integers(1, 7))
def test_each_partition_and_the_sum_are_what_the_naive_model_counts(
    logs: Logs, dedup_offsets: int
) -> None:
    log = ListedLog(logs)
    ledger = take(log, dedup_offsets, [])

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
    right = stated(as_of, counts.cheers, counts.hate, counts.untimely)
    wrong = [
        right._replace(cheers=right.cheers + 1),
        right._replace(hate=right.hate - 1),
        right._replace(untimely=counts.untimely + 1),
        right._replace(cheers=right.cheers + 1, hate=right.hate - 1),
    ]
    ledger = take(ListedLog(logs), dedup_offsets, [right, *wrong])

    assert ledger.agrees(right)
    assert ledger.agrees(right._replace(untimely=None))
    assert not any(map(ledger.agrees, wrong))
    assert ledger.before(right.as_of) == expected(*prefixes, dedup_offsets=dedup_offsets)


@given(naive.partitions(), st.integers(1, 7), st.data())
def test_the_ledger_agrees_with_what_the_sites_show(
    logs: Logs, dedup_offsets: int, data: st.DataObject
) -> None:
    tally = Tally(LOG, dedup_offsets, recent_capacity=10)
    for number, entries in logs.items():
        tally.begin(number, FROM_THE_FIRST)
        stop = data.draw(st.integers(0, len(entries)), label="records read")
        tally.apply(number, naive.records(entries[:stop]))
    shown = tally.publish(NOW)
    as_of = {int(number): offset for number, offset in shown.as_of.items()}
    statement = stated(as_of, shown.counts.cheers, shown.counts.hate, shown.counts.untimely)

    assert take(ListedLog(logs), dedup_offsets, [statement]).agrees(statement)


def test_an_offset_in_a_gap_counts_what_is_before_the_gap() -> None:
    records = naive.records([pressed(0), pressed(5, "hate"), pressed(9)])
    account, at = count(records, 100, [0, 1, 5, 6, 9, 12])

    assert account == {"records": 3, "cheers": 2, "hate": 1}
    assert [at[offset]["records"] for offset in (0, 1, 5, 6, 9, 12)] == [0, 1, 1, 2, 2, 3]


def test_two_statements_of_the_same_offset_are_each_compared() -> None:
    right, wrong = stated({0: 2}, 2, 0), stated({0: 2}, 1, 0)
    ledger = take(ListedLog({0: [pressed(0), pressed(1)]}), 100, [right, wrong])

    assert ledger.agrees(right)
    assert not ledger.agrees(wrong)


def test_a_statement_about_more_than_the_log_holds_does_not_agree() -> None:
    log = ListedLog({0: [pressed(0)]})
    further, elsewhere = stated({0: 2}, 1, 0), stated({0: 1, 7: 1}, 1, 0)
    ledger = take(log, 100, [further, elsewhere])

    assert ledger.before(further.as_of) is None
    assert ledger.before(elsewhere.as_of) is None
    assert not ledger.agrees(further)
    assert not ledger.agrees(elsewhere)


def test_a_partition_that_a_site_has_not_begun_is_left_out_of_the_comparison() -> None:
    log = ListedLog({0: [pressed(0)], 1: [pressed(0, "hate")]})
    statement = stated({0: 1}, 1, 0)

    assert take(log, 100, [statement]).agrees(statement)


def test_where_the_head_is_gone_is_said_by_partition() -> None:
    logs = {0: [pressed(0)], 1: [pressed(offset) for offset in range(6)]}
    ledger = take(ListedLog(logs, {1: 4}), 100, [])

    assert ledger.gone() == {1: 4}
    assert ledger.accounts[1]["records"] == 2


def test_duplicates_and_unreadable_records_are_apart_from_clicks() -> None:
    entries = [
        pressed(0, identity=IDENTITIES[0]),
        pressed(1, "hate", identity=IDENTITIES[0]),
        naive.unreadable(2, b"", "not JSON"),
        naive.unreadable(3, None, "no value"),
        naive.unreadable(4, b"{", "not JSON"),
        pressed(5, age=4000.0),
    ]
    account, _ = count(naive.records(entries), 100)

    assert (account["records"], account["duplicates"], account["untimely"]) == (6, 1, 1)
    assert (account["cheers"], account["hate"]) == (2, 0)
    assert unreadable(account) == {"no value": 1, "not JSON": 2}
    assert naive.count([entries], 100) == Counts(2, 0, 1, 1, {"not JSON": 2, "no value": 1})
