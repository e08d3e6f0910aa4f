"""The command `audit`: count the whole log anew and compare it with sites."""

import logging
import re
import sys
import time

import click

from dash_app import logs
from dash_app.audit.site_totals import SiteUnreadable
from dash_app.brokers import BrokerError
from dash_app.brokers.selection import read_talks
from dash_app.commands.help import HelpfulCommand
from dash_app.commands.steps import load_settings
from dash_app.commands.talks import find_talk
from dash_app.counting.talks import ID_PATTERN, Range
from dash_app.settings import Settings

logger = logging.getLogger(__name__)

SITE = "http://127.0.0.1:8050/visualization-tools-ii"


@click.command(
    cls=HelpfulCommand,
    tables={
        "Exit codes": [
            ("0", "All counts are equal."),
            ("1", "At least one count differs."),
            ("2", "Something could not be read, which says nothing about the counts."),
            ("3", "The head of the log is gone, so the totals cannot be counted again."),
        ]
    },
    examples=[
        ("Compare a site that runs here with its log", f"{{program}} audit {SITE}"),
        ("Count a talk a second time", "{program} audit --talk 3f9c1a7be024"),
        ("Compare it with what a site shows", f"{{program}} audit --talk 3f9c1a7be024 {SITE}"),
    ],
)
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--talk", metavar="ID", help="Count the clicks of this talk only.")
def audit(urls: tuple[str, ...], talk: str | None) -> None:
    """Count the whole log anew and compare it with sites.

    Reads the log by code of its own, which shares nothing with the site's counting, and prints
    what each site at a URL shows beside it. Without a URL it only counts. A URL ends with the
    site's prefix. The log is that of `run` with the same settings; nothing is written. A site at a
    URL says when a talk was; without a URL the talks beside the log do.
    """
    from dash_app.audit.audit import audit_log  # noqa: PLC0415 - no other command needs it

    try:
        _require_id(talk)
        settings = load_settings()
        drawn_in = None if talk is None or urls else _find_range(settings, talk)
        code = audit_log(settings, urls, click.echo, talk, drawn_in)
    except (BrokerError, SiteUnreadable, click.ClickException, ImportError) as error:
        code = _cannot_audit(str(error))
    except KeyboardInterrupt:
        code = _cannot_audit("interrupted before the end of the log")
    except Exception:
        logger.exception("the audit failed")
        code = _cannot_audit("the audit failed, which says nothing about the counts")
    sys.exit(code)


def _require_id(talk: str | None) -> None:
    if talk is not None and not re.fullmatch(ID_PATTERN, talk):
        raise click.ClickException(
            f"--talk {talk!r:.60} is no id of a talk; those are 8 to 16 of a-z and 0-9"
        )


def _find_range(settings: Settings, talk: str) -> Range:
    """Return the seconds of a talk as they are kept beside the log."""
    # The command reports an absent broker in one sentence; kafka-python would log many.
    with logs.silenced("kafka"):
        return find_talk(read_talks(settings, time.time()), talk).range


def _cannot_audit(reason: str) -> int:
    # Python's own exit code for an error, 1, would read as a difference.
    click.echo(f"Error: {reason}", err=True)
    return 2
