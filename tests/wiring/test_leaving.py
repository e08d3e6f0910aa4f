"""A report that is counted by a real server ends with its request, and holds up nobody."""

import http.client
import json
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from dash_app.settings import Settings
from tests.brokers.sqlite.rows import locked
from tests.half_sent import half_sent
from tests.ports import free_port
from tests.served import COMMAND, PREFIX, Served, serving
from tests.sites import open_live_site
from tests.waiting import eventually
from tests.web.archive.filled import fill
from tests.web.archive.streams import SECOND
from tests.web.talks.talking import CODE, RIGHT

pytestmark = [pytest.mark.slow, pytest.mark.alone]

CLICKS = 300_000
PATH = f"{PREFIX}/kafka/archive?from={SECOND}&to={SECOND + 60}"
CLICK = (
    f"POST {PREFIX}/kafka/click HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    'Content-Length: 17\r\n\r\n{"type":"cheers"}'
).encode()
GUNICORN = [
    *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread"),
    *("--threads", "5", "dash_app.app:server", "--bind"),
]


@contextmanager
def serving_a_long_log(
    folder: Path, command: Sequence[str] = COMMAND, **variables: object
) -> Iterator[Served]:
    """Serve a site whose log holds so many clicks that counting them takes seconds."""
    port = free_port()
    path = folder / "var" / "clicks.sqlite3"
    with open_live_site(Settings(clicks_db=path)):
        fill(path, CLICKS, SECOND)
    if command != COMMAND:
        command = [*command, f"127.0.0.1:{port}"]
    variables = {"WEB_THREADS": 4, "PRESENTER_CODE": CODE, **variables}
    with serving(folder, port, command, **variables) as served:
        yield served


@contextmanager
def asking(served: Served) -> Iterator[http.client.HTTPResponse]:
    """Ask for a report; leave at the end, however far it is."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    with closing(connection):
        connection.request("GET", PATH, headers=RIGHT)
        with connection.getresponse() as answer:
            yield answer


def status(served: Served) -> int:
    """Ask for a report, and leave once it begins or is refused."""
    with asking(served) as answer:
        return answer.status


@pytest.mark.parametrize("command", [COMMAND, GUNICORN], ids=["granian", "gunicorn"])
def test_a_job_ends_within_a_second_when_its_client_leaves(
    tmp_path: Path, command: list[str]
) -> None:
    with serving_a_long_log(tmp_path, command) as served:
        with asking(served) as answer:
            began = time.monotonic()
            for _ in range(8):
                assert list(json.loads(answer.readline())) == ["done"]
            # At least four lines a second; twice the time, for a busy machine.
            assert time.monotonic() - began < 4
            assert status(served) == 503
        left = time.monotonic()
        eventually(lambda: status(served) == 200, 10, "the job goes on without its client")
        assert time.monotonic() - left < 2
        assert "Traceback" not in served.log()


def test_of_twenty_at_once_one_is_served_and_readers_are_as_before(tmp_path: Path) -> None:
    with serving_a_long_log(tmp_path) as served:
        with ThreadPoolExecutor(20) as crowd:
            answers = [*crowd.map(begin, [served] * 20)]
        statuses = [answer.partition(" ")[0] for answer, _ in answers]
        assert sorted(statuses) == ["200", *["503"] * 19]
        for _ in range(10):
            began = time.monotonic()
            assert served.ask("GET", "/kafka/timeline").status == 200
            assert time.monotonic() - began < 1
        for _, connection in answers:
            connection.close()


def test_a_reader_is_answered_while_all_that_may_wait_does_and_a_report_is_counted(
    tmp_path: Path,
) -> None:
    code = "for-the-dashboard"
    with (
        serving_a_long_log(tmp_path, DASHBOARD_CODE=code, ANSWER_LIMIT_MS=10_000) as served,
        asking(served) as answer,
        half_sent(served.port, 1),
        half_sent(served.port, 1, path=f"{PREFIX}/code"),
        locked(tmp_path / "var" / "clicks.sqlite3"),
        begun(served, CLICK),
    ):
        for _ in range(5):
            assert list(json.loads(answer.readline())) == ["done"]
            began = time.monotonic()
            read = served.ask("GET", "/kafka/timeline", code=code)
            assert read.status == 200
            assert time.monotonic() - began < 2


@contextmanager
def begun(served: Served, request: bytes) -> Iterator[None]:
    """Send a whole request whose answer nobody takes."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(request)
        yield


def begin(served: Served) -> tuple[str, socket.socket]:
    """Ask for a report; return the beginning of the answer and the open connection."""
    connection = socket.create_connection(("127.0.0.1", served.port), timeout=10)
    right = f"Authorization: {RIGHT['Authorization']}"
    connection.sendall(f"GET {PATH} HTTP/1.1\r\nHost: a\r\n{right}\r\n\r\n".encode())
    return connection.recv(100).decode().partition(" ")[2], connection


def test_a_server_that_is_told_to_end_ends_the_job_and_then_itself(tmp_path: Path) -> None:
    with serving_a_long_log(tmp_path) as served, asking(served) as answer:
        answer.readline()
        began = time.monotonic()
        assert served.end(signal.SIGTERM) == 0
        assert time.monotonic() - began < 2
        assert json.loads(answer.readlines()[-1]) == {"error": "The server ends"}
        assert "refused to gracefully stop" not in served.log()
