"""The reader of the embedded broker: it misses nothing, whoever writes, and continues exactly."""

import contextlib
import threading
import time
from pathlib import Path

import pytest

from dash_app.brokers.sqlite.file import PARTITION
from dash_app.brokers.sqlite.reader import SqliteReader
from dash_app.counting.checkpoint import ReadAgain
from dash_app.settings import Settings
from tests.brokers.sqlite.processes import (
    CREATE,
    WRITE,
    WRITE_OR_ROLL_BACK,
    next_line,
    process,
    tell,
)
from tests.brokers.sqlite.rows import ask, counted, opened, totals
from tests.sites import open_site
from tests.waiting import eventually


@pytest.mark.slow
def test_tailing_skips_nothing_while_processes_write_and_roll_back(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(SqliteReader(path, 5, threading.Event())) for _ in range(2)]
        for reader in readers:
            reader.starts(ReadAgain(0))
        writers = [stack.enter_context(process(WRITE_OR_ROLL_BACK, path, 150)) for _ in range(3)]
        for writer in writers:
            assert next_line(writer) == "ready"
        for writer in writers:
            tell(writer)
        seen: list[list[int]] = [[], []]
        while any(writer.poll() is None for writer in writers):
            for reader, offsets in zip(readers, seen, strict=True):
                offsets += [record.offset for record in reader.poll(0.01).get(PARTITION, [])]
        for reader, offsets in zip(readers, seen, strict=True):
            while records := reader.poll(0.05):
                offsets += [record.offset for record in records[PARTITION]]
        assert all(writer.returncode == 0 for writer in writers)

    rows = [row for (row,) in ask(path, "SELECT id FROM clicks ORDER BY id")]
    assert len(rows) > 300
    assert seen == [rows, rows]


def test_processes_that_create_the_file_at_once_agree_on_it(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        creators = [stack.enter_context(process(CREATE)) for _ in range(4)]
        for number in range(20):
            path = tmp_path / f"new-{number}" / "clicks.sqlite3"
            for creator in creators:
                tell(creator, str(path))
            logs = {next_line(creator) for creator in creators}
            assert len(logs) == 1
            assert "" not in logs
            assert totals(path) == {"cheers": 0, "hate": 0}


def test_a_restarted_site_continues_with_the_same_counts(tmp_path: Path) -> None:
    settings = Settings(clicks_db=tmp_path / "clicks.sqlite3")
    ages = (0, 20, 70, 1000, 4000)
    with open_site(settings) as site:
        site.click({"clicks": [{"type": "cheers", "age_ms": 1000 * age} for age in ages]})
        site.wait_for_totals(5)
        before = site.timeline(window=3600)
        recent = site.data()["recent_history"]
    with open_site(settings) as site:
        site.wait_for_state("live")
        after = site.timeline(window=3600)

        assert after["totals"] == {"cheers": 5, "hate": 0}
        for field in ("log", "as_of", "complete_since", "incomplete", "repeat_s"):
            assert after[field] == before[field]
        if after["start"] == before["start"]:
            assert after["series"]["cheers"] == before["series"]["cheers"]
        assert sum(after["series"]["cheers"]) == 4
        assert site.data()["recent_history"] == recent


def test_clicks_of_other_processes_are_counted_within_two_seconds(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    with open_site(Settings(clicks_db=path)) as site, process(WRITE, path, 20) as writer:
        site.wait_for_state("live")
        assert writer.wait(20) == 0
        site.wait_for_totals(*counted(path).values())
        assert sum(site.totals()) >= 20


def test_a_file_that_was_renamed_gives_way_to_a_new_log_that_starts_at_zero(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    with open_site(Settings(clicks_db=path)) as site:
        site.click({"clicks": [{"type": "cheers"}] * 3})
        site.wait_for_totals(3)
        before = site.timeline()["log"]
        path.rename(tmp_path / "elsewhere.sqlite3")
        eventually(lambda: site.click({"type": "hate"}).status_code == 200, 5, "clicks are refused")
        eventually(lambda: site.totals() == (0, 1), 10, lambda: f"{site.timeline()}")
        site.wait_for_state("live")

        assert site.timeline()["log"] != before
        assert counted(path) == totals(path) == {"cheers": 0, "hate": 1}


def test_a_long_file_is_read_again_only_as_far_as_a_bin_reaches(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    settings = Settings(clicks_db=path)
    with open_site(settings) as site:
        site.click({"type": "cheers"})
        site.wait_for_totals(1)
    long_ago = time.time() - 7200
    with opened(path) as database:
        database.execute("BEGIN")
        database.execute("UPDATE clicks SET received = ?, timestamp = ?", (long_ago, long_ago))
        database.execute("COMMIT")
    with open_site(settings) as site:
        site.click({"type": "hate"})
        site.wait_for_totals(1, 1)
        timeline = site.timeline(window=3600)

        assert (sum(timeline["series"]["cheers"]), sum(timeline["series"]["hate"])) == (0, 1)
        assert timeline["complete_since"] is None
