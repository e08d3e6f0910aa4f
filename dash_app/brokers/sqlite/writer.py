"""The writer of the embedded broker: one thread that commits the batches of all requests."""

import contextlib
import itertools
import logging
import queue
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

from dash_app.brokers import (
    BrokerError,
    BrokerUnavailable,
    NotAppended,
    OutcomeUnknown,
    Outgoing,
    Place,
)
from dash_app.brokers.sqlite.file import PARTITION, SqliteFile, read_totals
from dash_app.counting.clicks import MAX_TYPES
from dash_app.counting.records import TOO_MANY_TYPES
from dash_app.counting.second_counts import drawn_at

logger = logging.getLogger(__name__)

GROUP_CLICKS = 5000
"""From so many clicks on a group takes no further batch, which bounds the cost of a commit."""

WAKE_INTERVAL_SECONDS = 0.5

INSERT = """
INSERT INTO clicks (type, timestamp, received, client, seq, place, person)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (client, seq, place) DO NOTHING
"""

FIND = "SELECT id FROM clicks WHERE client = ? AND seq = ? AND place = ?"

ADD = """
INSERT INTO totals VALUES (?, ?, ?)
ON CONFLICT (type) DO UPDATE
SET clicks = clicks + excluded.clicks, untimely = untimely + excluded.untimely
"""

Waiting = tuple[Sequence[Outgoing], "Future[Sequence[Place]]"]


class SqliteWriter:
    """Commits batches in the order of their arrival, many in one synced transaction.

    Its thread calls `on_commit` after each commit.
    """

    def __init__(self, path: Path, busy_seconds: float, on_commit: Callable[[], None]) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._on_commit = on_commit
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._file: SqliteFile | None = None

    def start(self) -> None:
        """Start the thread; harmless when repeated."""
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="clicks-writer", daemon=True)
            thread.start()
            self._thread = thread

    def is_running(self) -> bool:
        """Say whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self, timeout: float) -> None:
        """Commit the waiting batches and end within `timeout` seconds; harmless when repeated."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._waiting.put(None)
        thread.join(timeout)
        if thread.is_alive():
            logger.error("the writer of %s did not end within %s s", self._path, timeout)

    def backlog(self) -> int:
        """Return how many batches wait for the next commit."""
        return self._waiting.qsize()

    def append(self, batch: Sequence[Outgoing], deadline: float) -> Sequence[Place]:
        """Return once the batch is committed and synced; see Broker.append."""
        if not self.is_running():
            raise NotAppended("the writer is stopped")
        future: Future[Sequence[Place]] = Future()
        self._waiting.put((batch, future))
        try:
            return future.result(max(0, deadline - time.monotonic()))
        except TimeoutError as error:
            if future.cancel():
                raise NotAppended(f"{self._path} is busy; nothing was written") from error
            raise OutcomeUnknown(f"{self._path} was not written in time") from error

    def _run(self) -> None:
        is_stopping = False
        while not is_stopping:
            group = [self._wait_for_batch()]
            clicks = 0
            while group[-1] is not None and clicks < GROUP_CLICKS:
                clicks += len(group[-1][0])
                try:
                    group.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            is_stopping = group[-1] is None
            self._process([item for item in group if item is not None])
        self._close_file()

    def _wait_for_batch(self) -> Waiting | None:
        while True:
            # An exception raised in a thread from outside arrives only between two calls.
            with contextlib.suppress(queue.Empty):
                return self._waiting.get(timeout=WAKE_INTERVAL_SECONDS)

    def _process(self, group: list[Waiting]) -> None:
        # A batch that was not taken up by its deadline is cancelled.
        batches = [
            (batch, future) for batch, future in group if future.set_running_or_notify_cancel()
        ]
        if not batches:
            return
        try:
            places = self._commit([outgoing for batch, _ in batches for outgoing in batch])
        except BrokerError as error:
            logger.warning("%s", error)
            for _, future in batches:
                future.set_exception(error)
        except Exception as error:
            logger.exception("the writer of %s failed", self._path)
            self._close_file()
            for _, future in batches:
                future.set_exception(OutcomeUnknown(f"writing to {self._path} failed: {error!r}"))
        else:
            for batch, future in batches:
                future.set_result(list(itertools.islice(places, len(batch))))
            self._on_commit()

    def _commit(self, batch: list[Outgoing]) -> Iterator[Place]:
        committing = False
        try:
            file = self._open()
            with file.transaction():
                rows = self._insert(file, batch)
                committing = True
        except BrokerUnavailable as error:
            raise NotAppended(str(error)) from error
        except sqlite3.Error as error:
            self._close_file()
            if committing:
                raise OutcomeUnknown(f"cannot commit to {self._path}: {error}") from error
            raise NotAppended(f"cannot write to {self._path}: {error}") from error
        return (Place(PARTITION, row) for row in rows)

    def _insert(self, file: SqliteFile, batch: list[Outgoing]) -> list[int]:
        """Insert the clicks; return the row of each, of a repeat that of the first time."""
        now, database = time.time(), file.database
        clicks: Counter[str] = Counter()
        untimely: Counter[str] = Counter()
        types, rows = {*read_totals(database).clicks}, list[int]()
        for (kind, timestamp), identity, person in batch:
            sender = *(identity or (None, None, None)), person and person(file.log_id)
            row = (kind, timestamp, now, *sender)
            inserted = database.execute(INSERT, row)
            if identity is not None and inserted.rowcount != 1:
                rows.extend(database.execute(FIND, identity).fetchone())
                continue
            rows.append(inserted.lastrowid or 0)
            if kind not in types and len(types) >= MAX_TYPES:
                clicks[TOO_MANY_TYPES] += 1
                continue
            types.add(kind)
            clicks[kind] += 1
            untimely[kind] += drawn_at(timestamp, now) is None
        for kind, count in clicks.items():
            database.execute(ADD, (kind, count, untimely[kind]))
        return rows

    def _open(self) -> SqliteFile:
        if self._file is not None and not self._file.is_in_place():
            logger.error(
                "%s was renamed or deleted; writing to a new file of that name", self._path
            )
            self._close_file()
        if self._file is None:
            self._file = SqliteFile(self._path, self._busy_seconds)
        return self._file

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()
