"""What a file of clicks holds, read with SQLite alone."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file, without a transaction of its own."""
    with contextlib.closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as database:
        yield database


def ask(path: Path, query: str) -> list[Any]:
    """Return the rows that a query finds."""
    with opened(path) as database:
        return database.execute(query).fetchall()


def totals(path: Path) -> dict[str, int]:
    """Return the totals that the file states."""
    counts = dict.fromkeys(("cheers", "hate"), 0)
    return counts | dict(ask(path, "SELECT type, clicks FROM totals"))


def counted(path: Path) -> dict[str, int]:
    """Return how many rows there are of each type."""
    counts = dict.fromkeys(("cheers", "hate"), 0)
    return counts | dict(ask(path, "SELECT type, count(*) FROM clicks GROUP BY type"))


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the writer's lock of the file."""
    with opened(path) as database:
        database.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            database.execute("ROLLBACK")
