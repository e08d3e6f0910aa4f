"""The command `report`: what happened in a talk, or between two times."""

import os
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import orjson

from dash_app import logs
from dash_app.brokers import BrokerError
from dash_app.brokers.selection import open_range, read_talks
from dash_app.commands.help import HelpfulCommand
from dash_app.commands.new_file import check_new_file, write_new_file
from dash_app.commands.report_summary import describe_taps, note_lines, summary_lines
from dash_app.commands.steps import load_settings
from dash_app.commands.talks import find_talk
from dash_app.commands.watched import watch
from dash_app.counting.archive import RangeCounting, TooManyRecords
from dash_app.counting.ranges import BadRange, check_range
from dash_app.counting.report import Report, build_report
from dash_app.counting.zones import UnknownZone, find_zone
from dash_app.settings import Settings
from dash_app.settings.look import LANGUAGES

HIDDEN = "The presenter hides the results of this time: a site shows this report to nobody yet."
"""Whoever reads the log may count it; handing on what it says is another matter."""

ENDINGS = (".csv", ".html", ".json")
TIME = "epoch seconds or ISO 8601, such as 2026-11-30T19:00 or 2026-11-30T18:00Z"


class ZoneName(click.ParamType[ZoneInfo]):
    """The name of a time zone."""

    name = "zone"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> ZoneInfo:
        """Return the zone."""
        try:
            return find_zone(value)
        except UnknownZone as error:
            self.fail(str(error), param, ctx)


@click.command(
    cls=HelpfulCommand,
    examples=[
        ("Read about the newest talk", "{program} report"),
        ("Keep a talk in a file", "{program} report --talk k7wq2m9x -o talk.html"),
        (
            "Count an hour that was no talk",
            "{program} report --from 2026-11-30T19:00 --to 2026-11-30T20:00",
        ),
    ],
)
@click.option("--talk", "talk_id", metavar="ID", help="The talk; the newest one by default.")
@click.option("--from", "since", metavar="TIME", help="Where a range begins that is no talk.")
@click.option("--to", "until", metavar="TIME", help="Where the range ends; now by default.")
@click.option(
    "--zone",
    type=ZoneName(),
    metavar="NAME",
    help="The zone of times, such as Europe/Madrid; that of this machine by default.",
)
@click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default=LANGUAGES[0],
    help="The language in which an HTML file begins; English by default.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="A new file to write."
)
def report(
    talk_id: str | None,
    since: str | None,
    until: str | None,
    zone: ZoneInfo | None,
    language: str,
    output: Path | None,
) -> None:
    """Report what happened in a talk: taps, people, segments, highest moments.

    Counts the log of `run` with the same settings, whether the site runs or not; nothing but FILE
    is written. Without FILE it prints a summary. A FILE ends with .html (a page that opens without
    a network), .csv (the bins) or .json (everything). A TIME is in epoch seconds or ISO 8601.
    """
    ending = None if output is None else check_new_file(output, ENDINGS)
    _require_one_range(talk_id, since, until)
    zone = zone or _machine_zone()
    first, end = (None if one is None else read_time(one, zone) for one in (since, until))
    settings = load_settings()
    try:
        # The command reports an absent broker in one sentence; kafka-python would log many.
        with logs.silenced("kafka"):
            made = _make_report(settings, talk_id, first, end)
    except (BrokerError, BadRange, TooManyRecords, ImportError) as error:
        raise click.ClickException(str(error)) from error
    if output is None or ending is None:
        click.echo("\n".join(summary_lines(made, zone)))
        return
    write_new_file(output, _render(ending, made, zone, language, settings))
    for line in (f"{output}: {describe_taps(made['clicks'])}", *note_lines(made, zone)):
        click.echo(line)


def _require_one_range(talk_id: str | None, since: str | None, until: str | None) -> None:
    if talk_id is not None and (since is not None or until is not None):
        raise click.UsageError("--talk and --from … --to … are two ranges; give one of them")
    if since is None and until is not None:
        raise click.UsageError("--to needs --from, the time at which the range begins")


def read_time(text: str, zone: ZoneInfo | None) -> int:
    """Return a time in whole epoch seconds; `zone` is that of a time without one.

    Raises click.UsageError.
    """
    try:
        if text.isascii() and text.isdigit():
            return int(text)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.astimezone() if zone is None else moment.replace(tzinfo=zone)
        return int(moment.timestamp())
    except (ValueError, OverflowError, OSError) as error:
        raise click.UsageError(f"{text!r:.60} is no time; give {TIME}") from error


def _make_report(
    settings: Settings, talk_id: str | None, since: int | None, until: int | None
) -> Report:
    now, talk = time.time(), None
    talks = read_talks(settings, now)
    if since is None:
        talk = find_talk(talks, talk_id, "; name a range with --from and --to")
        since, until = talk.range
    since, until = check_range(since, until, now)
    with open_range(settings, since, until) as log:
        counting = RangeCounting(
            log, since, until, settings.dedup_offsets, settings.archive_records
        )
        watch(counting, log.name)
    if talks.hides_results_in((since, until)):
        click.echo(HIDDEN, err=True)
    return build_report(counting.result, talk, settings.reactions)


def _machine_zone() -> ZoneInfo | None:
    """Return the zone of this machine; None: it has no name, as on Windows."""
    link = str(Path("/etc/localtime").resolve())
    try:
        return find_zone(os.environ.get("TZ") or link.partition("zoneinfo/")[2])
    except UnknownZone:
        return None


def _render(
    ending: str, report: Report, zone: ZoneInfo | None, language: str, settings: Settings
) -> Iterable[bytes]:
    # No other command needs the modules of pages and files.
    if ending == ".json":
        return [orjson.dumps(report), b"\n"]
    if ending == ".csv":
        from dash_app.web.report_csv import report_lines  # noqa: PLC0415

        return (line.encode() for line in report_lines(report, zone))
    from dash_app.pages.report_file import render_html  # noqa: PLC0415

    return [render_html(report, language, "UTC" if zone is None else str(zone), settings)]
