"""The audit: counts the whole log anew, and compares it with what the sites on it show."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from dash_app import logs
from dash_app.audit.printout import describe_offsets, lines_of
from dash_app.audit.site_totals import SiteUnreadable, TalkUncounted, fetch_statements
from dash_app.audit.watched_log import WatchedLog
from dash_app.brokers import BrokerError
from dash_app.brokers.selection import open_log
from dash_app.counting.ledger import Ledger, Log, Statement, build_ledger
from dash_app.counting.talks import Range
from dash_app.settings import Settings

EQUAL = 0
DIFFERENT = 1
UNREADABLE = 2
UNVERIFIABLE = 3
"""Exit codes of the command."""


def audit_log(
    settings: Settings,
    urls: Sequence[str],
    print_line: Callable[[str], None],
    talk: str | None = None,
    drawn_in: Range | None = None,
) -> int:
    """Audit the log of these settings and the sites at these URLs; return the exit code.

    `talk` is the id of the talk whose clicks alone are counted: those that are drawn in the epoch
    seconds `drawn_in`, or in those that the sites name. It prints the ledger and the verdicts line
    by line. Raises BrokerError and SiteUnreadable.
    """
    # The sites answer before the log is opened: whatever they counted by then is in it.
    secret = settings.dashboard_code
    code = secret.get_secret_value() if secret else None
    statements, uncounted = _ask(urls, code, talk)
    # The command reports an absent broker in one sentence; kafka-python would log many.
    with logs.silenced("kafka"), _open_log(settings) as log:
        ends = describe_offsets(log.ends.items())
        print_line(f"{log.name}, log {log.id}, D = {settings.dedup_offsets:,}, read as of {ends}")
        asked = [*statements, *(error.statement for error in uncounted)]
        if talk is None:
            statements += log.statements()
        else:
            drawn_in = drawn_in or _range_of(talk, asked)
            print_line(f"talk {talk}: of the clicks only those that are drawn {_told(drawn_in)}")
        for statement in [*asked, *statements]:
            _require_same_log(statement, log)
        ledger = build_ledger(WatchedLog(log), settings.dedup_offsets, statements, drawn_in)
    for line in lines_of(ledger, statements, [reaction.key for reaction in settings.reactions]):
        print_line(line)
    for error in uncounted:
        print_line(f"not compared: {error}")
    code_of_counts = _exit_code(ledger, statements)
    return UNREADABLE if uncounted and code_of_counts == EQUAL else code_of_counts


def _ask(
    urls: Sequence[str], code: str | None, talk: str | None
) -> tuple[list[Statement], list[TalkUncounted]]:
    """Return what the sites state, and which of them know the talk but not its clicks."""
    statements, uncounted = list[Statement](), list[TalkUncounted]()
    for url in urls:
        try:
            statements += fetch_statements(url, code, talk)
        except TalkUncounted as error:
            uncounted.append(error)
    return statements, uncounted


def _range_of(talk: str, statements: Sequence[Statement]) -> Range:
    ranges = {one.drawn_in for one in statements if one.drawn_in is not None}
    if len(ranges) != 1:
        raise SiteUnreadable(f"not all processes show the same times of talk {talk}; ask again")
    return ranges.pop()


def _told(drawn_in: Range) -> str:
    start, end = (
        None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        for at in drawn_in
    )
    return f"from {start} on" if end is None else f"from {start} to {end}"


def _open_log(settings: Settings) -> Log:
    try:
        return open_log(settings)
    except ImportError as error:
        raise BrokerError(f"kafka-python cannot be imported: {error}") from error


def _require_same_log(statement: Statement, log: Log) -> None:
    if statement.log_id != log.id:
        raise BrokerError(
            f"{statement.source} counts log {statement.log_id}, but {log.name} is log {log.id}; "
            "give the audit the settings of the site"
        )


def _exit_code(ledger: Ledger, statements: Sequence[Statement]) -> int:
    if ledger.missing_heads():
        return UNVERIFIABLE
    return EQUAL if all(map(ledger.agrees, statements)) else DIFFERENT
