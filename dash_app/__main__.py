"""The command line: run (also without a command), present, demo, report, new, audit, doctor."""

import click

from dash_app import __version__
from dash_app.commands.help import GroupedCommands, short_settings_table
from dash_app.commands.steps import SCRIPT, accept_any_text


@click.group(
    cls=GroupedCommands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    groups={
        "Serve": ["run", "present", "demo"],
        "Look after the clicks": ["report", "audit", "new"],
        "Find out what is wrong": ["doctor"],
    },
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
    accept_any_text()
    if context.invoked_subcommand is None:
        context.invoke(main.commands["run"])


if __name__ == "__main__":
    main(prog_name="python -m dash_app")
