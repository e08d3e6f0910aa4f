"""A file counts the first 32 types that were committed, whoever wrote them."""

import contextlib
import threading
from pathlib import Path

from dash_app.brokers.sqlite.file import PARTITION, SqliteFile
from dash_app.brokers.sqlite.log import SqliteLog
from dash_app.brokers.sqlite.reader import SqliteReader
from dash_app.counting.checkpoint import ReadAgain
from dash_app.counting.counts import Counts
from dash_app.counting.ledger import build_ledger
from dash_app.counting.tally import Tally
from dash_app.settings import Settings
from dash_app.settings.reactions import SEED, Reaction
from tests.brokers.sqlite.processes import next_line, process, tell
from tests.brokers.sqlite.rows import ask
from tests.naive import MAX_TYPES
from tests.sites import open_site

INSERT = "INSERT INTO clicks (type, timestamp, received) VALUES (?, ?, ?)"

HOSTILE = 5000
"""So many types each of two processes invents."""

WRITE_TYPES = """
import sys, time
from pathlib import Path
from dash_app.brokers import Outgoing
from dash_app.brokers.sqlite.writer import SqliteWriter
from dash_app.counting.clicks import Click, Identity

name, hostile = sys.argv[2], int(sys.argv[3])
writer = SqliteWriter(Path(sys.argv[1]), 5, lambda: None)
writer.start()
print("ready", flush=True)
sys.stdin.readline()
for start in range(0, hostile, 250):
    kinds = [kind for number in range(start, start + 250) for kind in
             (f"key-{number % 20}", f"{name}-{number}")]
    batch = [
        Outgoing(Click(kind, time.time() - 7200 * (n % 7 == 0)), Identity(name, start, n))
        for n, kind in enumerate(kinds)
    ]
    for _ in range(2):
        writer.append(batch, time.monotonic() + 20)
writer.stop(10)
"""
"""Append batches, each of them twice."""


def counts_of(reader: SqliteReader, tally: Tally) -> Counts:
    """Return the counts of all rows that the reader still has to read."""
    while records := reader.poll(0.05):
        tally.apply(PARTITION, records[PARTITION])
    return tally.publish(0).counts


def test_two_processes_a_follower_a_restart_and_the_audit_count_the_same(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    follower = Tally("log", 100_000, 1000)
    with contextlib.ExitStack() as stack:
        reader = stack.enter_context(SqliteReader(path, 5, threading.Event()))
        follower.begin(PARTITION, reader.starts(ReadAgain(0))[PARTITION])
        writers = [
            stack.enter_context(process(WRITE_TYPES, path, name, HOSTILE)) for name in ("a", "b")
        ]
        for writer in writers:
            assert next_line(writer) == "ready"
        for writer in writers:
            tell(writer)
        while any(writer.poll() is None for writer in writers):
            counts_of(reader, follower)
        assert [writer.returncode for writer in writers] == [0, 0]
        followed = counts_of(reader, follower)

    restarted = Tally("log", 100_000, 1000)
    with SqliteReader(path, 5, threading.Event()) as reader:
        restarted.begin(PARTITION, reader.starts(ReadAgain(0))[PARTITION])
        assert counts_of(reader, restarted) == followed
    with SqliteLog(path) as log:
        ledger = build_ledger(log, 100_000, log.statements())
        assert ledger.agrees(log.statements()[0])
    account = ledger.total()
    assert account.clicks == followed.clicks
    assert (account.unreadable, account.out_of_window) == (
        followed.unreadable,
        followed.out_of_window,
    )

    first = ask(path, "SELECT type FROM clicks GROUP BY type ORDER BY min(id)")[:MAX_TYPES]
    rows = dict(ask(path, "SELECT type, count(*) FROM clicks GROUP BY type"))
    assert followed.clicks == {kind: rows[kind] for (kind,) in first}
    assert sum(rows.values()) == 4 * HOSTILE
    assert followed.unreadable == {"too many types": 4 * HOSTILE - sum(followed.clicks.values())}
    assert followed.duplicates == 0


def test_a_type_that_comes_too_late_is_taken_and_counts_as_unreadable(tmp_path: Path) -> None:
    reactions = (*SEED, Reaction("late", "Late"))
    path = tmp_path / "clicks.sqlite3"
    settings = Settings(clicks_db=path, reactions=reactions)
    with SqliteFile(path, 1) as file, file.transaction():
        for number in range(MAX_TYPES - 1):
            file.database.execute(INSERT, (f"key-{number}", 1.0, 1.0))
            file.database.execute("INSERT INTO totals VALUES (?, 1, 1)", (f"key-{number}",))
    with open_site(settings) as site:
        site.wait_for_state("live")
        body = {"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}, {"type": "late"}]}
        for _ in range(2):
            assert site.click(body).status_code == 200
        site.wait_for_totals(1)
        live = site.timeline()
    with open_site(settings) as site:
        site.wait_for_state("live")
        again = site.timeline()

    for timeline in (live, again):
        assert timeline["totals"] == {"cheers": 1, "hate": 0, "late": 0}
        assert timeline["unreadable"] == {"too many types": 1}
        assert sum(timeline["series"]["late"]) == 0
