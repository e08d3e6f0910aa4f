"""The file of the embedded broker: tables, connections, transactions."""

import contextlib
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self, TypeVar

from dash_app.brokers import BrokerUnavailable
from dash_app.counting.counts import Counts
from dash_app.counting.records import TOO_MANY_TYPES

Row = TypeVar("Row")
APPLICATION_ID = 0x636C636B
"""Marks a database of clicks ("clck"), for this program and for the command `file`."""

VERSION = 2
"""The form of the tables (`PRAGMA user_version`); in form 1 a click had no person, and in form 0 it
was cheers or hate, and there were no talks."""

TALKS = """
CREATE TABLE talks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    value BLOB
)
"""
"""The changes of the talks: of each key the last one, with an id that is higher than before."""

UPGRADE = """
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, ' CHECK (type IN (''cheers'', ''hate''))', '')
WHERE name = 'clicks';
PRAGMA schema_version = {schema_version};
PRAGMA writable_schema = RESET
"""
"""Takes a file of form 0 over without copying its clicks.

Source: https://sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes".
"""

ADD_PERSON = "ALTER TABLE clicks ADD COLUMN person TEXT"
"""Takes a file of form 1 over; it copies no click either."""

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE clicks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    timestamp REAL NOT NULL,
    received REAL NOT NULL,
    client TEXT,
    seq INTEGER,
    place INTEGER, person TEXT,
    UNIQUE (client, seq, place)
);
CREATE INDEX clicks_by_time ON clicks (received);
CREATE TABLE totals (
    type TEXT PRIMARY KEY,
    clicks INTEGER NOT NULL,
    untimely INTEGER NOT NULL
) WITHOUT ROWID
"""
"""`place` is the index in the batch, `person` the header of that name. Clicks and totals change in
one transaction. Beside the types that count, of which there are MAX_TYPES, the totals have a row
for the clicks of all others.

AUTOINCREMENT never reuses an id, so whoever reads by id misses nothing. The identity of a click
without one is NULLs, which are never equal.
"""

PARTITION = 0
"""A file is a log with one partition, in which the id of a row is its offset."""

BUSY_SECONDS = 5
"""How long a command waits for the lock that other processes hold while they write."""

WAL_PAUSE_SECONDS = 0.01

_NO_SHARED_MEMORY = (
    "processes cannot share memory there, as on network file systems: a local disk is needed"
)


def read_totals(database: sqlite3.Connection) -> Counts:
    """Return the counts of all rows, as the file states them."""
    rows = database.execute("SELECT type, clicks, untimely FROM totals WHERE clicks > 0").fetchall()
    clicks = {kind: count for kind, count, _ in rows}
    surplus = clicks.pop(TOO_MANY_TYPES, 0)
    return Counts(
        clicks,
        out_of_window=sum(untimely for _, _, untimely in rows),
        unreadable={TOO_MANY_TYPES: surplus} if surplus else {},
    )


def read_log_id(database: sqlite3.Connection) -> str:
    """Return the id of the log in the file. Raises sqlite3.Error, also if the file states none."""
    row = database.execute("SELECT value FROM meta WHERE name = 'log'").fetchone()
    if row is None:
        raise sqlite3.DatabaseError("it names no log")
    return str(row[0])


def read_end(database: sqlite3.Connection) -> int:
    """Return the row id after the last row."""
    query = "SELECT coalesce(max(id), 0) + 1 FROM clicks"
    return int(database.execute(query).fetchone()[0])


def read_form(database: sqlite3.Connection) -> int:
    """Return the form of the tables, which is VERSION in a file that this program has opened."""
    return _pragma(database, "user_version")


def refuse_later_form(database: sqlite3.Connection, path: Path) -> None:
    """Close the file and raise BrokerUnavailable if a later version of the program wrote it."""
    if read_form(database) > VERSION:
        database.close()
        raise BrokerUnavailable(f"{path} was written by a later version of this program; use that")


def _pragma(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])


@contextlib.contextmanager
def reading_errors(path: Path) -> Iterator[None]:
    """Raise BrokerUnavailable in place of SQLite's errors and the operating system's."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise BrokerUnavailable(f"cannot read the clicks in {path}: {error}") from error


def await_rows(
    read: Callable[[], list[Row]], committed: threading.Event, timeout: float, interval: float
) -> list[Row]:
    """Return what `read` finds; while that is nothing, look again every `interval` seconds.

    After `timeout` seconds, or once `committed` is set, it looks a last time.
    """
    deadline = time.monotonic() + timeout
    woken = False
    while not (rows := read()):
        left = deadline - time.monotonic()
        if woken or left <= 0:
            return []
        woken = committed.wait(min(left, interval))
        if woken:
            committed.clear()
    return rows


def _explain(error: Exception) -> str:
    # On some network file systems SQLite says that it uses WAL, and fails at the first read.
    is_of_memory = str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_IOERR_SHM")
    return f"{error} ({_NO_SHARED_MEMORY})" if is_of_memory else str(error)


class SqliteFile:
    """A connection to a file of clicks, which is created with its folder if it does not exist.

    A context manager, for the thread that opened it. Raises BrokerUnavailable.
    """

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.database = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
        except (sqlite3.Error, OSError) as error:
            raise BrokerUnavailable(f"cannot open the clicks in {path}: {error}") from error
        try:
            self._use_wal(busy_seconds)
            self.database.execute("PRAGMA synchronous=FULL")
            self._create_tables()
            self._inode = path.stat().st_ino
            self.log_id = read_log_id(self.database)
        except (sqlite3.Error, OSError) as error:
            self.database.close()
            raise BrokerUnavailable(
                f"cannot read the clicks in {path}: {_explain(error)}"
            ) from error

    def _use_wal(self, busy_seconds: float) -> None:
        deadline = time.monotonic() + busy_seconds
        while not self._try_wal(deadline):
            time.sleep(WAL_PAUSE_SECONDS)

    def _try_wal(self, deadline: float) -> bool:
        try:
            self._refuse_other_databases()
            (mode,) = self.database.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            # SQLite's time-out does not cover this while another process creates the file.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            return False
        if mode != "wal":
            raise sqlite3.DatabaseError(f"its journal is {mode!r}; {_NO_SHARED_MEMORY}")
        return True

    def _refuse_other_databases(self) -> None:
        mark = _pragma(self.database, "application_id")
        names = {name for (name,) in self.database.execute("SELECT name FROM sqlite_master")}
        # Files from before there was a mark are recognised by their tables.
        is_strange = bool(names) and not names >= {"meta", "clicks", "totals"}
        if mark != APPLICATION_ID and (mark or is_strange):
            self.database.close()
            raise BrokerUnavailable(
                f"{self.path} is a database of another program; set CLICKS_DB to another file"
            )
        refuse_later_form(self.database, self.path)

    def _create_tables(self) -> None:
        if self._has_tables() and read_form(self.database) == VERSION:
            return
        with self.transaction():
            # Another process may have done it while this one waited for the lock.
            form = read_form(self.database)
            if not self._has_tables():
                self._execute_all(f"{SCHEMA};{TALKS}")
                self.database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self.database.execute("INSERT INTO meta VALUES ('log', ?)", (uuid.uuid4().hex,))
            elif form < VERSION:
                later = _pragma(self.database, "schema_version") + 1
                first = UPGRADE.format(schema_version=later)
                self._execute_all(ADD_PERSON if form else f"{first};{TALKS};{ADD_PERSON}")
            self.database.execute(f"PRAGMA user_version = {VERSION}")

    def _execute_all(self, statements: str) -> None:
        for statement in statements.split(";"):
            self.database.execute(statement)

    def _has_tables(self) -> bool:
        query = "SELECT count(*) FROM sqlite_master WHERE name = 'meta'"
        return bool(self.database.execute(query).fetchone()[0])

    def is_in_place(self) -> bool:
        """Say whether the path still leads to this file; it may have been renamed or deleted."""
        try:
            return self.path.stat().st_ino == self._inode
        except OSError:
            return False

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Take the writer's lock, commit at the end, roll back at an error."""
        self.database.execute("BEGIN IMMEDIATE")
        with contextlib.ExitStack() as undo:
            undo.callback(self.database.execute, "ROLLBACK")
            yield
            undo.pop_all()
        self.database.execute("COMMIT")

    def close(self) -> None:
        """Close the connection; harmless when repeated."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
