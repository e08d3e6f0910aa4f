"""The ledger of a whole log: every record of it, added up by code that serves the audit alone.

On purpose it shares with the counting how a record is decoded and what makes it a repeat.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from dash_app.counting.clicks import CHEERS, HATE
from dash_app.counting.dedup import Dedup
from dash_app.counting.records import REASONS, Record, Unreadable, decode_identity, read
from dash_app.counting.second_counts import drawn_at

RECORDS = "records"
DUPLICATES = "duplicates"
OUT_OF_WINDOW = "untimely"

Account = Counter[str]
"""How many records there are, and how many of each kind: the two types, DUPLICATES, REASONS.

OUT_OF_WINDOW is the number of the clicks that are not drawn.
"""


class Statement(NamedTuple):
    """The clicks that `source` says it counted in a log, in each partition up to `as_of`.

    `as_of` holds pairs of a partition and the next offset to count; `out_of_window` is None if the
    source does not state it.
    """

    source: str
    log_id: str
    as_of: tuple[tuple[int, int], ...]
    cheers: int
    hate: int
    out_of_window: int | None = None


class Log(Protocol):
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

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class Ledger(NamedTuple):
    """The accounts of a log's partitions: of the whole, and up to each offset of a statement."""

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
        return (
            account is not None
            and (account[CHEERS], account[HATE]) == (statement.cheers, statement.hate)
            and statement.out_of_window in {None, account[OUT_OF_WINDOW]}
        )

    def missing_heads(self) -> dict[int, int]:
        """Return the partitions whose head was deleted, with the first offset that is left."""
        return {partition: start for partition, start in self.starts.items() if start > 0}


def build_ledger(log: Log, dedup_offsets: int, statements: Iterable[Statement]) -> Ledger:
    """Read the whole log and return its ledger, which can be compared with these statements.

    Raises BrokerError.
    """
    offsets: dict[int, set[int]] = {partition: set() for partition in log.ends}
    for statement in statements:
        for partition, offset in statement.as_of:
            offsets.setdefault(partition, set()).add(offset)
    accounts, accounts_at = {}, {}
    for partition in sorted(log.ends):
        accounts[partition], accounts_at[partition] = count_records(
            log.records(partition), dedup_offsets, offsets[partition]
        )
    log.check()
    return Ledger(log.starts, log.ends, accounts, accounts_at)


def count_records(
    records: Iterable[Record], dedup_offsets: int, offsets: Iterable[int] = ()
) -> tuple[Account, dict[int, Account]]:
    """Return the account of a partition's records, and of those before each of the offsets."""
    account, accounts_at = Account(), {}
    dedup = Dedup(dedup_offsets)
    offsets_to_come = sorted(offsets, reverse=True)
    for record in records:
        while offsets_to_come and offsets_to_come[-1] <= record.offset:
            accounts_at[offsets_to_come.pop()] = account.copy()
        dedup.advance(record.offset, record.time)
        for kind in _kinds(record, dedup):
            account[kind] += 1
    return account, accounts_at | {offset: account.copy() for offset in offsets_to_come}


def _kinds(record: Record, dedup: Dedup) -> tuple[str, ...]:
    try:
        click = read(record)
    except Unreadable as error:
        return RECORDS, error.reason
    identity = decode_identity(record.click_id)
    if identity is not None and dedup.is_repeat(identity):
        return RECORDS, DUPLICATES
    if drawn_at(click.timestamp, record.time) is None:
        return RECORDS, click.type, OUT_OF_WINDOW
    return RECORDS, click.type


def unreadable_by_reason(account: Account) -> dict[str, int]:
    """Return how many records of an account are no clicks, by reason."""
    return {reason: account[reason] for reason in REASONS if account[reason]}
