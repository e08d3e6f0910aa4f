"""The command `run`: serve on this machine."""

import click

from dash_app.commands.help import HelpfulCommand, settings_table
from dash_app.commands.steps import announce, load_settings, open_listener, serve


@click.command(
    cls=HelpfulCommand,
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
    settings = load_settings()
    listener = open_listener(settings)
    announce(settings)
    serve(settings, listener)
