"""A log whose reading tells how far it is: a bar on a terminal, else a line every ten seconds."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

import click

from dash_app.counting.ledger import Log, Statement
from dash_app.counting.progress import Progress
from dash_app.counting.records import Record

EACH_RECORDS = 1000
"""The clock is asked after so many records; asking it for each would cost a tenth."""


class WatchedLog:
    """The log with its progress on `stream`; see Log."""

    def __init__(self, log: Log, stream: TextIO | None = None) -> None:
        self.id, self.name = log.id, log.name
        self.starts: Mapping[int, int] = log.starts
        self.ends: Mapping[int, int] = log.ends
        self._log = log
        self._stream = stream or sys.stderr
        self._total = sum(log.ends[number] - log.starts.get(number, 0) for number in log.ends)
        self._before = 0
        self._progress = Progress(log.name, time.monotonic())

    def records(self, partition: int) -> Iterator[Record]:
        """Return all records of a partition; see Log.records."""
        start, end = self.starts.get(partition, 0), self.ends[partition]
        records = self._log.records(partition)
        if self._stream.isatty():
            yield from self._with_bar(records, partition, start, end)
        else:
            yield from self._with_lines(records, start)
        self._before += end - start

    def _with_bar(
        self, records: Iterator[Record], partition: int, start: int, end: int
    ) -> Iterator[Record]:
        label = f"{self.name}, partition {partition}"
        # A bar counts offsets: a topic holds fewer records, and does not say how many.
        with click.progressbar(
            length=max(end - start, 1),
            label=label,
            file=self._stream,
            update_min_steps=EACH_RECORDS,
        ) as bar:
            shown = start
            for record in records:
                yield record
                bar.update(record.offset + 1 - shown)
                shown = record.offset + 1
            bar.update(end - shown)

    def _with_lines(self, records: Iterator[Record], start: int) -> Iterator[Record]:
        for number, record in enumerate(records, 1):
            yield record
            if number % EACH_RECORDS == 0:
                done = self._before + record.offset + 1 - start
                if line := self._progress.describe(done, self._total, time.monotonic()):
                    click.echo(line, file=self._stream)

    def statements(self) -> Sequence[Statement]:
        """Return the totals that the log itself holds; see Log.statements."""
        return self._log.statements()

    def check(self) -> None:
        """Raise LogReplaced if the log changed while it was read; see Log.check."""
        self._log.check()

    def __enter__(self) -> "WatchedLog":
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the log open: whoever opened it closes it."""
