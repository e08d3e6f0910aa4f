"""What the audit prints: the ledger as a table, the unreadable records, and the verdicts."""

from collections.abc import Iterable, Iterator, Sequence

from dash_app.counting.ledger import Account, Ledger, Statement
from dash_app.counting.records import REASONS


def lines_of(ledger: Ledger, statements: Sequence[Statement], keys: Sequence[str]) -> Iterator[str]:
    """Return the lines about a ledger and each of the statements; `keys` are those of buttons."""
    yield from _table(ledger, keys)
    yield from _reasons(ledger)
    yield from _verdicts(ledger, statements)


def describe_offsets(offsets: Iterable[tuple[int, int]]) -> str:
    """Return pairs of a partition and an offset as text: `0:12 1:7`."""
    return " ".join(f"{partition}:{offset}" for partition, offset in sorted(offsets)) or "nothing"


def _table(ledger: Ledger, keys: Sequence[str]) -> Iterator[str]:
    total = ledger.total()
    kinds = [*keys, *sorted(total.clicks.keys() - {*keys})]
    accounts = [(str(number), account) for number, account in ledger.accounts.items()]
    rows = [("partition", "records", *kinds, "duplicates", "unreadable", "untimely")]
    rows += [_row(name, account, kinds) for name, account in [*accounts, ("all", total)]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


def _row(name: str, account: Account, kinds: Iterable[str]) -> tuple[str, ...]:
    counts = (
        account.records,
        *(account.clicks[kind] for kind in kinds),
        account.duplicates,
        account.unreadable.total(),
        account.out_of_window,
    )
    return (name, *(f"{count:,}" for count in counts))


def _reasons(ledger: Ledger) -> Iterator[str]:
    accounts = [(f"partition {number}", account) for number, account in ledger.accounts.items()]
    for name, account in [*accounts, ("all", ledger.total())]:
        reasons = [reason for reason in REASONS if account.unreadable[reason]]
        if reasons:
            counts = ", ".join(f"{account.unreadable[reason]:,} {reason}" for reason in reasons)
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
    clicks = _describe_clicks(statement.clicks, statement.out_of_window)
    return f"{statement.source}: {clicks} as of {describe_offsets(statement.as_of)}"


def _describe_log(ledger: Ledger, statement: Statement) -> str:
    account = ledger.account_before(statement.as_of)
    if account is None:
        return "the log does not reach so far"
    is_whole = statement.out_of_window is not None
    kinds = {kind for kind, _ in statement.clicks} | (account.clicks.keys() if is_whole else set())
    clicks = [(kind, account.clicks[kind]) for kind in sorted(kinds)]
    return f"the log has {_describe_clicks(clicks, account.out_of_window if is_whole else None)}"


def _describe_clicks(clicks: Iterable[tuple[str, int]], out_of_window: int | None) -> str:
    parts = [*clicks] if out_of_window is None else [*clicks, ("untimely", out_of_window)]
    return ", ".join(f"{name} {count:,}" for name, count in parts)
