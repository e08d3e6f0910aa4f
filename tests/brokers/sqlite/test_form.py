"""Files of an earlier form are taken over in place, and those of a later one are refused."""

import contextlib
import hashlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner

from dash_app.__main__ import main
from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.sqlite import file as sqlite_file
from dash_app.brokers.sqlite.broker import contents, set_aside
from dash_app.brokers.sqlite.file import APPLICATION_ID, VERSION, SqliteFile
from dash_app.brokers.sqlite.log import SqliteLog
from dash_app.settings import Settings
from dash_app.settings.reactions import SEED, Reaction
from tests.brokers.sqlite.processes import CREATE, next_line, process, tell
from tests.brokers.sqlite.rows import ask, counted, opened, totals
from tests.brokers.sqlite.test_set_aside import without_root
from tests.sites import open_site

FORM_0 = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE clicks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL CHECK (type IN ('cheers', 'hate')),
    timestamp REAL NOT NULL,
    received REAL NOT NULL,
    client TEXT,
    seq INTEGER,
    place INTEGER,
    UNIQUE (client, seq, place)
);
CREATE INDEX clicks_by_time ON clicks (received);
CREATE TABLE totals (
    type TEXT PRIMARY KEY,
    clicks INTEGER NOT NULL,
    untimely INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO totals VALUES ('cheers', 0, 0), ('hate', 0, 0);
INSERT INTO meta VALUES ('log', 'log-1');
"""
"""What release 0.1 created."""

FORM_1 = f"""
{FORM_0.replace(" CHECK (type IN ('cheers', 'hate'))", "")}
{sqlite_file.TALKS};
PRAGMA user_version = 1;
"""
"""What was created before a click had a person."""

FILL = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
INSERT INTO clicks (type, timestamp, received, client, seq, place)
SELECT iif(n % 3, 'cheers', 'hate'), ?2 + n * 1e-6, ?2, 'phone-1', n, 0 FROM numbers
"""

ROWS = "SELECT id, type, timestamp, received, client, seq, place FROM clicks ORDER BY id"
EVERYTHING = (ROWS, "SELECT * FROM totals", "SELECT * FROM meta", "SELECT * FROM sqlite_sequence")

REACTIONS = (*SEED, Reaction("ok", "OK"))

MakeFile = Callable[..., Path]


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Make a file of form 0 with so many clicks: `make_file(6)`."""

    def make(
        clicks: int = 6,
        path: Path = tmp_path / "clicks.sqlite3",
        mark: bool = True,
        form: str = FORM_0,
    ) -> Path:
        with opened(path) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(form)
            if mark:
                database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            database.execute(FILL, (clicks, time.time() - 10))
            database.execute("INSERT INTO clicks (type, timestamp, received) VALUES ('hate', 1, 2)")
            database.execute("DELETE FROM clicks WHERE id = (SELECT max(id) FROM clicks)")
            database.execute(
                "UPDATE totals SET clicks = (SELECT count(*) FROM clicks WHERE type = totals.type)"
            )
        return path

    return make


def everything(path: Path) -> list[list[Any]]:
    """Return all rows of all tables."""
    return [ask(path, query) for query in EVERYTHING]


@pytest.mark.parametrize("form", [FORM_0, FORM_1], ids=["form 0", "form 1"])
def test_a_file_is_taken_over_and_keeps_ids_identities_totals_and_log(
    make_file: MakeFile, form: str
) -> None:
    path = make_file(form=form)
    before = everything(path)
    with SqliteFile(path, 1) as file:
        assert file.log_id == "log-1"

    assert everything(path) == before
    assert ask(path, "PRAGMA user_version") == [(VERSION,)]
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    with SqliteFile(path.with_name("new.sqlite3"), 1):
        schemas = [
            ask(one, "SELECT type, name, trim(sql, char(10)) FROM sqlite_master ORDER BY name")
            for one in (path, path.with_name("new.sqlite3"))
        ]
    assert schemas[0] == schemas[1]


@pytest.mark.parametrize("mark", [True, False])
def test_other_types_can_be_inserted_and_repeats_are_still_known(
    make_file: MakeFile, mark: bool
) -> None:
    path = make_file(mark=mark)
    with open_site(Settings(clicks_db=path, reactions=REACTIONS)) as site:
        site.wait_for_state("live")
        assert site.timeline()["totals"] == {"cheers": 4, "hate": 2, "ok": 0}
        again = {"client": "phone-1", "seq": 3, "clicks": [{"type": "ok"}]}
        for body in (again, {"clicks": [{"type": "ok"}] * 2}):
            assert site.click(body).status_code == 200

    assert totals(path) == counted(path) == {"cheers": 4, "hate": 2, "ok": 2}
    ids = [row[0] for row in ask(path, ROWS)]
    assert ids[:6] == [1, 2, 3, 4, 5, 6]
    # Seven was given to a click that was deleted.
    assert min(ids[6:]) > 7


def test_processes_that_open_the_file_at_once_all_get_it(
    make_file: MakeFile, tmp_path: Path
) -> None:
    with contextlib.ExitStack() as stack:
        openers = [stack.enter_context(process(CREATE)) for _ in range(4)]
        for number in range(10):
            path = make_file(path=tmp_path / f"old-{number}.sqlite3")
            before = everything(path)
            for opener in openers:
                tell(opener, str(path))
            assert {next_line(opener) for opener in openers} == {"log-1"}
            assert everything(path) == before
            assert ask(path, "PRAGMA user_version") == [(VERSION,)]


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Hold a transaction that reads, as a browser of databases does."""
    with opened(path) as database:
        database.execute("BEGIN")
        database.execute("SELECT count(*) FROM clicks").fetchone()
        yield database
        database.execute("COMMIT")


def test_a_connection_that_is_open_meanwhile_goes_on(make_file: MakeFile) -> None:
    path = make_file()
    with reading(path) as other:
        with SqliteFile(path, 1) as file, file.transaction():
            file.database.execute(
                "INSERT INTO clicks (type, timestamp, received) VALUES ('ok', 1, 1)"
            )
        assert other.execute("SELECT count(*) FROM clicks").fetchone() == (6,)
        other.execute("COMMIT")
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO clicks (type, timestamp, received) VALUES ('no', 1, 1)")

    assert counted(path) == {"cheers": 4, "hate": 2, "ok": 1, "no": 1}


def test_a_writer_of_the_earlier_release_that_is_still_open_loses_nothing(
    make_file: MakeFile,
) -> None:
    path = make_file()
    with opened(path) as earlier:
        earlier.execute("SELECT * FROM clicks").fetchall()
        contents(path)
        earlier.execute("INSERT INTO clicks (type, timestamp, received) VALUES ('hate', 1, 1)")
        earlier.execute("UPDATE totals SET clicks = clicks + 1 WHERE type = 'hate'")

    assert totals(path) == counted(path) == {"cheers": 4, "hate": 3}


def test_a_file_that_cannot_be_written_is_named_and_left_alone(make_file: MakeFile) -> None:
    # Not in tmp_path: nobody else may look into the folder of the tests.
    with TemporaryDirectory() as name:
        path = make_file(path=Path(name) / "clicks.sqlite3")
        digest = hashlib.sha256(path.read_bytes()).digest()
        path.parent.chmod(0o777)
        path.chmod(0o444)
        with without_root(), pytest.raises(BrokerUnavailable, match=f"{path}: .*readonly"):
            SqliteFile(path, 1)
        assert hashlib.sha256(path.read_bytes()).digest() == digest


def test_a_large_file_is_taken_over_without_copying_a_click(make_file: MakeFile) -> None:
    path = make_file(100_000)
    contents_before = path.stat().st_size
    with SqliteFile(path, 1) as file:
        # The pages that changed stand in the write-ahead log: a copy would be all of them.
        changed = path.with_name(f"{path.name}-wal").stat().st_size
        assert file.database.execute("SELECT count(*) FROM clicks").fetchone() == (100_000,)

    assert changed < contents_before / 50


def test_the_audit_reads_a_file_at_rest_and_leaves_it_in_its_form(make_file: MakeFile) -> None:
    path = make_file()
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]
    before = hashlib.sha256(path.read_bytes()).digest()
    done = CliRunner().invoke(main, ["audit"], env={"CLICKS_DB": str(path)})

    assert done.exit_code == 0, done.output
    assert f"equal: the totals in {path}: cheers 4, hate 2, untimely 0 as of 0:7" in done.output
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert list(path.parent.iterdir()) == [path]


def test_it_can_be_looked_into_and_set_aside(make_file: MakeFile) -> None:
    path = make_file()
    clicks, since = contents(path)
    assert (clicks, since is not None and abs(since - time.time()) < 60) == (6, True)
    path.unlink()
    aside = set_aside(make_file(), datetime(2026, 11, 3, 20, 15, 7, tzinfo=UTC))

    assert aside is not None
    assert counted(aside) == totals(aside) == {"cheers": 4, "hate": 2}
    assert not path.exists()


@pytest.mark.parametrize("mark", [True, False])
def test_a_file_of_a_later_form_is_refused_and_left_alone(make_file: MakeFile, mark: bool) -> None:
    path = make_file(mark=mark)
    ask(path, f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()

    looks: list[Callable[[Path], object]] = [contents, SqliteLog, lambda path: SqliteFile(path, 1)]
    for look in looks:
        with pytest.raises(BrokerUnavailable, match=f"^{path} was written by a later version of"):
            look(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_called_so_whatever_its_version(tmp_path: Path) -> None:
    path = tmp_path / "books.sqlite3"
    with opened(path) as database:
        database.execute("CREATE TABLE books (name)")
        database.execute("PRAGMA user_version = 7")

    with pytest.raises(BrokerUnavailable, match="is a database of another program"):
        SqliteFile(path, 1)


@pytest.mark.parametrize(("form", "version"), [(FORM_0, 0), (FORM_1, 1)])
def test_a_failure_half_way_leaves_the_file_in_its_form(
    make_file: MakeFile, monkeypatch: pytest.MonkeyPatch, form: str, version: int
) -> None:
    path = make_file(form=form)
    before = ask(path, "SELECT * FROM sqlite_master")
    broken = f"{sqlite_file.ADD_PERSON}; SELECT no_such_column"
    monkeypatch.setattr(sqlite_file, "ADD_PERSON", broken)
    with pytest.raises(BrokerUnavailable, match="no such column"):
        SqliteFile(path, 1)

    assert ask(path, "SELECT * FROM sqlite_master") == before
    assert ask(path, "PRAGMA user_version") == [(version,)]


def test_old_clicks_are_of_nobody_and_new_ones_name_a_person(make_file: MakeFile) -> None:
    path = make_file(form=FORM_1)
    with open_site(Settings(clicks_db=path)) as site:
        site.wait_for_totals(4, 2)
        tap = {"client": "phone-2", "seq": 1, "clicks": [{"type": "cheers"}]}
        assert site.click(tap).status_code == 200
        site.wait_for_totals(5, 2)
        assert site.timeline()["people"] == 1

    persons = [person for (person,) in ask(path, "SELECT person FROM clicks ORDER BY id")]
    assert persons[:6] == [None] * 6
    assert re.fullmatch("[0-9a-f]{16}", persons[6])
