"""The ledger of a whole log: every record of it, added up by code that serves the audit alone.

On purpose it shares with the counting how a record is decoded and what makes it a repeat.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol, Self

from dash_app.counting.clicks import MAX_TYPES
from dash_app.counting.dedup import Dedup
from dash_app.counting.records import (
    TOO_MANY_TYPES,
    Record,
    Unreadable,
    decode_identity,
    read,
)
from dash_app.counting.second_counts import drawn_at
from dash_app.counting.talks import Range


@dataclass
class Account:
    """How many records there are: clicks by type, repeats, and what is no click, by reason.

    `out_of_window` of the clicks are not drawn.
    """

    records: int = 0
    clicks: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    out_of_window: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Self) -> Self:
        """Return the sum of two accounts."""
        return replace(
            self,
            records=self.records + other.records,
            clicks=self.clicks + other.clicks,
            duplicates=self.duplicates + other.duplicates,
            out_of_window=self.out_of_window + other.out_of_window,
            unreadable=self.unreadable + other.unreadable,
        )


class Statement(NamedTuple):
    """The clicks that `source` says it counted in a log, in each partition up to `as_of`.

    `as_of` holds pairs of a partition and the next offset to count, `clicks` those of a type and
    its clicks. `out_of_window` is None if the source states some types only. `drawn_in` holds the
    epoch seconds, from the first to the one before the last, of which the clicks are; None: of all.
    """

    source: str
    log_id: str
    as_of: tuple[tuple[int, int], ...]
    clicks: tuple[tuple[str, int], ...]
    out_of_window: int | None = None
    drawn_in: Range | None = None


class Log(AbstractContextManager["Log"], Protocol):
    """A log as it stood when it was opened, a context manager; reading it changes nothing.

    `starts` and `ends` map each partition to its first offset and to the one after its last.
    """

    id: str
    name: str
    starts: Mapping[int, int]
    ends: Mapping[int, int]

    def records(self, partition: int) -> Iterator[Record]:
        """Return all records of a partition in their order.

        Raises BrokerUnavailable and LogReplaced.
        """

    def statements(self) -> Sequence[Statement]:
        """Return the totals that the log itself holds."""

    def check(self) -> None:
        """Raise LogReplaced if the log was replaced or changed while it was read."""


class Ledger(NamedTuple):
    """The accounts of a log's partitions: of the whole, and up to each offset of a statement.

    Where the clicks of a range of time are counted, their accounts have no others.
    """

    starts: Mapping[int, int]
    ends: Mapping[int, int]
    accounts: Mapping[int, Account]
    accounts_at: Mapping[int, Mapping[int, Account]]

    def total(self) -> Account:
        """Return the sum of all accounts."""
        return sum(self.accounts.values(), Account())

    def account_before(self, as_of: Iterable[tuple[int, int]]) -> Account | None:
        """Return the account of the records before these offsets; None: the log ends earlier."""
        total = Account()
        for partition, offset in as_of:
            if offset > self.ends.get(partition, 0):
                return None
            total += self.accounts_at[partition][offset]
        return total

    def agrees(self, statement: Statement) -> bool:
        """Return whether the log holds exactly the clicks of the statement."""
        account = self.account_before(statement.as_of)
        if account is None or any(account.clicks[kind] != n for kind, n in statement.clicks):
            return False
        if statement.out_of_window is None:
            return True
        stated = sum(n for _, n in statement.clicks), statement.out_of_window
        return stated == (account.clicks.total(), account.out_of_window)

    def missing_heads(self) -> dict[int, int]:
        """Return the partitions whose head was deleted, with the first offset that is left."""
        return {partition: start for partition, start in self.starts.items() if start > 0}


def build_ledger(
    log: Log,
    dedup_offsets: int,
    statements: Iterable[Statement],
    drawn_in: Range | None = None,
) -> Ledger:
    """Read the whole log and return its ledger, which can be compared with these statements.

    `drawn_in` (epoch s) leaves out the clicks that are drawn elsewhere. Raises BrokerError.
    """
    offsets: dict[int, set[int]] = {partition: set() for partition in log.ends}
    for statement in statements:
        for partition, offset in statement.as_of:
            offsets.setdefault(partition, set()).add(offset)
    accounts, accounts_at = {}, {}
    for partition in sorted(log.ends):
        accounts[partition], accounts_at[partition] = count_records(
            log.records(partition), dedup_offsets, offsets[partition], drawn_in
        )
    log.check()
    return Ledger(log.starts, log.ends, accounts, accounts_at)


def count_records(
    records: Iterable[Record],
    dedup_offsets: int,
    offsets: Iterable[int] = (),
    drawn_in: Range | None = None,
) -> tuple[Account, dict[int, Account]]:
    """Return the account of a partition's records, and of those before each of the offsets."""
    account, accounts_at = Account(), {}
    dedup, types = Dedup(dedup_offsets), set[str]()
    offsets_to_come = sorted(offsets, reverse=True)
    for record in records:
        while offsets_to_come and offsets_to_come[-1] <= record.offset:
            accounts_at[offsets_to_come.pop()] = account + Account()
        dedup.advance(record.offset, record.time)
        account.records += 1
        _count(record, dedup, types, account, drawn_in)
    return account, accounts_at | {offset: account + Account() for offset in offsets_to_come}


def _count(
    record: Record, dedup: Dedup, types: set[str], account: Account, drawn_in: Range | None
) -> None:
    try:
        click = read(record)
    except Unreadable as error:
        account.unreadable[error.reason] += 1
        return
    identity = decode_identity(record.click_id)
    if identity is not None and dedup.is_repeat(identity):
        account.duplicates += 1
    elif click.type not in types and len(types) >= MAX_TYPES:
        account.unreadable[TOO_MANY_TYPES] += 1
    else:
        types.add(click.type)
        at = drawn_at(click.timestamp, record.time)
        account.clicks[click.type] += drawn_in is None or _holds(drawn_in, at)
        account.out_of_window += at is None


def _holds(drawn_in: Range, at: float | None) -> bool:
    start, end = drawn_in
    return at is not None and start <= at and (end is None or at < end)
