"""A range of a file, counted: what the site showed of it, and nothing changes in the file."""

import itertools
import sqlite3
import time
from pathlib import Path

import pytest

from dash_app.brokers import BrokerUnavailable, LogReplaced, Outgoing
from dash_app.brokers.selection import open_range
from dash_app.brokers.sqlite.file import SqliteFile
from dash_app.counting.archive import RangeCounting, TooManyRecords
from dash_app.counting.clicks import Click
from dash_app.counting.range_log import RangePart
from dash_app.settings import Settings
from tests.brokers.ranges import LIMIT, count
from tests.brokers.sqlite.rows import opened
from tests.counting.memory_range import totals_of
from tests.sites import Site, open_live_site

T = 1_800_000_000
INSERT = "INSERT INTO clicks (type, timestamp, received, person) VALUES (?, ?, ?, ?)"
ADD = "INSERT INTO totals SELECT type, count(*), 0 FROM clicks GROUP BY type"


def fill(path: Path, *rows: tuple[str, float, float]) -> None:
    """Write clicks of a type, tapped at a time and received at another, seconds after T."""
    with SqliteFile(path, 1), opened(path) as database:
        for number, (kind, tapped, received) in enumerate(rows):
            database.execute(INSERT, (kind, T + tapped, T + received, f"{number % 2:016x}"))
        database.execute(ADD)


def test_a_range_is_what_the_site_showed_over_repeats_late_taps_and_a_restart(
    tmp_path: Path,
) -> None:
    settings = Settings(clicks_db=tmp_path / "clicks.sqlite3")
    since = int(time.time()) - 100
    clicks = [{"type": "cheers", "age_ms": 1000 * age} for age in (0, 1, 1, 90, 200, 3500, 7200)]
    body = {"client": "phone-1", "seq": 1, "clicks": clicks}
    with open_live_site(settings) as site:
        site.click(body)
        site.click(body)
        site.wait_for_totals(7)
    with open_live_site(settings) as site:
        site.click({"clicks": [{"type": "hate"}]})
        site.wait_for_totals(7, 1)
        as_of = int(site.timeline()["as_of"]["0"])
        shown, until = drawn_since(site, since), int(time.time()) + 1
        found = count(settings, since, until)

    assert found.by_second == shown
    assert totals_of(found) == {"cheers": 4, "hate": 1}
    assert (found.whole, found.duplicates, found.records) == (True, 0, 8)
    assert (found.is_final, found.as_of) == (False, {0: as_of})


def drawn_since(site: Site, since: int) -> dict[str, dict[int, int]]:
    """Return what a site draws from an epoch second on."""
    assert site.service.consumer
    drawn = site.service.consumer.snapshot.by_second
    return {
        kind: {second: n for second, n in seconds.items() if second >= since}
        for kind, seconds in drawn.items()
    }


def test_a_clock_that_was_set_back_hides_no_click(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    fill(path, ("ok", 0, 9000), ("ok", 5, 6), ("ok", -5, 7), ("ok", 8, 3000), ("no", 9, 12))
    fill(path.with_name("more"), ("ok", 0, 9000), ("ok", 5, 6), ("ok", 9, 9000))

    assert count(Settings(clicks_db=path), T, T + 10).by_second == {
        "ok": {T + 5: 1, T + 8: 1},
        "no": {T + 9: 1},
    }
    assert count(Settings(clicks_db=path.with_name("more")), T, T + 10).by_second == {
        "ok": {T + 5: 1}
    }


def test_the_end_of_the_range_is_final_once_a_row_is_too_late_for_it(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    fill(path, ("ok", 5, 6), ("ok", 9.5, 3609), ("ok", 11, 3609))
    found = count(Settings(clicks_db=path), T, T + 10)
    assert (totals_of(found), found.is_final, found.as_of) == ({"ok": 2}, False, {0: 4})

    with opened(path) as database:
        database.execute(INSERT, ("ok", T + 3610, T + 3610, None))
    found = count(Settings(clicks_db=path), T, T + 10)
    assert (totals_of(found), found.is_final, found.as_of) == ({"ok": 2}, True, {0: 4})


def test_before_and_after_the_log_there_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    fill(path, *(("ok", n, n) for n in range(100)))

    for since, until in ((0, 1000), (T - 90_000, T - 80_000), (T + 90_000, T + 10**9), (T, T)):
        found = count(Settings(clicks_db=path), since, until)
        assert (found.by_second, found.whole) == ({}, True)


def test_a_year_is_counted_or_too_much(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    year = 365 * 24 * 3600
    fill(path, *(("ok", n * year / 1001, n * year / 1001) for n in range(1000)))

    assert totals_of(count(Settings(clicks_db=path), T, T + year, limit=1000)) == {"ok": 1000}
    with pytest.raises(TooManyRecords, match=rf"1,000 records of {path} .* is 999"):
        count(Settings(clicks_db=path), T, T + year, limit=999)


def test_a_file_without_its_head_says_since_when_a_range_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    fill(path, *(("ok", n, n) for n in range(100)))
    with opened(path) as database:
        database.execute("DELETE FROM clicks WHERE id <= 50")

    found = count(Settings(clicks_db=path), T + 20, T + 90)
    assert (found.whole, found.whole_from, totals_of(found)) == (False, T + 51, {"ok": 40})
    assert found.why
    assert found.why.startswith(f"the head of {path} was deleted, which begins at offset 51 of")
    assert count(Settings(clicks_db=path), T + 51, T + 90).whole
    assert not count(Settings(clicks_db=path), T - 9000, T - 8000).whole


def test_types_beyond_the_first_32_of_the_file_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    with open_live_site(Settings(clicks_db=path)) as site:
        assert site.service.broker
        keys = [f"key-{number}" for number in range(40)]
        for key in keys:
            batch = [Outgoing(Click(key, time.time()), None)]
            site.service.broker.append(batch, time.monotonic() + 5)
        since = int(time.time()) - 60
        found = count(Settings(clicks_db=path), since, since + 120)
        with opened(path) as database:
            database.execute("UPDATE clicks SET received = ?, timestamp = ? WHERE id < 30", (T, T))
        later = count(Settings(clicks_db=path), since, since + 120)

    assert totals_of(found) == dict.fromkeys(keys[:32], 1)
    assert found.unreadable == {"too many types": 8}
    assert totals_of(later) == dict.fromkeys(keys[29:32], 1)


def test_reading_changes_nothing_and_a_page_keeps_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    fill(path, *(("ok", n, n) for n in range(2000)))
    before = path.read_bytes()
    with open_range(Settings(clicks_db=path), T, T + 5000) as log:
        assert log.parts == {0: RangePart(1, 2001, None, False, frozenset({"ok"}))}
        polls = log.polls(0, 1)
        assert sum(map(len, itertools.islice(polls, 5))) == 1000
        assert [*tmp_path.iterdir()] == [path]
        assert sum(map(len, polls)) == 1000
        log.check()
    assert path.read_bytes() == before

    with SqliteFile(path, 1) as file, open_range(Settings(clicks_db=path), T, T + 5000) as log:
        next(log.polls(0, 1))
        file.database.execute(INSERT, ("ok", T, T, None))
        (busy, _, _) = file.database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not busy
        assert sum(map(len, log.polls(0, 1))) == 2000
        log.check()


def test_a_file_that_is_replaced_while_it_is_read_is_another_log(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    fill(path, *(("ok", n, n) for n in range(2000)))
    with SqliteFile(path, 1), open_range(Settings(clicks_db=path), T, T + 5000) as log:
        counting = RangeCounting(log, T, T + 5000, 100_000, LIMIT)
        next(counting)
        path.rename(tmp_path / "aside")
        with pytest.raises(LogReplaced, match="changed while it was read; try again"):
            list(counting)


def test_what_cannot_be_read_is_named_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    with pytest.raises(BrokerUnavailable, match=f"there is no file {path}"):
        count(Settings(clicks_db=path), T, T + 10)
    path.write_bytes(b"no database, whatever its name says" * 100)
    with pytest.raises(BrokerUnavailable, match=f"cannot read the clicks in {path}: file is not"):
        count(Settings(clicks_db=path), T, T + 10)
    path.unlink()
    fill(path, ("ok", 1, 1))
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 1")
    with pytest.raises(BrokerUnavailable, match=r"an earlier version .* start the site once"):
        count(Settings(clicks_db=path), T, T + 10)
