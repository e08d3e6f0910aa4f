"""The command line: run (also without a command), present, demo, new, audit."""

import errno
import logging
import os
import socket
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import click

from dash_app import __version__, logs
from dash_app.audit.site_totals import SiteUnreadable
from dash_app.brokers import BrokerError
from dash_app.brokers.sqlite.broker import contents, set_aside
from dash_app.command_help import GroupedCommands, settings_table, short_settings_table
from dash_app.consumer.service import Service
from dash_app.operations.telemetry import Telemetry
from dash_app.settings import BadSetting, Settings, bad_field, network

logger = logging.getLogger(__name__)

SCRIPT = "kafka-clicker"
"""The console script of an installed package."""

SITE = "http://127.0.0.1:8050/visualization-tools-ii"


@click.group(
    cls=GroupedCommands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    groups={"Serve": ["run", "present", "demo"], "Look after the clicks": ["new", "audit"]},
    tables={
        "Settings (environment variables; `run --help` lists all)": short_settings_table(
            ["HOST", "PORT", "JOIN_URL", "KAFKA_BOOTSTRAP_SERVERS", "CLICKS_DB"]
        )
    },
    examples=[
        ("Look at a simulated crowd", "{program} demo"),
        ("Serve on another port", "PORT=8051 {program} run"),
        ("Serve to the phones in the room", "{program} present"),
    ],
)
@click.version_option(__version__, "-V", "--version", message=f"{SCRIPT} {__version__}")
@click.pass_context
def main(context: click.Context) -> None:
    """A crowd taps on its phones, Kafka keeps every tap, a live chart shows them.

    No Kafka is needed to begin: the clicks go to a file in the current folder. Without a command
    the site is served, as by `run`. `COMMAND --help` says more about a command.
    """
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command(
    tables={"Settings (environment variables)": settings_table()},
    examples=[
        ("Serve on another port", "PORT=8051 {program} run"),
        ("Keep the clicks in a real Kafka", "KAFKA_BOOTSTRAP_SERVERS=broker-1:9092 {program} run"),
    ],
)
def run() -> None:
    """Serve the clicker and the dashboard on this machine.

    Prints the addresses and serves until Ctrl-C; the next start continues with the same clicks.
    They are kept in var/clicks.sqlite3 in the current folder, or where CLICKS_DB says, or in Kafka
    if KAFKA_BOOTSTRAP_SERVERS is set. Only this machine reaches the site unless HOST is set.

    All settings come from environment variables, read once at the start; there is no file of
    settings. Every other KAFKA_… variable is passed to the Kafka clients. An empty variable counts
    as absent, and a bad value stops the start with one sentence.
    """
    settings = _load_settings()
    listener = _listen(settings)
    _announce(settings)
    _serve(settings, listener)


@main.command(
    examples=[
        ("Serve to the room", "{program} present"),
        ("Show the address of a tunnel", "JOIN_URL=https://example.org/j {program} present"),
    ],
)
def present() -> None:
    """Serve to the phones in the room, with a join address and its QR code.

    Serves as `run` does, but to every network of this machine, and prints the address that the
    phones open. JOIN_URL shows another address, CLICKER_CODE asks the phones for a code.
    """
    import segno  # noqa: PLC0415 - no other command needs it

    _set_environment(HOST="0.0.0.0")  # noqa: S104 - the phones in the room are to reach it
    settings = _load_settings()
    if settings.join_url is None:
        address = network.lan_address()
        if address is None:
            raise click.ClickException(
                "This machine is on no network that phones could share; join one, or set JOIN_URL."
            )
        code = settings.clicker_code
        query = f"?code={quote(code.get_secret_value(), safe='')}" if code else ""
        _set_environment(JOIN_URL=f"http://{address}:{settings.port}/j{query}")
        settings = _load_settings()
    listener = _listen(settings)
    _announce(settings)
    click.echo(f"\nJoin: {settings.join_url}\n")
    segno.make(str(settings.join_url)).terminal(compact=True)
    _serve(settings, listener)


@main.command(examples=[("Look at a simulated crowd", "{program} demo")])
def demo() -> None:
    """Show a simulated crowd on a temporary database.

    Serves as `run` does, and a crowd taps by itself: open the dashboard at the printed address.
    Ctrl-C ends it and removes the database; no file of yours and no Kafka is touched, whatever the
    environment says.
    """
    from dash_app.demo import crowd  # noqa: PLC0415 - no other command needs it

    for name in [name for name in os.environ if name.startswith("KAFKA_")]:
        del os.environ[name]
    with TemporaryDirectory(prefix="clicks-demo-") as folder:
        _set_environment(DEMO="1", CLICKS_DB=str(Path(folder) / "clicks.sqlite3"))
        settings = _load_settings()
        listener = _listen(settings)
        _announce(settings)
        with crowd(network.local_url(settings) + settings.url_prefix):
            _serve(settings, listener)


@main.command(examples=[("Start the next talk with zero clicks", "{program} new")])
def new() -> None:
    """Start with zero clicks: rename the database, delete nothing.

    The file of CLICKS_DB gets the time into its name, and the next `run` begins another one. Ends
    with an error while a site uses the file. Clicks in Kafka are not touched: choose another
    KAFKA_TOPIC there.
    """
    path = _load_settings().clicks_db
    try:
        aside = set_aside(path, datetime.now().astimezone())
    except BrokerError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path} is now {aside}" if aside else f"there is no {path}: nothing to put aside")


@main.command(
    tables={
        "Exit codes": [
            ("0", "All counts are equal."),
            ("1", "At least one count differs."),
            ("2", "Something could not be read, which says nothing about the counts."),
            ("3", "The head of the log is gone, so the totals cannot be counted again."),
        ]
    },
    examples=[("Compare a site that runs here with its log", f"{{program}} audit {SITE}")],
)
@click.argument("urls", nargs=-1, metavar="[URL]...")
def audit(urls: tuple[str, ...]) -> None:
    """Count the whole log anew and compare it with sites.

    Reads the log by code of its own, which shares nothing with the site's counting, and prints
    what each site at a URL shows beside it. Without a URL it only counts. A URL ends with the
    site's prefix. The log is that of `run` with the same settings; nothing is written.
    """
    from dash_app.audit.audit import audit_log  # noqa: PLC0415 - no other command needs it

    try:
        code = audit_log(_load_settings(), urls, click.echo)
    except (BrokerError, SiteUnreadable, click.ClickException) as error:
        code = _cannot_audit(str(error))
    except KeyboardInterrupt:
        code = _cannot_audit("interrupted before the end of the log")
    except Exception:
        logger.exception("the audit failed")
        code = _cannot_audit("the audit failed, which says nothing about the counts")
    sys.exit(code)


def _cannot_audit(reason: str) -> int:
    # Python's own exit code for an error, 1, would read as a difference.
    click.echo(f"Error: {reason}", err=True)
    return 2


def _set_environment(**variables: str) -> None:
    """Set what the workers read as well: they get their settings from the environment."""
    os.environ.update(variables)


def _load_settings() -> Settings:
    try:
        settings = Settings.from_environment()
        # What the workers would find one by one: bad settings of the Kafka clients or the metrics.
        Service(settings, Telemetry(settings))
    except BadSetting as error:
        raise click.ClickException(str(error)) from error
    return settings


def _announce(settings: Settings) -> None:
    if settings.broker == "kafka":
        click.echo(f"Kafka at {settings.kafka_bootstrap_servers}, topic {settings.kafka_topic}")
    else:
        click.echo(_describe_database(settings))
    site = network.local_url(settings)
    click.echo(f"Clicker:   {site}{settings.url_prefix}/kafka-clicker")
    click.echo(f"Dashboard: {site}{settings.url_prefix}/kafka-dashboard")
    if settings.host in {"127.0.0.1", "localhost", "::1"}:
        click.echo(f"Phones cannot reach it yet: `{_command('present')}` serves to the room.")


def _describe_database(settings: Settings) -> str:
    path = settings.clicks_db
    try:
        database = contents(path)
    except BrokerError as error:
        raise click.ClickException(str(bad_field("clicks_db", path, error))) from error
    if database.since is None:
        return f"starting {path}: no clicks yet"
    since = datetime.fromtimestamp(database.since).astimezone()
    clicks = "1 click" if database.clicks == 1 else f"{database.clicks:,} clicks"
    continuing = f"continuing {path}: {clicks} since {since.day} {since:%b}"
    return f"{continuing}; `{_command('new')}` starts fresh"


def _listen(settings: Settings) -> socket.socket:
    try:
        return network.listen(settings.host, settings.port)
    except OSError as error:
        raise click.ClickException(_describe_listen_error(settings, error)) from error


def _describe_listen_error(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        reason = f"port {settings.port} is taken"
    elif error.errno == errno.EACCES:
        rights = "needs rights that this user does not have, as those below 1024 do"
        reason = f"port {settings.port} {rights}"
    else:
        return f"HOST is {settings.host!r}, which this machine cannot listen on: {error}"
    free = network.free_port(settings.host, max(settings.port + 1, 1024))
    command = _command(str(click.get_current_context().info_name), PORT=free)
    return f"{reason}; `{command}` uses a free one"


def _command(name: str, **variables: object) -> str:
    """Return the line to type for a command, in the way in which this program was started."""
    assigned = [f"{variable}={value}" for variable, value in variables.items()]
    if click.get_current_context().find_root().info_name == SCRIPT:
        words = [*assigned, SCRIPT, name]
    elif "MAKELEVEL" in os.environ:
        words = ["make", name, *assigned]
    else:
        words = [*assigned, "python -m dash_app", *([] if name == "run" else [name])]
    return " ".join(words)


def _serve(settings: Settings, listener: socket.socket) -> None:
    from dash_app.serving import serve  # noqa: PLC0415 - importing granian is slow

    logs.configure(settings.log_level, settings.log_format)
    sys.stdout.flush()
    serve(settings, listener)


if __name__ == "__main__":
    main(prog_name="python -m dash_app")
