"""The audit: the whole log counted anew, and compared with what the sites on it show."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence

from dash_app.audit import site_totals
from dash_app.brokers import BrokerError
from dash_app.brokers.sqlite.log import SqliteLog
from dash_app.counting.clicks import CHEERS, HATE
from dash_app.counting.ledger import (
    DUPLICATES,
    RECORDS,
    UNTIMELY,
    Account,
    Ledger,
    Log,
    Statement,
    take,
    unreadable,
)
from dash_app.settings import Settings

EQUAL = 0
DIFFERENT = 1
UNVERIFIABLE = 3
"""Exit codes of the command; 2 is that something could not be read."""

COLUMNS = ("partition", RECORDS, CHEERS, HATE, DUPLICATES, "unreadable", UNTIMELY)


def audit(settings: Settings, urls: Sequence[str], tell: Callable[[str], None]) -> int:
    """Count the log of these settings, compare, tell the ledger line by line; return the exit code.

    Raises BrokerError and Unanswered where something could not be read.
    """
    # Asked before the log is opened: whatever they counted by then is in it.
    secret = settings.dashboard_code
    code = secret.get_secret_value() if secret else None
    statements = [statement for url in urls for statement in site_totals.ask(url, code)]
    with _open(settings) as log:
        ends = _offsets(log.ends.items())
        tell(f"{log.name}, log {log.id}, D = {settings.dedup_offsets:,}, read as of {ends}")
        statements += log.statements()
        for statement in statements:
            _refuse_another_log(statement, log)
        ledger = take(log, settings.dedup_offsets, statements)
    for line in (*_table(ledger), *_reasons(ledger), *_verdicts(ledger, statements)):
        tell(line)
    return _exit_code(ledger, statements)


def _open(settings: Settings) -> Log:
    if settings.broker == "embedded":
        return SqliteLog(settings.clicks_db)
    try:
        from dash_app.brokers.kafka.log import KafkaLog  # noqa: PLC0415 - it may be missing
    except ImportError as error:
        raise BrokerError(f"kafka-python cannot be imported: {error}") from error
    # What it has to say about an absent broker is said by us, in one sentence.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    return KafkaLog(settings)


def _refuse_another_log(statement: Statement, log: Log) -> None:
    if statement.log != log.id:
        raise BrokerError(
            f"{statement.source} counts log {statement.log}, but {log.name} is log {log.id}; "
            "give the audit the settings of the site"
        )


def _exit_code(ledger: Ledger, statements: Sequence[Statement]) -> int:
    if ledger.gone():
        return UNVERIFIABLE
    return EQUAL if all(map(ledger.agrees, statements)) else DIFFERENT


def _table(ledger: Ledger) -> Iterator[str]:
    rows = [COLUMNS, *(_row(str(number), one) for number, one in ledger.accounts.items())]
    rows.append(_row("all", ledger.total()))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


def _row(name: str, account: Account) -> tuple[str, ...]:
    unread = sum(unreadable(account).values())
    counts = (
        *(account[kind] for kind in (RECORDS, CHEERS, HATE, DUPLICATES)),
        unread,
        account[UNTIMELY],
    )
    return (name, *(f"{count:,}" for count in counts))


def _reasons(ledger: Ledger) -> Iterator[str]:
    parts = [(f"partition {number}", one) for number, one in ledger.accounts.items()]
    for name, account in [*parts, ("all", ledger.total())]:
        if reasons := unreadable(account):
            counts = ", ".join(f"{count:,} {reason}" for reason, count in reasons.items())
            yield f"unreadable in {name}: {counts}"


def _verdicts(ledger: Ledger, statements: Sequence[Statement]) -> Iterator[str]:
    for partition, offset in sorted(ledger.gone().items()):
        yield f"partition {partition} is unverifiable before offset {offset}: its head is gone"
    if not ledger.gone():
        yield from _equal(statement for statement in statements if ledger.agrees(statement))
        statements = [statement for statement in statements if not ledger.agrees(statement)]
    verdict = "unverifiable" if ledger.gone() else "DIFFERENT"
    for statement in statements:
        yield f"{verdict}: {_stated(statement)}; {_found(ledger, statement)}"


def _equal(statements: Iterable[Statement]) -> Iterator[str]:
    by_source: dict[str, list[Statement]] = {}
    for statement in statements:
        by_source.setdefault(statement.source, []).append(statement)
    for *earlier, last in by_source.values():
        more = f" (and {len(earlier)} times before)" if earlier else ""
        yield f"equal: {_stated(last)}{more}"


def _stated(one: Statement) -> str:
    return (
        f"{one.source}: {_clicks(one.cheers, one.hate, one.untimely)} as of {_offsets(one.as_of)}"
    )


def _found(ledger: Ledger, statement: Statement) -> str:
    account = ledger.before(statement.as_of)
    if account is None:
        return "the log does not reach so far"
    untimely = None if statement.untimely is None else account[UNTIMELY]
    return f"the log has {_clicks(account[CHEERS], account[HATE], untimely)}"


def _clicks(cheers: int, hate: int, untimely: int | None) -> str:
    tail = "" if untimely is None else f", untimely {untimely:,}"
    return f"cheers {cheers:,}, hate {hate:,}{tail}"


def _offsets(offsets: Iterable[tuple[int, int]]) -> str:
    return " ".join(f"{partition}:{offset}" for partition, offset in sorted(offsets)) or "nothing"
