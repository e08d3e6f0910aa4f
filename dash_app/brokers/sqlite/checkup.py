"""Whether the file of the embedded broker can take clicks; no click is written."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dash_app.brokers import BrokerError
from dash_app.brokers.finding import Finding, check_newest
from dash_app.brokers.sqlite.broker import contents
from dash_app.brokers.sqlite.file import BUSY_SECONDS, SqliteFile

FREE_BYTES = 100_000_000
"""Below this much free disk the checkup warns: it is room for about half a million clicks."""

NEWEST = "SELECT max(received) FROM clicks"

SET_BACK = (
    "this machine's clock was set back, and charts draw such clicks when their time comes; "
    "set the clock"
)


def check_file(path: Path) -> Iterator[Finding]:
    """Check file, disk and clock. A file that does not exist is not created."""
    path = path.resolve()
    folder = next(parent for parent in path.parents if parent.exists())
    yield _check_contents(path, folder)
    yield _check_disk(folder)
    if path.exists() and (newest := _read_newest(path)) is not None:
        yield check_newest("clock", newest, f"click in {path}", SET_BACK)


def _check_contents(path: Path, folder: Path) -> Finding:
    try:
        if not path.exists():
            with tempfile.TemporaryFile(dir=folder):
                return Finding(
                    "ok", "clicks", f"{path} does not exist yet; the first start creates it"
                )
        clicks = contents(path).clicks
    except (BrokerError, OSError) as error:
        way_out = "make the file and its folder writable, or set CLICKS_DB to another file"
        return Finding("bad", "clicks", f"{path} cannot take clicks: {error}; {way_out}")
    return Finding("ok", "clicks", f"{path} holds {clicks:,} and can take more")


def _check_disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    room = f"{free / 1e6:,.0f} MB are free in {folder}"
    if free < FREE_BYTES:
        way_out = "make room, or set CLICKS_DB to a file on another disk"
        return Finding("bad", "disk", f"only {room}; {way_out}")
    return Finding("ok", "disk", room)


def _read_newest(path: Path) -> float | None:
    try:
        with SqliteFile(path, BUSY_SECONDS) as file:
            row: tuple[float | None] = file.database.execute(NEWEST).fetchone()
            return row[0]
    except (BrokerError, sqlite3.Error):
        return None
