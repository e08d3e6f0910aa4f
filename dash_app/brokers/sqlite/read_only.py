"""The file of the embedded broker, open for reading: nothing is created, changed or locked."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Self

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.brokers.sqlite.file import BUSY_SECONDS, reading_errors, refuse_later_form


class ReadOnlyFile:
    """A connection that reads a file, whether or not programs write to it; a context manager.

    Raises BrokerUnavailable, also if there is no file.
    """

    def __init__(self, path: Path) -> None:
        # SQLite keeps its write-ahead log beside the file that a link leads to.
        self.path = path = path.resolve()
        if not path.is_file():
            raise BrokerUnavailable(f"there is no file {path}: no click was ever kept in it")
        # A file that a program has open has a write-ahead log beside it. Without one, SQLite would
        # create it in order to read; `immutable` prevents that, and `check` finds changes.
        self._at_rest = not path.with_name(f"{path.name}-wal").exists()
        self._fingerprint = _fingerprint(path)
        address = f"{path.absolute().as_uri()}?mode=ro&immutable={int(self._at_rest)}"
        with reading_errors(path), contextlib.ExitStack() as stack:
            self.database = sqlite3.connect(
                address,
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                # What streams the rows may be closed by another thread than opened it.
                check_same_thread=False,
            )
            stack.callback(self.database.close)
            refuse_later_form(self.database, path)
            self._stack = stack.pop_all()

    def check(self) -> None:
        """Raise LogReplaced if the file was replaced, or changed if no program had it open."""
        now = _fingerprint(self.path)
        is_other = now is None or self._fingerprint is None or now[0] != self._fingerprint[0]
        if is_other or (self._at_rest and now != self._fingerprint):
            raise LogReplaced(f"{self.path} changed while it was read; try again")

    def close(self) -> None:
        """Close the connection."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _fingerprint(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
