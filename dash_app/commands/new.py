"""The command `new`: start with zero clicks."""

from datetime import datetime

import click

from dash_app.brokers import BrokerError
from dash_app.brokers.sqlite.broker import set_aside
from dash_app.commands.help import HelpfulCommand
from dash_app.commands.steps import load_settings


@click.command(
    cls=HelpfulCommand, examples=[("Start the next talk with zero clicks", "{program} new")]
)
def new() -> None:
    """Start with zero clicks: rename the database, delete nothing.

    The file of CLICKS_DB gets the time into its name, and the next `run` begins another one. Ends
    with an error while a site uses the file. Clicks in Kafka are not touched: choose another
    KAFKA_TOPIC there.
    """
    path = load_settings().clicks_db
    try:
        aside = set_aside(path, datetime.now().astimezone())
    except BrokerError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path} is now {aside}" if aside else f"there is no {path}: nothing to put aside")
