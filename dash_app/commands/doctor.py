"""The command `doctor`: says what would keep a site from working here, and the way out."""

import contextlib
import http.client
import sys
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit

import click

from dash_app.brokers.finding import Finding
from dash_app.brokers.selection import check_broker
from dash_app.commands.help import HelpfulCommand
from dash_app.commands.steps import describe_listen_error, line_to_type, load_settings
from dash_app.settings import Settings, network
from dash_app.settings.interfaces import likely_address
from dash_app.settings.join import join_address

ANSWER_SECONDS = 3

TABLES = {
    "Exit codes": [("0", "Nothing is in the way."), ("1", "Something is: the lines with `bad`.")]
}


@click.command(
    cls=HelpfulCommand,
    tables=TABLES,
    examples=[
        ("Look whether a site can run here", "{program} doctor"),
        ("Look at a Kafka cluster", "KAFKA_BOOTSTRAP_SERVERS=broker-1:9092 {program} doctor"),
    ],
)
def doctor() -> None:
    """Check settings, clicks, network and port, each in one line with the way out.

    Takes the settings of `run`. With Kafka it checks the brokers, the addresses that they
    advertise, the topic, the rights and the clocks; else the file, the disk and the clock. It
    serves nothing, writes no click and creates neither file nor topic.
    """
    findings = []
    for finding in _examine():
        click.echo(f"{finding.grade:4}  {finding.subject:8}  {finding.sentence}")
        findings.append(finding)
    sys.exit(int(any(finding.grade == "bad" for finding in findings)))


def _examine() -> Iterator[Finding]:
    try:
        settings = load_settings()
    except click.ClickException as error:
        yield Finding("bad", "settings", error.message)
        return
    yield Finding("ok", "settings", "all values can work")
    yield from check_broker(settings)
    yield _check_port(settings)
    yield _check_room(settings)
    yield _check_temporary_files()


def _check_port(settings: Settings) -> Finding:
    try:
        network.listen(settings.host, settings.port).close()
    except OSError as error:
        if site := _ask_site(settings):
            return Finding("ok", "port", f"a site serves on {settings.port} already, at {site}")
        return Finding("bad", "port", describe_listen_error(settings, error, "run"))
    return Finding("ok", "port", f"{settings.host}:{settings.port} is free")


def _ask_site(settings: Settings) -> str:
    """Return what a site of this program on the port says of itself, else nothing."""
    site = urlsplit(network.local_url(settings))
    connection = http.client.HTTPConnection(site.netloc, timeout=ANSWER_SECONDS)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", f"{settings.url_prefix}/healthz")
        answer = connection.getresponse()
        if answer.status == 200 and b'"alive"' in answer.read(1000):
            return f"{site.geturl()}{settings.url_prefix}/"
    return ""


def _check_room(settings: Settings) -> Finding:
    if join_url := join_address(settings):
        return Finding("ok", "phones", f"they open {join_url}")
    address = likely_address()
    if address is None:
        way_out = "join a network, or set JOIN_URL to the address of a tunnel"
        return Finding(
            "note", "phones", f"this machine is on no network that they share; {way_out}"
        )
    if settings.host not in network.ALL_INTERFACES:
        present = f"`{line_to_type('present')}` serves to the room, at {address}"
        return Finding(
            "note", "phones", f"HOST is {settings.host}: they cannot reach it; {present}"
        )
    return Finding("ok", "phones", f"they reach this machine at {address}")


def _check_temporary_files() -> Finding:
    try:
        with tempfile.TemporaryFile():
            return Finding("ok", "temp", f"{tempfile.gettempdir()} takes temporary files")
    except OSError as error:
        return Finding("bad", "temp", f"{error}; set TMPDIR to a folder that can be written")
