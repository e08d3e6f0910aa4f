"""What a file holds; setting it aside renames it whole, and never while a process has it open."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.sqlite import broker as sqlite
from dash_app.brokers.sqlite.broker import InUse, contents, set_aside
from dash_app.brokers.sqlite.file import APPLICATION_ID, SqliteFile
from dash_app.settings import Settings
from tests.brokers.sqlite.processes import HAVE_OPEN, WRITE, next_line, process
from tests.brokers.sqlite.rows import ask, counted, opened, totals
from tests.sites import open_site

NOBODY = 65534

NOW = datetime(2026, 11, 3, 20, 15, 7, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clicks.sqlite3"


def fill(path: Path, clicks: int = 3) -> None:
    with open_site(Settings(clicks_db=path)) as site:
        body = {"clicks": [{"type": "cheers"}] * clicks}
        assert site.click(body).status_code == 200


def test_a_link_goes_on_leading_to_the_place_of_the_next_file(path: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    path.symlink_to(tmp_path / "disk" / "real.sqlite3")
    fill(path)
    aside = set_aside(path, NOW)

    assert aside == tmp_path / "disk" / "real-20261103-201507.sqlite3"
    assert contents(aside).clicks == 3
    assert contents(path).clicks == 0
    assert path.is_symlink()
    assert (tmp_path / "disk" / "real.sqlite3").exists()


def test_contents_are_the_clicks_and_when_they_began(path: Path) -> None:
    assert contents(path) == (0, None)
    assert ask(path, "SELECT value FROM meta WHERE name = 'log'")

    began = time.time()
    fill(path)
    fill(path)
    clicks, since = contents(path)

    assert clicks == 6
    assert since is not None
    assert began - 1 <= since <= time.time()


def test_a_file_without_clicks_has_no_beginning(path: Path) -> None:
    with open_site(Settings(clicks_db=path)) as site:
        site.wait_for_state("live")

    assert contents(path) == (0, None)


def test_a_file_that_is_no_database_is_named(path: Path) -> None:
    path.write_text("no database" * 100)
    for look in (contents, lambda path: set_aside(path, NOW)):
        with pytest.raises(BrokerUnavailable, match=str(path)):
            look(path)
    assert path.exists()


@contextlib.contextmanager
def without_root() -> Iterator[None]:
    """Obey the rights of files also where the tests run as root."""
    me = os.geteuid()
    os.seteuid(me or NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)


def test_a_file_that_can_be_read_but_not_written_is_named() -> None:
    # Not in tmp_path: nobody else may look into the folder of the tests.
    with TemporaryDirectory() as name:
        path = Path(name) / "clicks.sqlite3"
        fill(path)
        path.parent.chmod(0o777)
        path.chmod(0o444)
        with without_root(), pytest.raises(BrokerUnavailable, match=f"{path}.*readonly"):
            contents(path)


@pytest.mark.parametrize(
    "place", ["", "a-file/clicks.sqlite3", "/proc/clicks/clicks.sqlite3", "/dev/full"]
)
def test_a_path_where_no_file_can_be_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").touch()
    path = tmp_path / place
    with pytest.raises(BrokerUnavailable, match=str(path)):
        contents(path)


def test_a_file_set_aside_is_renamed_and_keeps_every_click(path: Path) -> None:
    fill(path)
    aside = set_aside(path, NOW)

    assert aside == path.with_name("clicks-20261103-201507.sqlite3")
    assert sorted(path.parent.glob("*.sqlite3*")) == [aside]
    assert totals(aside) == counted(aside) == {"cheers": 3, "hate": 0}
    assert set_aside(path, NOW) is None


def test_two_files_set_aside_in_the_same_second_are_both_kept(path: Path) -> None:
    asides = []
    for number in (1, 2, 3):
        fill(path, number)
        asides.append(set_aside(path, NOW))

    clicks = [counted(aside)["cheers"] for aside in asides if aside is not None]
    assert clicks == [1, 2, 3]


def test_a_file_that_a_process_has_open_is_not_set_aside(path: Path) -> None:
    fill(path)
    with process(HAVE_OPEN, path) as other:
        assert next_line(other) == "ready"
        with pytest.raises(InUse, match="in use"):
            set_aside(path, NOW)
        assert contents(path).clicks == 3
        with open_site(Settings(clicks_db=path)) as site:
            assert site.click({"type": "cheers"}).status_code == 200

    assert counted(path) == {"cheers": 4, "hate": 0}
    assert set_aside(path, NOW) is not None


def test_what_only_the_write_ahead_log_holds_is_set_aside_too(path: Path) -> None:
    with process(WRITE, path, 100_000) as writer:
        for _ in range(20):
            next_line(writer)
        writer.kill()
        writer.wait()
    wal = path.with_name("clicks.sqlite3-wal")
    assert wal.stat().st_size > 0
    with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as database:
        without_wal = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    database.close()
    aside = set_aside(path, NOW)

    assert aside is not None
    assert without_wal == (0,)
    assert not wal.exists()
    assert sum(counted(aside).values()) >= 20
    assert totals(aside) == counted(aside)


def test_a_program_that_starts_meanwhile_keeps_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)
    started: list[SqliteFile] = []

    class Meddled:
        """A connection beside which another program opens the file, before the lock."""

        def __init__(self, database: sqlite3.Connection) -> None:
            self._database = database

        def execute(self, statement: str) -> sqlite3.Cursor:
            if statement == "BEGIN EXCLUSIVE":
                started.append(SqliteFile(path, busy_seconds=1))
            return self._database.execute(statement)

        def close(self) -> None:
            self._database.close()

    def open_meddled(path: Path, busy_seconds: float) -> SqliteFile:
        file = SqliteFile(path, busy_seconds)
        file.database = Meddled(file.database)  # type: ignore[assignment]
        return file

    monkeypatch.setattr(sqlite, "SqliteFile", open_meddled)
    with pytest.raises(InUse, match="in use"):
        set_aside(path, NOW)
    started[0].close()

    assert counted(path) == {"cheers": 3, "hate": 0}


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE users (name)",
        "CREATE TABLE meta (name, value, other)",
        "PRAGMA application_id = 42",
    ],
)
def test_a_database_of_another_program_is_left_as_it_is(path: Path, statement: str) -> None:
    with opened(path) as database:
        database.execute(statement)
    before = path.read_bytes()

    for look in (contents, lambda path: set_aside(path, NOW), lambda path: SqliteFile(path, 1)):
        with pytest.raises(BrokerUnavailable, match=r"another program; set CLICKS_DB"):
            look(path)

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_file_of_clicks_is_marked_and_one_from_before_the_mark_is_recognised(path: Path) -> None:
    fill(path)
    assert ask(path, "PRAGMA application_id") == [(APPLICATION_ID,)]

    ask(path, "PRAGMA application_id = 0")
    assert contents(path).clicks == 3


def test_a_damaged_file_of_clicks_is_named(path: Path) -> None:
    fill(path)
    ask(path, "DROP TABLE totals")

    with pytest.raises(BrokerUnavailable, match=str(path)):
        contents(path)
