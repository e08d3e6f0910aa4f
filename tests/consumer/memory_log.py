"""A log in memory, with the misfortunes that a broker can have."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from dash_app.brokers import BrokerError, BrokerUnavailable, LogReplaced
from dash_app.counting.checkpoint import Checkpoint, ReadAgain, StartPosition, decode, plan_start
from dash_app.counting.clicks import Identity
from dash_app.counting.records import Record
from tests import naive
from tests.naive import Entry, press

D = 10
"""Offsets in a generation of the memory for repeats."""


class MemoryLog:
    """A log that lives as long as the test, with the misfortunes that a broker can have.

    Opening a reader raises `open_error`, `ends` raises `ends_error`, only the next poll raises
    `poll_error`, and a commit raises `commit_error` and waits until `committing` is set. Opening
    and polling call `watch`. `stored` holds offset and metadata of each committed partition.
    """

    def __init__(self) -> None:
        self.id = "log-1"
        self.entries: dict[int, list[Entry]] = {0: []}
        self.changed = threading.Condition()
        self.open_error: BrokerError | None = None
        self.ends_error: BrokerError | None = None
        self.poll_error: Exception | None = None
        self.commit_error: BrokerError | None = None
        self.watch: Callable[[], None] = lambda: None
        self.largest_poll = 1000
        self.opened_at: list[float] = []
        self.open_readers = 0
        self.polls = 0
        self.stored: dict[int, tuple[int, str]] = {}
        self.warnings: Sequence[str] = ()
        self.commit_attempts = 0
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
        if self.open_error:
            raise self.open_error
        return MemoryReader(self)


class MemoryReader:
    """One reading of a MemoryLog."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self.log_id = log.id
        self.name = "clicks"
        self.warnings: Sequence[str] = log.warnings
        self._next: dict[int, int] = {}

    def starts(self, again: ReadAgain) -> Mapping[int, StartPosition]:
        starts = {number: self._start(number) for number in self._log.entries}
        self._next = {number: start.read_from for number, start in starts.items()}
        return starts

    def _start(self, number: int) -> StartPosition:
        offset, metadata = self._log.stored.get(number, (0, ""))
        end = self._log.end(number)
        return plan_start(
            decode(offset, metadata),
            topic_id=self.log_id,
            dedup_offsets=D,
            log_start=0,
            log_end=end,
            oldest_bin_offset=0,
        )

    def poll(self, timeout: float) -> Mapping[int, Sequence[Record]]:
        self._log.watch()
        with self._log.changed:
            self._log.polls += 1
            if error := self._log.poll_error:
                self._log.poll_error = None
                raise error
            self._log.changed.wait_for(lambda: self._unread() or self._is_gone(), timeout)
            if self._is_gone():
                raise LogReplaced(f"{self.log_id} is gone")
            batches = self._unread()
        for number, records in batches.items():
            self._next[number] = records[-1].offset + 1
        return batches

    def _is_gone(self) -> bool:
        return self._log.id != self.log_id

    def _unread(self) -> dict[int, list[Record]]:
        unread = {}
        for number, first in self._next.items():
            records = naive.records(self._log.entries.get(number, []))
            if new := [record for record in records if record.offset >= first]:
                unread[number] = new[: self._log.largest_poll]
        return unread

    def ends(self) -> Mapping[int, int]:
        if self._log.ends_error:
            raise self._log.ends_error
        new = self._log.entries.keys() - self._next.keys()
        self._next |= dict.fromkeys(new, 0)
        return {number: self._log.end(number) for number in self._next}

    def position(self, partition: int) -> int:
        return self._next[partition]

    def commit(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        self._log.commit_attempts += 1
        if not self._log.committing.wait(30):
            raise BrokerUnavailable("the commit is held for too long")
        if self._log.commit_error:
            raise self._log.commit_error
        self._log.commits.append(checkpoints)
        for number, checkpoint in checkpoints.items():
            self._log.stored[number] = (checkpoint.offset, checkpoint.metadata())

    def __enter__(self) -> Self:
        self._log.open_readers += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._log.open_readers -= 1


def presses(first: int, end: int) -> list[Entry]:
    """Return records of a client that sends each of its clicks twice."""
    return [press(n, identity=Identity("a", n // 2, 0)) for n in range(first, end)]
