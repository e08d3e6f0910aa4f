"""A long audit says how far it is: a bar on a terminal, lines elsewhere."""

import contextlib
import io
import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest

from dash_app.audit.watched_log import EACH_RECORDS, WatchedLog
from dash_app.brokers.sqlite.log import SqliteLog
from dash_app.counting import progress
from dash_app.settings import Settings
from tests.sites import open_site

CLICKS = 3 * EACH_RECORDS


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    path = tmp_path / "clicks.sqlite3"
    with open_site(Settings(clicks_db=path, rate_limits="off")) as site:
        for _ in range(CLICKS // 500):
            assert site.click({"clicks": [{"type": "cheers"}] * 500}).status_code == 200
    with SqliteLog(path) as log:
        yield log


def test_a_file_gets_a_line_now_and_then(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.0)
    written = io.StringIO()

    assert len(list(WatchedLog(log, written).records(0))) == CLICKS
    lines = written.getvalue().splitlines()
    assert len(lines) == CLICKS // EACH_RECORDS
    assert "1,001 of 3,001 records read (33%)" in lines[0]


def test_a_quick_reading_leaves_a_file_empty(log: SqliteLog) -> None:
    written = io.StringIO()

    assert len(list(WatchedLog(log, written).records(0))) == CLICKS
    assert written.getvalue() == ""


def test_a_terminal_gets_a_bar(log: SqliteLog) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        assert len(list(WatchedLog(log, terminal).records(0))) == CLICKS
    written = b""
    # A terminal hands out in parts what was written at once, and fails after the last.
    with contextlib.suppress(OSError):
        while part := os.read(ours, 100_000):
            written += part
    os.close(ours)

    assert b"partition 0" in written
    assert b"100%" in written
