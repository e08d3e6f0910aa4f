"""The audit of the embedded broker: equal, different or unread; the file never changes."""

import contextlib
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from dash_app.__main__ import main
from dash_app.audit import audit as auditing
from dash_app.brokers import LogReplaced
from dash_app.brokers.sqlite import log as sqlite_log
from dash_app.brokers.sqlite.log import SqliteLog
from dash_app.settings import Settings
from tests.audit.forged import forged_site, timeline
from tests.brokers.sqlite.processes import WRITE
from tests.brokers.sqlite.rows import ask, opened
from tests.ports import free_port
from tests.programs import ROOT
from tests.served import PREFIX, Answer, Served, run_command, serving
from tests.sites import open_site
from tests.waiting import eventually

BATCH = {
    "client": "phone-1",
    "seq": 1,
    "clicks": [{"type": "cheers"}, {"type": "hate"}, {"type": "cheers", "age_ms": 7_200_000}],
}
LEDGER = [
    "partition  records  cheers  hate  duplicates  unreadable  untimely",
    "        0        3       2     1           0           0         1",
    "      all        3       2     1           0           0         1",
]

KILLED = """
import os, signal, sys
from pathlib import Path
from dash_app.brokers.sqlite.file import SqliteFile

file = SqliteFile(Path(sys.argv[1]), 1)
with file.transaction():
    file.database.execute(
        "INSERT INTO clicks (type, timestamp, received) VALUES ('cheers', 1.7e9, 1.7e9)"
    )
    file.database.execute("UPDATE totals SET clicks = clicks + 1 WHERE type = 'cheers'")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file at rest that holds two cheers, one of them out of the window, and one hate."""
    path = tmp_path / "here" / "clicks # 1?.sqlite3"
    with open_site(Settings(clicks_db=path)) as site:
        for _ in range(3):
            site.click(BATCH)
        site.wait_for_totals(2, 1)
    return path


def audit(path: Path, *urls: str, **variables: str) -> Answer:
    done = CliRunner().invoke(main, ["audit", *urls], env={"CLICKS_DB": str(path), **variables})
    return Answer(done.exit_code, done.output)


def log_of(path: Path) -> str:
    ((log,),) = ask(path, "SELECT value FROM meta")
    return str(log)


@contextlib.contextmanager
def served_by_three(path: Path, **variables: str) -> Iterator[tuple[Served, str]]:
    folder, port = path.parent.parent, free_port()
    with serving(folder, port, CLICKS_DB=path, WEB_PROCESSES=3, **variables) as served:
        yield served, f"http://127.0.0.1:{port}{PREFIX}"


@pytest.mark.slow
def test_all_processes_of_a_site_and_the_totals_in_the_file_are_equal(path: Path) -> None:
    with served_by_three(path) as (served, url):
        served.click(BATCH)
        served.click(BATCH | {"client": "phone-2"})
        served.wait_for_totals(4, 2)
        done = run_command(path.parent, "audit", url, CLICKS_DB=path)
        assert served.end() == 0

    assert done.status == 0, done.text
    assert f"log {log_of(path)}, D = 100,000, read as of 0:16" in done.text
    assert "      all        6       4     2           0           0         2" in done.text
    assert f"equal: {url}: cheers 4, hate 2 as of 0:16" in done.text
    assert f"equal: the totals in {path}: cheers 4, hate 2, untimely 2 as of 0:16" in done.text


@pytest.mark.slow
def test_a_site_agrees_at_its_own_offsets_while_clicks_come_in(path: Path) -> None:
    command = [sys.executable, "-c", WRITE, str(path), "1000000"]
    with served_by_three(path) as (served, url):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT) as writer:
            try:
                served_counts_more(served)
                done = [audit(path, url) for _ in range(3)]
                assert writer.poll() is None
            finally:
                writer.kill()
        assert served.end() == 0

    assert [one.status for one in done] == [0, 0, 0], done
    assert any("times before)" in one.text for one in done)


def served_counts_more(served: Served) -> None:
    eventually(lambda: sum(served.totals()) > 10, 10, "the writer's clicks are not counted")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE totals SET clicks = clicks + 1 WHERE type = 'cheers'",
        "UPDATE totals SET untimely = 0",
        "DELETE FROM totals WHERE type = 'hate'",
        "DELETE FROM clicks WHERE id = 1",
        "UPDATE clicks SET type = 'hate'",
        "INSERT INTO clicks (type, timestamp, received) VALUES ('hate', 1, 1)",
    ],
)
def test_a_file_that_was_tampered_with_is_a_difference(path: Path, change: str) -> None:
    with opened(path) as database:
        database.execute(change)
    done = audit(path)

    assert done.status == 1, done.text
    assert f"DIFFERENT: the totals in {path}: cheers " in done.text
    assert "; the log has cheers " in done.text


def test_a_site_that_shows_one_click_too_many_is_a_difference(path: Path) -> None:
    log = log_of(path)
    right, wrong = timeline(2, 1, {"0": 4}, log), timeline(2, 1, {"0": 3}, log)
    with forged_site(right, wrong, right) as site:
        done = audit(path, site.url)

    assert done.status == 1
    assert f"equal: {site.url}: cheers 2, hate 1 as of 0:4" in done.text
    assert (
        f"DIFFERENT: {site.url}: cheers 2, hate 1 as of 0:3; the log has cheers 1, hate 1"
        in done.text
    )


def test_a_site_that_counted_further_than_the_file_reaches_is_a_difference(path: Path) -> None:
    with forged_site(timeline(2, 1, {"0": 5}, log_of(path))) as site:
        done = audit(path, site.url)

    assert done.status == 1
    assert "the log does not reach so far" in done.text


def test_a_site_on_another_file_cannot_be_compared(path: Path) -> None:
    with forged_site(timeline(2, 1, {"0": 4}, "another")) as site:
        done = audit(path, site.url)

    assert done.status == 2
    assert f"{site.url} counts log another, but {path} is log {log_of(path)}" in done.text


def test_if_one_of_two_sites_is_away_nothing_is_audited(path: Path) -> None:
    away = f"http://127.0.0.1:{free_port()}/live"
    with forged_site(timeline(2, 1, {"0": 4}, log_of(path))) as site:
        done = audit(path, site.url, away)

    assert done.status == 2
    assert done.text.startswith(f"Error: {away}/kafka/timeline cannot be reached: ")
    assert "Traceback" not in done.text


def test_without_a_url_the_ledger_is_printed(path: Path) -> None:
    done = audit(path)

    assert done.status == 0
    assert done.text.splitlines()[1:4] == LEDGER
    assert "fuck" not in done.text


def test_a_file_at_rest_stays_as_it_was_and_nothing_comes_beside_it(path: Path) -> None:
    before = hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns
    path.chmod(0o400)
    path.parent.chmod(0o500)
    done = audit(path)
    path.parent.chmod(0o700)

    assert done.status == 0, done.text
    assert (hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns) == before
    assert list(path.parent.glob("clicks*")) == [path]


@pytest.mark.slow
def test_what_a_killed_server_left_in_its_log_is_counted_and_left_there(path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, path], check=False, cwd=ROOT)
    files = sorted(path.parent.glob("clicks*"))
    before = [file.read_bytes() for file in files if not file.name.endswith("-shm")]
    done = audit(path)

    assert len(files) == 3
    assert done.status == 0
    assert "      all        4       3     1           0           0         1" in done.text
    assert sorted(path.parent.glob("clicks*")) == files
    assert [file.read_bytes() for file in files if not file.name.endswith("-shm")] == before


def test_a_file_at_rest_that_changes_meanwhile_is_an_error(path: Path) -> None:
    # Two writes within one tick of the file system's clock have the same time.
    os.utime(path, (0, 0))
    with SqliteLog(path) as log:
        assert len(list(log.records(0))) == 3
        log.check()
        with opened(path) as database:
            database.execute("INSERT INTO clicks (type, timestamp, received) VALUES ('hate', 1, 1)")
        with pytest.raises(LogReplaced, match="try again"):
            log.check()


def test_clicks_that_come_after_the_opening_are_left_out(path: Path) -> None:
    with open_site(Settings(clicks_db=path)) as site:
        site.wait_for_totals(2, 1)
        with SqliteLog(path) as log:
            site.click({"type": "hate"})
            site.wait_for_totals(2, 2)
            assert [record.offset for record in log.records(0)] == [1, 2, 3]
            assert log.ends == {0: 4}
            log.check()


@pytest.mark.parametrize("page_rows", [1, 2, 3, 4])
def test_pages_of_rows_join_without_a_gap_or_an_overlap(
    path: Path, page_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_log, "PAGE_ROWS", page_rows)
    with SqliteLog(path) as log:
        assert [record.offset for record in log.records(0)] == [1, 2, 3]


def test_an_identity_that_stands_in_the_file_twice_is_a_duplicate(path: Path) -> None:
    with opened(path) as database:
        (schema,) = database.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'clicks'"
        ).fetchone()
        database.execute("ALTER TABLE clicks RENAME TO before")
        database.execute(schema.replace("UNIQUE (client, seq, place)", "CHECK (1)"))
        database.execute("INSERT INTO clicks SELECT * FROM before")
        database.execute(
            "INSERT INTO clicks (type, timestamp, received, client, seq, place)"
            " SELECT type, timestamp, received, client, seq, place FROM before WHERE id = 1"
        )
        database.execute("UPDATE totals SET clicks = clicks + 1 WHERE type = 'cheers'")
    done = audit(path)

    assert done.status == 1
    assert "      all        4       2     1           1           0         1" in done.text


def test_a_file_that_cannot_be_read_is_an_error_of_one_sentence(path: Path) -> None:
    missing, other, text = (path.with_name(name) for name in ("no.db", "other.db", "thesis.txt"))
    with contextlib.closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE books (name TEXT)")
    text.write_text("not a database" * 100)
    for file, sentence in (
        (missing, f"there is no file {missing}"),
        (path.parent, f"there is no file {path.parent}"),
        (other, f"cannot read the clicks in {other}: no such table"),
        (text, f"cannot read the clicks in {text}: file is not a database"),
    ):
        done = audit(file)
        assert done.status == 2, done.text
        assert done.text.startswith(f"Error: {sentence}")
        assert len(done.text.splitlines()) == 1
    assert not missing.exists()


@pytest.mark.parametrize("problem", [RuntimeError, KeyboardInterrupt])
def test_an_audit_that_breaks_off_is_no_difference(
    path: Path, problem: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        raise problem

    monkeypatch.setattr(auditing, "build_ledger", break_off)
    assert audit(path).status == 2


def test_a_bad_setting_is_no_difference(path: Path) -> None:
    done = audit(path, DEDUP_OFFSETS="0")

    assert done.status == 2
    assert "DEDUP_OFFSETS is '0', which cannot work" in done.text
