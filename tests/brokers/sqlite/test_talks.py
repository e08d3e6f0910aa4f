"""Talks in the file of the clicks: every process on it shows the same, also after a kill."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from dash_app.brokers import ChangeReader, Reader
from dash_app.brokers.sqlite.broker import SqliteBroker
from dash_app.brokers.sqlite.file import SqliteFile
from dash_app.settings import Settings
from tests.brokers.sqlite.rows import ask
from tests.ports import free_port
from tests.served import PREFIX, Served, serving
from tests.sites import Site, open_live_site
from tests.waiting import eventually
from tests.web.talks.talking import BUTTONS, CODE, RIGHT, change, current, started, talk, talks


@pytest.fixture
def open_one(tmp_path: Path) -> Iterator[Callable[[], Site]]:
    """Open sites on one file, each with connections and threads of its own."""
    values = {"clicks_db": tmp_path / "clicks.sqlite3", "presenter_code": CODE}
    with ExitStack() as opened:
        yield lambda: opened.enter_context(open_live_site(Settings.model_validate(values)))


def send(served: Served, method: str, path: str, body: Any) -> tuple[int, Any]:
    """Ask a route of the talks of another process as the presenter."""
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)) as connection:
        headers = RIGHT | {"Content-Type": "application/json"}
        connection.request(method, f"{PREFIX}/kafka/talks{path}", json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")


@pytest.mark.slow
def test_two_processes_show_the_same_talks_and_a_killed_one_loses_none(tmp_path: Path) -> None:
    variables = {"CLICKS_DB": tmp_path / "clicks.sqlite3", "PRESENTER_CODE": CODE}
    with (
        serving(tmp_path / "a", free_port(), **variables) as first,
        serving(tmp_path / "b", free_port(), **variables) as second,
    ):
        ago = int(time.time()) - 2 * 3600
        fields = {"title": "Kafka", "reactions": BUTTONS, "started_at": ago, "id": "aaaaaaaa"}
        status = eventually(lambda: send(first, "POST", "", fields)[0] in {200, 201}, 20, "no talk")
        assert status
        eventually(lambda: shown(second) == shown(first) != [], 2, "the second shows other talks")
        assert send(second, "POST", "/aaaaaaaa/marks", {"label": "Slide 7"})[0] == 201
        for served in (first, second):
            assert served.click({"type": "ok"}).status == 200
        first.process.kill()
        first.process.wait()
        with serving(tmp_path / "c", free_port(), **variables) as third:
            eventually(lambda: timeline(third)["state"] == "live", 20, "it is not live")
            assert timeline(third)["talk"]["totals"] == {"fast": 0, "ok": 2}
            assert [mark["label"] for mark in shown(third)[0]["marks"]] == ["Slide 7"]
            assert send(third, "PATCH", "/aaaaaaaa", {"ended_at": "now"})[0] == 200
            eventually(lambda: timeline(second)["talk"] is None, 3, "it runs in the second")


def shown(served: Served) -> Any:
    talks = served.ask("GET", "/kafka/talks").fields["talks"]
    return [{**one, "totals": None} for one in talks]


def timeline(served: Served) -> Any:
    return served.ask("GET", "/kafka/timeline").fields


def test_a_change_is_seen_by_another_site_within_a_second(open_one: Callable[[], Site]) -> None:
    one, other = open_one(), open_one()
    talk_id = started(one)["id"]
    eventually(lambda: current(other), 1, "the other knows no talk", pause_seconds=0.01)
    change(other, talk_id, title="Renamed")
    eventually(lambda: talks(one)[0]["title"] == "Renamed", 1, "the old title stays")
    assert talk(one, "DELETE", f"/{talk_id}").status_code == 204
    eventually(lambda: talks(other) == [], 1, "the other shows the talk")


def test_only_the_last_change_of_a_key_is_kept(
    open_one: Callable[[], Site], tmp_path: Path
) -> None:
    site = open_one()
    talk_id = started(site)["id"]
    for number in range(20):
        change(site, talk_id, title=str(number))

    rows = ask(tmp_path / "clicks.sqlite3", "SELECT key, value FROM talks ORDER BY id")
    assert [key for key, _ in rows] == [f"talk:{talk_id}", f"talk:{talk_id}:title"]
    assert rows[1][1] == b'"19"'


def test_whatever_is_in_the_table_stops_nothing(
    open_one: Callable[[], Site], tmp_path: Path
) -> None:
    site = open_one()
    talk_id = started(site)["id"]
    with SqliteFile(tmp_path / "clicks.sqlite3", 5) as file:
        rows = [("talk:bbbbbbbb", 7), (b"\xff\xfe", "x"), (3.5, b"\xff"), ("mark:x", None)]
        rows += [(f"talk:{talk_id}:title", "not JSON")]
        file.database.executemany("INSERT INTO talks (key, value) VALUES (?, ?)", rows)

    assert talk(site, "POST", f"/{talk_id}/marks", {"label": "here"}).status_code == 201
    for each in (site, open_one()):
        assert [one["title"] for one in talks(each)] == ["Kafka in an hour"]


def test_a_locked_file_refuses_a_change_and_takes_it_later(
    open_one: Callable[[], Site], tmp_path: Path
) -> None:
    site = open_one()
    talk_id = started(site)["id"]
    with SqliteFile(tmp_path / "clicks.sqlite3", 5) as file, file.transaction():
        answer = talk(site, "PATCH", f"/{talk_id}", {"ended_at": "now"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert talks(site)[0]["ended_at"] is None
    assert change(site, talk_id, ended_at="now")["ended_at"]


def test_readers_that_wait_return_when_the_broker_stops(tmp_path: Path) -> None:
    broker = SqliteBroker(Settings(clicks_db=tmp_path / "clicks.sqlite3"))
    broker.start()

    def poll(open_reader: Callable[[], Reader | ChangeReader]) -> Any:
        with open_reader() as reader:
            return reader.poll(30)

    with ThreadPoolExecutor(2) as pool:
        polls = [pool.submit(poll, each) for each in (broker.reader, broker.changes.reader)]
        done, _ = wait(polls, 0.5)
        broker.stop(10)
        assert [each.result(10) for each in polls] == [{}, []]
        assert not done, "nothing was there to be read"


def test_another_file_in_the_place_has_talks_of_its_own(
    open_one: Callable[[], Site], tmp_path: Path
) -> None:
    site = open_one()
    started(site)
    (tmp_path / "clicks.sqlite3").rename(tmp_path / "aside.sqlite3")

    eventually(lambda: talks(site) == [], 10, "the talks of the old file stay")
    eventually(lambda: started(site), 10, "no talk can be started")
    assert len(ask(tmp_path / "clicks.sqlite3", "SELECT * FROM talks")) == 1
