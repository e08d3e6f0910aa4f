"""What the audit prints: the ledger as a table, the unreadable records, and the verdicts."""

from collections.abc import Iterable, Iterator, Sequence

from dash_app.counting.clicks import CHEERS, HATE
from dash_app.counting.ledger import (
    DUPLICATES,
    OUT_OF_WINDOW,
    RECORDS,
    Account,
    Ledger,
    Statement,
    unreadable_by_reason,
)

COLUMNS = ("partition", RECORDS, CHEERS, HATE, DUPLICATES, "unreadable", OUT_OF_WINDOW)


def lines_of(ledger: Ledger, statements: Sequence[Statement]) -> Iterator[str]:
    """Return the lines about a ledger and about each of the statements."""
    yield from _table(ledger)
    yield from _reasons(ledger)
    yield from _verdicts(ledger, statements)


def describe_offsets(offsets: Iterable[tuple[int, int]]) -> str:
    """Return pairs of a partition and an offset as text: `0:12 1:7`."""
    return " ".join(f"{partition}:{offset}" for partition, offset in sorted(offsets)) or "nothing"


def _table(ledger: Ledger) -> Iterator[str]:
    rows = [COLUMNS, *(_row(str(number), account) for number, account in ledger.accounts.items())]
    rows.append(_row("all", ledger.total()))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


def _row(name: str, account: Account) -> tuple[str, ...]:
    counts = (
        *(account[kind] for kind in (RECORDS, CHEERS, HATE, DUPLICATES)),
        sum(unreadable_by_reason(account).values()),
        account[OUT_OF_WINDOW],
    )
    return (name, *(f"{count:,}" for count in counts))


def _reasons(ledger: Ledger) -> Iterator[str]:
    accounts = [(f"partition {number}", account) for number, account in ledger.accounts.items()]
    for name, account in [*accounts, ("all", ledger.total())]:
        if reasons := unreadable_by_reason(account):
            counts = ", ".join(f"{count:,} {reason}" for reason, count in reasons.items())
            yield f"unreadable in {name}: {counts}"


def _verdicts(ledger: Ledger, statements: Sequence[Statement]) -> Iterator[str]:
    missing_heads = ledger.missing_heads()
    for partition, offset in sorted(missing_heads.items()):
        yield f"partition {partition} is unverifiable before offset {offset}: its head is gone"
    if not missing_heads:
        yield from _equal_lines(filter(ledger.agrees, statements))
        statements = [statement for statement in statements if not ledger.agrees(statement)]
    verdict = "unverifiable" if missing_heads else "DIFFERENT"
    for statement in statements:
        stated, counted = _describe_statement(statement), _describe_log(ledger, statement)
        yield f"{verdict}: {stated}; {counted}"


def _equal_lines(statements: Iterable[Statement]) -> Iterator[str]:
    by_source: dict[str, list[Statement]] = {}
    for statement in statements:
        by_source.setdefault(statement.source, []).append(statement)
    for *earlier, last in by_source.values():
        more = f" (and {len(earlier)} times before)" if earlier else ""
        yield f"equal: {_describe_statement(last)}{more}"


def _describe_statement(statement: Statement) -> str:
    clicks = _describe_clicks(statement.cheers, statement.hate, statement.out_of_window)
    return f"{statement.source}: {clicks} as of {describe_offsets(statement.as_of)}"


def _describe_log(ledger: Ledger, statement: Statement) -> str:
    account = ledger.account_before(statement.as_of)
    if account is None:
        return "the log does not reach so far"
    out_of_window = None if statement.out_of_window is None else account[OUT_OF_WINDOW]
    return f"the log has {_describe_clicks(account[CHEERS], account[HATE], out_of_window)}"


def _describe_clicks(cheers: int, hate: int, out_of_window: int | None) -> str:
    tail = "" if out_of_window is None else f", untimely {out_of_window:,}"
    return f"cheers {cheers:,}, hate {hate:,}{tail}"
