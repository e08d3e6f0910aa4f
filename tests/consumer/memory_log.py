"""A log in memory, with the misfortunes that a broker can have."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from dash_app.brokers import BrokerError, BrokerUnavailable, LogReplaced
from dash_app.counting.checkpoint import Checkpoint, Start, decode, plan
from dash_app.counting.clicks import Identity
from dash_app.counting.records import Record
from tests import naive
from tests.naive import Entry, pressed

D = 10
"""Offsets in a generation of the memory for repeats."""


class MemoryLog:
    """A log that lives as long as the test, with the misfortunes that a broker can have.

    `refusing`, `mute`, `failing` and `uncommitting` hold what is raised by opening, by asking for
    the ends, by the next poll only, and by committing; `watch` is called by opening and polling.
    A commit waits until `committing` is set.
    """

    def __init__(self) -> None:
        self.id = "log-1"
        self.entries: dict[int, list[Entry]] = {0: []}
        self.changed = threading.Condition()
        self.refusing: BrokerError | None = None
        self.mute: BrokerError | None = None
        self.failing: Exception | None = None
        self.uncommitting: BrokerError | None = None
        self.watch: Callable[[], None] = lambda: None
        self.most_polled = 1000
        self.opened_at: list[float] = []
        self.open_readers = 0
        self.polls = 0
        self.kept: dict[int, tuple[int, str]] = {}
        self.warnings: Sequence[str] = ()
        self.commits_tried = 0
        self.committing = threading.Event()
        self.committing.set()
        self.commits: list[Mapping[int, Checkpoint]] = []

    def append(self, *entries: Entry, partition: int = 0) -> None:
        with self.changed:
            self.entries.setdefault(partition, []).extend(entries)
            self.changed.notify_all()

    def replace(self, name: str) -> None:
        with self.changed:
            self.id, self.entries = name, {0: []}
            self.changed.notify_all()

    def end(self, partition: int) -> int:
        return naive.ends(self.entries).get(partition, 0)

    def reader(self) -> "MemoryReader":
        self.watch()
        self.opened_at.append(time.monotonic())
        if self.refusing:
            raise self.refusing
        return MemoryReader(self)


class MemoryReader:
    """One reading of a MemoryLog."""

    def __init__(self, kept_in: MemoryLog) -> None:
        self._from = kept_in
        self.log_id = kept_in.id
        self.name = "clicks"
        self.warnings: Sequence[str] = kept_in.warnings
        self._next: dict[int, int] = {}

    def starts(self) -> Mapping[int, Start]:
        starts = {number: self._start(number) for number in self._from.entries}
        self._next = {number: start.read_from for number, start in starts.items()}
        return starts

    def _start(self, number: int) -> Start:
        offset, metadata = self._from.kept.get(number, (0, ""))
        end = self._from.end(number)
        return plan(
            decode(offset, metadata),
            topic_id=self.log_id,
            dedup_offsets=D,
            log_start=0,
            log_end=end,
            oldest_bin_offset=0,
        )

    def poll(self, timeout: float) -> Mapping[int, Sequence[Record]]:
        self._from.watch()
        with self._from.changed:
            self._from.polls += 1
            if failing := self._from.failing:
                self._from.failing = None
                raise failing
            self._from.changed.wait_for(lambda: self._unread() or self._is_gone(), timeout)
            if self._is_gone():
                raise LogReplaced(f"{self.log_id} is gone")
            batches = self._unread()
        for number, records in batches.items():
            self._next[number] = records[-1].offset + 1
        return batches

    def _is_gone(self) -> bool:
        return self._from.id != self.log_id

    def _unread(self) -> dict[int, list[Record]]:
        unread = {}
        for number, first in self._next.items():
            records = naive.records(self._from.entries.get(number, []))
            if new := [record for record in records if record.offset >= first]:
                unread[number] = new[: self._from.most_polled]
        return unread

    def ends(self) -> Mapping[int, int]:
        if self._from.mute:
            raise self._from.mute
        new = self._from.entries.keys() - self._next.keys()
        self._next |= dict.fromkeys(new, 0)
        return {number: self._from.end(number) for number in self._next}

    def position(self, partition: int) -> int:
        return self._next[partition]

    def commit(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        self._from.commits_tried += 1
        if not self._from.committing.wait(30):
            raise BrokerUnavailable("the commit is held for too long")
        if self._from.uncommitting:
            raise self._from.uncommitting
        self._from.commits.append(checkpoints)
        for number, checkpoint in checkpoints.items():
            self._from.kept[number] = (checkpoint.offset, checkpoint.metadata())

    def __enter__(self) -> Self:
        self._from.open_readers += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._from.open_readers -= 1


def presses(first: int, end: int) -> list[Entry]:
    """Return records of a client that sends each of its clicks twice."""
    return [pressed(n, identity=Identity("a", n // 2, 0)) for n in range(first, end)]
