"""The command `present`: serve to the phones in the room."""

import io
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import click

from dash_app.commands.help import HelpfulCommand
from dash_app.commands.steps import (
    announce,
    line_to_type,
    load_settings,
    open_listener,
    serve,
    set_environment,
)
from dash_app.settings import Settings
from dash_app.settings.interfaces import candidates, likely_address, surroundings
from dash_app.settings.join import AUTO, join_address, with_code


@click.command(
    cls=HelpfulCommand,
    examples=[
        ("Serve to the room", "{program} present"),
        ("Show the address of a tunnel", "JOIN_URL=https://example.org/j {program} present"),
    ],
)
def present() -> None:
    """Serve to the phones in the room, with a join address and its QR code.

    Serves as `run` does, but to every network of this machine, and prints the address that the
    phones open; it follows when the machine changes its network. JOIN_HOST chooses among several
    addresses, JOIN_URL shows another one, CLICKER_CODE asks the phones for a code.
    """
    set_environment(HOST="0.0.0.0")  # noqa: S104 - the phones in the room are to reach it
    settings = load_settings()
    if settings.join_url:
        set_environment(JOIN_URL=with_code(settings.join_url, settings.clicker_code))
    else:
        _choose_host(settings)
    settings = load_settings()
    listener = open_listener(settings)
    announce(settings)
    _show(settings)
    serve(settings, listener)


def _choose_host(settings: Settings) -> None:
    host = settings.join_host or AUTO
    address = likely_address()
    if host == AUTO and address is None:
        raise click.ClickException(
            "This machine is on no network that phones could share; join one, or set JOIN_URL."
        )
    set_environment(JOIN_HOST=host)
    if ":" in (address or ""):
        # A machine without IPv4: this listens for both.
        set_environment(HOST="::")


def _show(settings: Settings) -> None:
    import segno  # noqa: PLC0415 - no other command needs it

    address = join_address(settings)
    click.echo(f"\nJoin: {address}\n")
    picture = io.StringIO()
    segno.make(str(address)).terminal(picture, compact=True)
    try:
        picture.getvalue().encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        click.echo("This console has no signs for the QR code; the landing page shows it.")
    else:
        click.echo(picture.getvalue(), nl=False)
    if not settings.join_url:
        for line in _describe_choice(str(urlsplit(str(address)).hostname)):
            click.echo(line)


def _describe_choice(shown: str) -> Iterator[str]:
    """Yield what somebody must know whose phones do not reach the address that is shown."""
    for one in candidates():
        kind = "virtual: a VPN, a container or a virtual machine" if one.is_virtual else "hardware"
        if one.address == shown and one.is_virtual:
            yield f"{shown} belongs to {one.interface} ({kind}): phones may not reach it."
        elif one.address != shown:
            command = line_to_type("present", JOIN_HOST=one.address)
            yield f"Another address: `{command}` ({one.interface}, {kind})"
    if place := surroundings():
        command = line_to_type("present", JOIN_HOST="ADDRESS")
        yield (
            f"This system is {place}. If phones do not reach it, open the port on the machine"
            f" around it, and show its address: `{command}`"
        )
