"""The steps that commands share: read the settings, listen, say where the site is, serve."""

import errno
import io
import os
import socket
import sys
from datetime import datetime
from urllib.parse import urlencode

import click

from dash_app import logs
from dash_app.brokers import BrokerError
from dash_app.brokers.selection import check_settings
from dash_app.brokers.sqlite.broker import contents
from dash_app.operations.metrics_folder import check_folder
from dash_app.security.secret import presenter_code
from dash_app.settings import BadSetting, Settings, bad_field, network

SCRIPT = "kafka-clicker"
"""The console script of an installed package."""


def accept_any_text() -> None:
    """Let every console show every path: what it has no sign for is shown as its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def set_environment(**variables: str) -> None:
    """Set what the workers read as well: they get their settings from the environment."""
    os.environ.update(variables)


def load_settings() -> Settings:
    """Return the settings of the environment; a bad one ends the command with one sentence."""
    try:
        settings = Settings.from_environment()
        # What the workers would find one by one: bad settings of the Kafka clients or the metrics.
        check_settings(settings)
        check_folder()
    except BadSetting as error:
        raise click.ClickException(str(error)) from error
    return settings


def announce(settings: Settings) -> None:
    """Print where the clicks are kept and the addresses of the pages."""
    if settings.broker == "kafka":
        click.echo(f"Kafka at {settings.kafka_bootstrap_servers}, topic {settings.kafka_topic}")
    else:
        click.echo(_describe_database(settings))
    site = network.local_url(settings)
    click.echo(f"Clicker:   {site}{settings.url_prefix}/kafka-clicker")
    click.echo(f"Dashboard: {site}{settings.url_prefix}/kafka-dashboard")
    # Codes that somebody has set are known, and the output of a server is often kept.
    if settings.presenter_code is None and (code := presenter_code(settings)) is not None:
        address = f"{site}{settings.url_prefix}/kafka-dashboard?{urlencode({'presenter': code})}"
        click.echo(f"Presenter: {address} (keep it to yourself: it starts and ends talks)")
    # With JOIN_URL the phones come through a proxy or a tunnel; JOIN_HOST names this machine.
    if settings.join_url is None and settings.host in {"127.0.0.1", "localhost", "::1"}:
        click.echo(f"Phones cannot reach it yet: `{line_to_type('present')}` serves to the room.")


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
    return f"{continuing}; `{line_to_type('new')}` starts fresh"


def open_listener(settings: Settings) -> socket.socket:
    """Return the socket to serve on; a port that is taken ends the command with one sentence."""
    try:
        return network.listen(settings.host, settings.port)
    except OSError as error:
        command = str(click.get_current_context().info_name)
        raise click.ClickException(describe_listen_error(settings, error, command)) from error


def describe_listen_error(settings: Settings, error: OSError, command: str) -> str:
    """Return why nobody can listen on the port, and the line that starts `command` on another."""
    if error.errno == errno.EADDRINUSE:
        reason = f"port {settings.port} is taken"
    elif error.errno == errno.EACCES:
        rights = "needs rights that this user does not have, as those below 1024 do"
        reason = f"port {settings.port} {rights}"
    else:
        return f"HOST is {settings.host!r}, which this machine cannot listen on: {error}"
    free = network.free_port(settings.host, max(settings.port + 1, 1024))
    return f"{reason}; `{line_to_type(command, PORT=free)}` uses a free one"


def line_to_type(name: str, **variables: object) -> str:
    """Return the line to type for a command, in the way in which this program was started."""
    assigned = [f"{variable}={value}" for variable, value in variables.items()]
    if click.get_current_context().find_root().info_name == SCRIPT:
        words = [*assigned, SCRIPT, name]
    elif "MAKELEVEL" in os.environ:
        words = ["make", name, *assigned]
    else:
        words = [*assigned, "python -m dash_app", *([] if name == "run" else [name])]
    return " ".join(words)


def serve(settings: Settings, listener: socket.socket) -> None:
    """Serve until a signal ends it."""
    from dash_app import serving  # noqa: PLC0415 - importing granian is slow

    logs.configure(settings.log_level, settings.log_format)
    # A program without a console, such as a service, has no output to flush.
    if sys.stdout is not None:
        sys.stdout.flush()
    serving.serve(settings, listener)
