"""The audit: counts the whole log anew, and compares it with what the sites on it show."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from dash_app import logs
from dash_app.audit.printout import describe_offsets, lines_of
from dash_app.audit.site_totals import SiteUnreadable, fetch_statements
from dash_app.audit.watched_log import WatchedLog
from dash_app.brokers import BrokerError
from dash_app.brokers.selection import open_log
from dash_app.counting.ledger import Ledger, Log, Statement, build_ledger
from dash_app.counting.talks import Range
from dash_app.settings import Settings

EQUAL = 0
DIFFERENT = 1
UNVERIFIABLE = 3
"""Exit codes of the command; 2 means that something could not be read."""


def audit_log(
    settings: Settings,
    urls: Sequence[str],
    print_line: Callable[[str], None],
    talk: str | None = None,
) -> int:
    """Audit the log of these settings and the sites at these URLs; return the exit code.

    `talk` is the id of the talk whose clicks alone are counted; only sites know when it was. It
    prints the ledger and the verdicts line by line. Raises BrokerError and SiteUnreadable.
    """
    # The sites answer before the log is opened: whatever they counted by then is in it.
    secret = settings.dashboard_code
    code = secret.get_secret_value() if secret else None
    statements = [statement for url in urls for statement in fetch_statements(url, code, talk)]
    # The command reports an absent broker in one sentence; kafka-python would log many.
    with logs.silenced("kafka"), _open_log(settings) as log:
        ends = describe_offsets(log.ends.items())
        print_line(f"{log.name}, log {log.id}, D = {settings.dedup_offsets:,}, read as of {ends}")
        drawn_in = None if talk is None else _range_of(talk, statements)
        if drawn_in is None:
            statements += log.statements()
        else:
            print_line(f"talk {talk}: of the clicks only those that are drawn {_told(drawn_in)}")
        for statement in statements:
            _require_same_log(statement, log)
        ledger = build_ledger(WatchedLog(log), settings.dedup_offsets, statements, drawn_in)
    for line in lines_of(ledger, statements, [reaction.key for reaction in settings.reactions]):
        print_line(line)
    return _exit_code(ledger, statements)


def _range_of(talk: str, statements: Sequence[Statement]) -> Range | None:
    ranges = {statement.drawn_in for statement in statements}
    if len(ranges) > 1:
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
