"""The writer of the embedded broker: durable, grouped, and truthful when it fails."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dash_app.brokers import NotAppended, OutcomeUnknown, Outgoing
from dash_app.brokers.sqlite.writer import SqliteWriter
from dash_app.counting.clicks import Click, Identity
from dash_app.settings import Settings
from tests.brokers.sqlite.processes import HOLD_LOCK, WRITE, next_line, process
from tests.brokers.sqlite.rows import ask, counted, locked, totals
from tests.programs import run_program
from tests.sites import open_site
from tests.waiting import eventually

DISK_FULL = """
import json, resource, sys
from pathlib import Path
from typing import Any
from dash_app.settings import Settings
from tests.sites import open_site
from tests.brokers.sqlite.rows import counted, totals

path = Path(sys.argv[1])
unlimited = resource.RLIM_INFINITY
body = {"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}] * 3}
many = {"clicks": [{"type": "hate"}] * 500}
with open_site(Settings(clicks_db=path)) as site:
    site.click({"type": "cheers"})
    site.wait_for_totals(1)
    fill = path.with_name(path.name + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (fill, unlimited))
    full = [site.click(body), site.click(many)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (unlimited, unlimited))
    again = site.click(body)
    site.wait_for_totals(4)
    print(json.dumps([[answer.status_code for answer in [*full, again]], full[0].get_json(),
                      totals(path), counted(path)]))
"""

MakeWriter = Callable[..., SqliteWriter]


def batch(*kinds: str, client: str = "phone-1", seq: int = 1) -> list[Outgoing]:
    now = time.time()
    return [
        Outgoing(Click(kind, now), Identity(client, seq, place)) for place, kind in enumerate(kinds)
    ]


def soon(seconds: float = 10) -> float:
    return time.monotonic() + seconds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "clicks.sqlite3"


@pytest.fixture
def make_writer(path: Path) -> Iterator[MakeWriter]:
    writers: list[SqliteWriter] = []

    def make(busy_seconds: float = 5, on_commit: Callable[[], None] = lambda: None) -> SqliteWriter:
        writers.append(SqliteWriter(path, busy_seconds, on_commit))
        writers[-1].start()
        return writers[-1]

    yield make
    for writer in writers:
        writer.stop(10)


def test_what_was_appended_is_in_the_file(make_writer: MakeWriter, path: Path) -> None:
    make_writer().append(batch("cheers", "hate", "hate"), soon())

    rows = ask(path, "SELECT id, type, client, seq, place FROM clicks")
    assert rows == [
        (1, "cheers", "phone-1", 1, 0),
        (2, "hate", "phone-1", 1, 1),
        (3, "hate", "phone-1", 1, 2),
    ]
    assert totals(path) == {"cheers": 1, "hate": 2}


def test_the_file_is_synced_at_every_commit(
    make_writer: MakeWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def note(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connections.append(connect(*arguments, **options))
        return connections[-1]

    monkeypatch.setattr(sqlite3, "connect", note)
    settings: list[tuple[int, ...]] = []
    # The writer's own connection, in the writer's thread.
    writer = make_writer(
        on_commit=lambda: settings.append(connections[0].execute("PRAGMA synchronous").fetchone())
    )
    for seq in range(2):
        writer.append(batch("cheers", seq=seq), soon())
    writer.stop(10)

    assert settings == [(2,), (2,)]
    assert len(connections) == 1
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]


def test_a_repeat_in_part_or_in_whole_changes_only_what_is_new(
    make_writer: MakeWriter, path: Path
) -> None:
    writer = make_writer()
    writer.append(batch("cheers", "hate"), soon())
    writer.append(batch("cheers", "hate"), soon())
    writer.append(batch("cheers", "hate", "hate"), soon())

    assert totals(path) == counted(path) == {"cheers": 1, "hate": 2}
    assert ask(path, "SELECT seq, place FROM clicks ORDER BY id") == [(1, 0), (1, 1), (1, 2)]


def test_clicks_without_an_identity_are_all_kept(make_writer: MakeWriter, path: Path) -> None:
    writer = make_writer()
    for _ in range(3):
        writer.append([Outgoing(Click("hate", 1.0), None)] * 2, soon())

    assert totals(path) == counted(path) == {"cheers": 0, "hate": 6}


def hold_up(writer: SqliteWriter) -> None:
    """Return once the writer of a locked file writes a batch: whatever comes next has to wait."""

    def is_writing() -> bool:
        try:
            writer.append(batch("cheers", seq=99), soon(0.05))
        except NotAppended:
            return False
        except OutcomeUnknown:
            return True
        raise AssertionError("the file is not locked")

    eventually(is_writing, 5, "the writer does not take the batch")


def test_batches_that_wait_share_a_commit(make_writer: MakeWriter, path: Path) -> None:
    commits: list[None] = []
    writer = make_writer(on_commit=lambda: commits.append(None))
    writer.append(batch("cheers", seq=0), soon())
    with ThreadPoolExecutor(40) as pool, locked(path):
        hold_up(writer)
        pending = [pool.submit(writer.append, batch("hate", seq=n), soon()) for n in range(1, 41)]
        eventually(lambda: writer.backlog() == 40, 5, "the batches do not wait")
        assert not any(append.done() for append in pending)

    for append in pending:
        append.result(5)
    assert totals(path) == {"cheers": 2, "hate": 40}
    eventually(lambda: len(commits) == 3, 5, lambda: f"{len(commits)} commits, not 3")


def test_a_file_locked_by_another_process_refuses_clicks_and_keeps_none(path: Path) -> None:
    with open_site(Settings(clicks_db=path, answer_limit_ms=400)) as site:
        site.click({"type": "cheers"})
        with process(HOLD_LOCK, path) as other:
            assert next_line(other) == "ready"
            began = time.monotonic()
            answer = site.click({"type": "hate"})
            assert time.monotonic() - began < 0.8
            assert answer.status_code == 503
            assert answer.get_json() == {
                "status": "error",
                "message": "Failed to write the clicks",
                "appended": False,
            }
            assert site.timeline()["state"] == "live"
        assert site.click({"type": "cheers"}).status_code == 200
        site.wait_for_totals(2, 0)
        assert counted(path) == {"cheers": 2, "hate": 0}


def test_a_batch_that_was_refused_while_it_waited_is_never_written(
    make_writer: MakeWriter, path: Path
) -> None:
    writer = make_writer()
    writer.append(batch("cheers", seq=0), soon())
    with ThreadPoolExecutor(1) as pool, locked(path):
        first = pool.submit(writer.append, batch("cheers", seq=1), soon())
        eventually(lambda: not writer.backlog(), 5, "the first batch is not taken up")
        with pytest.raises(NotAppended):
            writer.append(batch("hate", seq=2), soon(0.2))

    first.result(5)
    writer.append(batch("cheers", seq=3), soon())
    assert counted(path) == {"cheers": 3, "hate": 0}


def test_a_batch_that_is_being_written_at_the_deadline_has_an_unknown_outcome(
    make_writer: MakeWriter, path: Path
) -> None:
    writer = make_writer()
    writer.append(batch("cheers", seq=0), soon())
    with locked(path), pytest.raises(OutcomeUnknown):
        writer.append(batch("hate", seq=1), soon(0.3))
    writer.append(batch("hate", seq=1), soon())

    assert counted(path) == totals(path) == {"cheers": 1, "hate": 1}


@pytest.mark.slow
def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    codes, full, stated, rows = run_program(DISK_FULL, tmp_path / "clicks.sqlite3")

    assert codes == [503, 503, 200]
    assert full["message"] == "Failed to write the clicks"
    assert stated == rows == {"cheers": 4, "hate": 0}


def test_stop_commits_what_waits(make_writer: MakeWriter, path: Path) -> None:
    writer = make_writer(busy_seconds=30)
    writer.append(batch("cheers", seq=0), soon())
    with ThreadPoolExecutor(11) as pool:
        with locked(path):
            hold_up(writer)
            pending = [
                pool.submit(writer.append, batch("hate", seq=n), soon(30)) for n in range(1, 11)
            ]
            eventually(lambda: writer.backlog() == 10, 5, "the batches do not wait")
            stopping = pool.submit(writer.stop, 10)
            eventually(lambda: not writer.is_running(), 5, "stop was not called")
        stopping.result(10)
        for append in pending:
            append.result(1)

    assert counted(path) == totals(path) == {"cheers": 2, "hate": 10}
    assert not [thread for thread in threading.enumerate() if thread.name == "clicks-writer"]


def test_a_stopped_writer_refuses_clicks_and_may_be_stopped_again(make_writer: MakeWriter) -> None:
    writer = make_writer()
    for _ in range(2):
        writer.stop(5)

    with pytest.raises(NotAppended):
        writer.append(batch("cheers"), soon())


def test_after_a_killed_writer_the_totals_are_those_of_the_rows(path: Path) -> None:
    acknowledged: dict[str, int] = {}
    for batches in (5, 30, 60):
        with process(WRITE, path, 100_000) as writer:
            for _ in range(batches):
                client, seq, clicks = next_line(writer).split()
                acknowledged[f"{client}:{seq}"] = int(clicks)
            writer.kill()
            writer.wait()
        rows = dict(ask(path, "SELECT client || ':' || seq, count(*) FROM clicks GROUP BY 1"))
        assert totals(path) == counted(path)
        assert acknowledged.items() <= rows.items()

    with open_site(Settings(clicks_db=path)) as site:
        site.wait_for_state("live")
        assert site.totals() == tuple(counted(path).values())


def test_a_file_that_is_no_database_is_left_alone_and_named(
    path: Path, make_writer: MakeWriter
) -> None:
    path.parent.mkdir()
    path.write_text("my thesis, not a database" * 100)
    with pytest.raises(NotAppended, match=str(path)):
        make_writer().append(batch("cheers"), soon())

    assert path.read_text().startswith("my thesis")


def test_a_folder_that_cannot_be_created_refuses_clicks_and_serves_readers(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with open_site(Settings(clicks_db=tmp_path / "file" / "clicks.sqlite3")) as site:
        answer = site.click({"type": "cheers"})
        assert answer.status_code == 503
        assert answer.get_json()["appended"] is False
        assert site.timeline()["state"] == "connecting"
        assert site.timeline()["as_of"] == {}
