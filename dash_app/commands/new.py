"""The command `new`: start with zero clicks."""

from datetime import datetime

import click

from dash_app.brokers import BrokerError
from dash_app.brokers.sqlite.broker import set_aside
from dash_app.commands.help import HelpfulCommand
from dash_app.commands.steps import line_to_type, load_settings


@click.command(
    cls=HelpfulCommand, examples=[("Start the next talk with zero clicks", "{program} new")]
)
def new() -> None:
    """Start with zero clicks: rename the database, delete nothing.

    The file of CLICKS_DB gets the time into its name, and the next `run` begins another one. Ends
    with an error while a site uses the file. With Kafka it changes nothing and names the variable
    that begins another topic.
    """
    settings = load_settings()
    path, now = settings.clicks_db, datetime.now().astimezone()
    if settings.broker == "kafka":
        topic = f"{settings.kafka_topic[:230]}-{now:%Y%m%d-%H%M%S}"
        raise click.ClickException(
            f"the clicks are in topic {settings.kafka_topic} of Kafka, which stays as it is; "
            f"`{line_to_type('run', KAFKA_TOPIC=topic)}` begins another topic with zero clicks"
        )
    try:
        aside = set_aside(path, now)
    except BrokerError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path} is now {aside}" if aside else f"there is no {path}: nothing to put aside")
