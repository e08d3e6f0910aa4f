"""A counting whose shares are shown: a bar on a terminal, else a line every ten seconds."""

import sys
import time
from collections.abc import Iterable
from typing import TextIO

import click

from dash_app.counting.progress import Progress

STEPS = 1000


def watch(shares: Iterable[float], name: str, stream: TextIO | None = None) -> None:
    """Go through all shares (0 to 1) done of a reading of the log `name`, and show them."""
    stream = stream or sys.stderr
    if not stream.isatty():
        progress = Progress(name, time.monotonic())
        for share in shares:
            if line := progress.describe_share(share, time.monotonic()):
                click.echo(line, file=stream)
        return
    with click.progressbar(length=STEPS, label=name, file=stream) as bar:
        for share in shares:
            bar.update(int(share * STEPS) - bar.pos)
