"""The command `present`: serve to the phones in the room."""

import click

from dash_app.commands.help import HelpfulCommand
from dash_app.commands.steps import (
    announce,
    load_settings,
    open_listener,
    serve,
    set_environment,
)
from dash_app.settings import network
from dash_app.settings.join import with_code


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
    phones open. JOIN_URL shows another address, CLICKER_CODE asks the phones for a code.
    """
    import segno  # noqa: PLC0415 - no other command needs it

    set_environment(HOST="0.0.0.0")  # noqa: S104 - the phones in the room are to reach it
    settings = load_settings()
    join_url = settings.join_url
    if join_url is None:
        address = network.lan_address()
        if address is None:
            raise click.ClickException(
                "This machine is on no network that phones could share; join one, or set JOIN_URL."
            )
        join_url = f"http://{address}:{settings.port}/j"
    set_environment(JOIN_URL=with_code(join_url, settings.clicker_code))
    settings = load_settings()
    listener = open_listener(settings)
    announce(settings)
    click.echo(f"\nJoin: {settings.join_url}\n")
    segno.make(str(settings.join_url)).terminal(compact=True)
    serve(settings, listener)
