"""`make soak`: an hour of crowd, pages, talks and restarts; prints what grew or was lost."""

import signal
import sys
import tempfile
from pathlib import Path

import click

from bench.lab import JAVA_OPTIONS
from bench.servers import ROOT
from bench.soak.plan import Plan
from bench.soak.run import Soak
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.jvm import ToolsMissing

KEPT = ROOT / "var" / "soak.md"
MOST_MINUTES = 80
"""Then a partition holds nearly as many records as `tests.faults.logs` can read of one."""


@click.command()
@click.option(
    "--minutes",
    type=click.FloatRange(min=0.25, max=MOST_MINUTES),
    default=Plan.minutes,
    help="How long the phones tap; below 30 growth is shown and not judged.",
)
def main(minutes: float) -> None:
    """Let a crowd tap for an hour while talks come and go and the broker restarts."""
    # As Ctrl-C does: everything that was started is ended.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="clicks-soak-") as name:
            folder = Path(name)
            with Broker(folder / "kafka", java_options=JAVA_OPTIONS) as broker:
                soak = Soak(Plan(minutes), broker, "clicks", folder, _say)
                outcome = soak.run()
    except ToolsMissing as error:
        raise click.ClickException(str(error)) from error
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(outcome.text + "\n")
    click.echo(outcome.text)
    sys.exit(1 if outcome.troubles else 0)


def _say(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    main(prog_name="python -m bench.soak")
