"""The ledger of a whole log: what each record of it is, added up by code that serves nobody else.

Shared with the counting on purpose are what a record says and what makes it a repeat.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from dash_app.counting.clicks import CHEERS, HATE
from dash_app.counting.dedup import Dedup
from dash_app.counting.records import REASONS, Record, Unreadable, decode, decode_identity
from dash_app.counting.timeline import is_timely

RECORDS = "records"
DUPLICATES = "duplicates"
UNTIMELY = "untimely"

Account = Counter[str]
"""How many records there are, and how many of each kind: the two types, DUPLICATES, REASONS.

UNTIMELY says how many of the clicks are not drawn.
"""


class Statement(NamedTuple):
    """The clicks that `source` says it counted in a log: of each partition those before `as_of`.

    `as_of` holds pairs of a partition and an offset; `untimely` is None where it is not stated.
    """

    source: str
    log: str
    as_of: tuple[tuple[int, int], ...]
    cheers: int
    hate: int
    untimely: int | None = None


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
        """Return the totals that are kept in the log itself."""

    def check(self) -> None:
        """Raise LogReplaced if what was read was not one log from its start to its end."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class Ledger(NamedTuple):
    """The accounts of a log's partitions, and what they were at the offsets asked for."""

    starts: Mapping[int, int]
    ends: Mapping[int, int]
    accounts: Mapping[int, Account]
    at: Mapping[int, Mapping[int, Account]]

    def total(self) -> Account:
        """Return the sum of all accounts."""
        return sum(self.accounts.values(), Account())

    def before(self, as_of: Iterable[tuple[int, int]]) -> Account | None:
        """Return what is before these offsets; None where the log does not reach so far."""
        total = Account()
        for partition, offset in as_of:
            if offset > self.ends.get(partition, 0):
                return None
            total += self.at[partition][offset]
        return total

    def agrees(self, statement: Statement) -> bool:
        """Say whether the log holds exactly what is stated."""
        account = self.before(statement.as_of)
        return (
            account is not None
            and (account[CHEERS], account[HATE]) == (statement.cheers, statement.hate)
            and statement.untimely in {None, account[UNTIMELY]}
        )

    def gone(self) -> dict[int, int]:
        """Return the partitions whose head is gone, with the first offset that is left."""
        return {partition: start for partition, start in self.starts.items() if start > 0}


def take(log: Log, dedup_offsets: int, statements: Iterable[Statement]) -> Ledger:
    """Read the whole log and return its ledger, also as of each statement. Raises BrokerError."""
    asked: dict[int, set[int]] = {partition: set() for partition in log.ends}
    for statement in statements:
        for partition, offset in statement.as_of:
            asked.setdefault(partition, set()).add(offset)
    accounts, at = {}, {}
    for partition in sorted(log.ends):
        records = log.records(partition)
        accounts[partition], at[partition] = count(records, dedup_offsets, asked[partition])
    log.check()
    return Ledger(log.starts, log.ends, accounts, at)


def count(
    records: Iterable[Record], dedup_offsets: int, offsets: Iterable[int] = ()
) -> tuple[Account, dict[int, Account]]:
    """Return the account of a partition's records, and of those before each of the offsets."""
    account, at = Account(), {}
    dedup = Dedup(dedup_offsets)
    waiting = sorted(offsets, reverse=True)
    for record in records:
        while waiting and waiting[-1] <= record.offset:
            at[waiting.pop()] = account.copy()
        dedup.advance(record.offset, record.time)
        for kind in _kinds(record, dedup):
            account[kind] += 1
    return account, at | {offset: account.copy() for offset in waiting}


def _kinds(record: Record, dedup: Dedup) -> tuple[str, ...]:
    try:
        click = decode(record.value)
    except Unreadable as error:
        return RECORDS, error.reason
    identity = decode_identity(record.click_id)
    if identity is not None and dedup.is_repeat(identity):
        return RECORDS, DUPLICATES
    if is_timely(click.timestamp, record.time):
        return RECORDS, click.type
    return RECORDS, click.type, UNTIMELY


def unreadable(account: Account) -> dict[str, int]:
    """Return how many records of an account are no clicks, by reason."""
    return {reason: account[reason] for reason in REASONS if account[reason]}
