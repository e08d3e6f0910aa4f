"""The command line: serve (the default), present, demo, new, audit."""

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

from dash_app import logs
from dash_app.audit.site_totals import Unanswered
from dash_app.brokers import BrokerError
from dash_app.brokers.sqlite.broker import contents, set_aside
from dash_app.consumer.service import Service
from dash_app.settings import BadSetting, Settings, bad_field, network

log = logging.getLogger(__name__)


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Kafka Real-Time Clicker & Dashboard. Without a command: serve.

    Settings come from the environment; docs/settings.md lists them.
    """
    if context.invoked_subcommand is None:
        context.invoke(serve)


@main.command()
def serve() -> None:
    """Serve the pages and the routes until Ctrl-C."""
    settings = _settings()
    listener = _listen(settings)
    _announce(settings)
    _serve(settings, listener)


@main.command()
def present() -> None:
    """Serve to every phone on this network, with a join address and its QR code."""
    import segno  # noqa: PLC0415 - only this command needs it, and each worker imports this file

    _set(HOST="0.0.0.0")  # noqa: S104 - the phones of the room are the point
    settings = _settings()
    if settings.join_url is None:
        address = network.lan_address()
        if address is None:
            raise click.ClickException(
                "This machine is on no network that phones could share; join one, or set JOIN_URL."
            )
        code = settings.clicker_code
        query = f"?code={quote(code.get_secret_value(), safe='')}" if code else ""
        _set(JOIN_URL=f"http://{address}:{settings.port}/j{query}")
        settings = _settings()
    listener = _listen(settings)
    _announce(settings)
    click.echo(f"\nJoin: {settings.join_url}\n")
    segno.make(str(settings.join_url)).terminal(compact=True)
    _serve(settings, listener)


@main.command()
def demo() -> None:
    """Show a simulated crowd on a temporary database, whatever the environment says."""
    from dash_app.demo import crowd  # noqa: PLC0415 - only the demo needs it

    for name in [name for name in os.environ if name.startswith("KAFKA_")]:
        del os.environ[name]
    with TemporaryDirectory(prefix="clicks-demo-") as folder:
        _set(DEMO="1", CLICKS_DB=str(Path(folder) / "clicks.sqlite3"))
        settings = _settings()
        listener = _listen(settings)
        _announce(settings)
        with crowd(network.local_url(settings) + settings.url_prefix):
            _serve(settings, listener)


@main.command()
def new() -> None:
    """Start with zero clicks: rename the database of the embedded broker, delete nothing."""
    path = _settings().clicks_db
    try:
        aside = set_aside(path, datetime.now().astimezone())
    except BrokerError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path} is now {aside}" if aside else f"there is no {path}: nothing to put aside")


@main.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
def audit(urls: tuple[str, ...]) -> None:
    """Count the whole log anew and compare it with the sites at these URLs.

    A URL has the site's prefix: http://127.0.0.1:8050/visualization-tools-ii. The exit code is 0:
    equal, 1: a difference, 2: something could not be read, 3: the head of the log is gone.
    """
    from dash_app.audit import audit as auditing  # noqa: PLC0415 - only the audit needs it

    try:
        code = auditing.audit(_settings(), urls, click.echo)
    except (BrokerError, Unanswered, click.ClickException) as error:
        code = _cannot_audit(str(error))
    except KeyboardInterrupt:
        code = _cannot_audit("interrupted before the end of the log")
    except Exception:
        log.exception("the audit failed")
        code = _cannot_audit("the audit failed, which says nothing about the counts")
    sys.exit(code)


def _cannot_audit(why: str) -> int:
    # Python's own exit code for an error would read as a difference.
    click.echo(f"Error: {why}", err=True)
    return 2


def _set(**variables: str) -> None:
    os.environ.update(variables)


def _settings() -> Settings:
    try:
        settings = Settings.from_environment()
        # What only the Kafka clients can judge is judged here, not by each worker.
        Service(settings)
    except BadSetting as error:
        raise click.ClickException(str(error)) from error
    return settings


def _announce(settings: Settings) -> None:
    if settings.broker == "kafka":
        click.echo(f"Kafka at {settings.kafka_bootstrap_servers}, topic {settings.kafka_topic}")
    else:
        click.echo(_what_is_there(settings))
    site = network.local_url(settings)
    click.echo(f"Clicker:   {site}{settings.url_prefix}/kafka-clicker")
    click.echo(f"Dashboard: {site}{settings.url_prefix}/kafka-dashboard")
    if settings.host in {"127.0.0.1", "localhost", "::1"}:
        click.echo(f"Phones cannot reach it yet: `{_command('present')}` serves to the room.")


def _what_is_there(settings: Settings) -> str:
    path = settings.clicks_db
    try:
        found = contents(path)
    except BrokerError as error:
        raise click.ClickException(str(bad_field("clicks_db", path, error))) from error
    if found.since is None:
        return f"starting {path}: no clicks yet"
    since = datetime.fromtimestamp(found.since).astimezone()
    clicks = "1 click" if found.clicks == 1 else f"{found.clicks:,} clicks"
    found_there = f"continuing {path}: {clicks} since {since.day} {since:%b}"
    return f"{found_there}; `{_command('new')}` starts fresh"


def _listen(settings: Settings) -> socket.socket:
    try:
        return network.listen(settings.host, settings.port)
    except OSError as error:
        raise click.ClickException(_refusal(settings, error)) from error


def _refusal(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        reason = f"port {settings.port} is taken"
    elif error.errno == errno.EACCES:
        reason = f"port {settings.port} needs rights that we lack, as those below 1024 do"
    else:
        return f"HOST is {settings.host!r}, which this machine cannot listen on: {error}"
    free = network.free_port(settings.host, max(settings.port + 1, 1024))
    command = _command(str(click.get_current_context().info_name), PORT=free)
    return f"{reason}; `{command}` uses a free one"


def _command(name: str, **variables: object) -> str:
    """Return what to type for a command: by make where make has started us."""
    assigned = [f"{variable}={value}" for variable, value in variables.items()]
    if "MAKELEVEL" in os.environ:
        return " ".join(["make", "run" if name == "serve" else name, *assigned])
    return " ".join([*assigned, "python -m dash_app", *([] if name == "serve" else [name])])


def _serve(settings: Settings, listener: socket.socket) -> None:
    from dash_app.serving import serve as serve_until_stopped  # noqa: PLC0415 - slow to import

    logs.configure(settings.log_level, settings.log_format)
    sys.stdout.flush()
    serve_until_stopped(settings, listener)


if __name__ == "__main__":
    main(prog_name="python -m dash_app")
