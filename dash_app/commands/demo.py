"""The command `demo`: a simulated crowd on a temporary database."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from dash_app.commands.crowd import crowd
from dash_app.commands.help import HelpfulCommand
from dash_app.commands.steps import (
    announce,
    load_settings,
    open_listener,
    serve,
    set_environment,
)
from dash_app.settings import KAFKA_PREFIX, Settings, network

OF_A_DEMO = ("HOST", "PORT", "URL_PREFIX", "REACTIONS", "WEB_", "LOG_")
"""Beginnings of the settings that hold for a demo, too."""


@click.command(cls=HelpfulCommand, examples=[("Look at a simulated crowd", "{program} demo")])
def demo() -> None:
    """Show a simulated crowd on a temporary database.

    Serves as `run` does, and a crowd taps by itself: open the dashboard at the printed address.
    Ctrl-C ends it and removes the database; no file of yours and no Kafka is touched. Of the
    settings only REACTIONS and those of the server count: HOST, PORT, URL_PREFIX, WEB_… and LOG_….
    """
    for name in [name for name in os.environ if _is_of_another_site(name)]:
        del os.environ[name]
    with TemporaryDirectory(prefix="clicks-demo-") as folder:
        set_environment(DEMO="1", CLICKS_DB=str(Path(folder) / "clicks.sqlite3"))
        settings = load_settings()
        listener = open_listener(settings)
        announce(settings)
        keys = [reaction.key for reaction in settings.reactions]
        with crowd(network.local_url(settings) + settings.url_prefix, keys):
            serve(settings, listener)


def _is_of_another_site(variable: str) -> bool:
    """Tell whether a setting could keep the crowd out, or would lead to clicks that are real."""
    if variable.startswith((KAFKA_PREFIX, "PROMETHEUS_")):
        return True
    return variable.lower() in Settings.model_fields and not variable.startswith(OF_A_DEMO)
