"""Bodies that never come, sent to real servers: readers, honest clicks and the end go on."""

import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dash_app.serving import STOP_SECONDS
from dash_app.slots import shares
from tests.half_sent import answered, half_sent
from tests.ports import free_port
from tests.served import COMMAND, PREFIX, Served, serving
from tests.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.alone]

WEB_THREADS = 16
MOST_STUCK = shares(WEB_THREADS).click_bodies
GUNICORN = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread"]


@pytest.fixture
def port() -> int:
    return free_port()


def reads(served: Served) -> bool:
    """Tell that a reader is answered, each time within a second."""
    began = time.monotonic()
    assert served.ask("GET", "/kafka/timeline").status == 200
    # Twice the promise: the machine may be busy.
    took = time.monotonic() - began
    if took > 2:
        pytest.fail(f"a reader waited for {took:.1f} s")
    return True


def clicks_until_accepted(served: Served, seconds: float) -> None:
    def is_accepted() -> bool:
        answer = served.click({"type": "cheers"})
        assert answer.status == 200 or answer.fields["appended"] is False, answer
        return answer.status == 200

    eventually(is_accepted, seconds, "honest clicks are refused")


def collector(connections: list[socket.socket]) -> Callable[[], list[tuple[int, str]]]:
    """Return a function that returns all answers so far."""
    answers: list[tuple[int, str]] = []

    def collect() -> list[tuple[int, str]]:
        answers.extend(answered(connections))
        return answers

    return collect


REFUSED = {
    "status": "error",
    "message": "Too many other requests are half sent",
    "appended": False,
}


@pytest.mark.parametrize("command", [COMMAND, GUNICORN])
def test_half_sent_bodies_stop_no_reader_and_clicks_only_while_they_stay(
    tmp_path: Path, port: int, command: list[str]
) -> None:
    if command == GUNICORN:
        bound = ["--bind", f"127.0.0.1:{port}", "--threads", str(WEB_THREADS)]
        command = [*GUNICORN, *bound, "dash_app.app:server"]
    with serving(tmp_path, port, command, WEB_THREADS=WEB_THREADS) as served:
        with half_sent(port, MOST_STUCK - 1):
            assert all(reads(served) for _ in range(10))
            assert all(served.click({"type": "cheers"}).status == 200 for _ in range(10))
        with half_sent(port, 4 * WEB_THREADS) as connections:
            answers = collector(connections)
            eventually(
                lambda: reads(served) and len(answers()) == 4 * WEB_THREADS - MOST_STUCK,
                5,
                lambda: f"answers: {len(answers())}",
            )
            assert {status for status, _ in answers()} == {503}
            assert "retry-after: 1" in answers()[0][1].lower()
            refused = served.click({"type": "cheers"})
            assert (refused.status, refused.fields) == (503, REFUSED)
            assert all(reads(served) for _ in range(10))
        clicks_until_accepted(served, 2)
        assert all(served.click({"type": "hate"}).status == 200 for _ in range(2 * WEB_THREADS))
        served.wait_for_totals(11, 2 * WEB_THREADS)
        assert served.end() == 0
        assert "Traceback" not in served.log()


def test_half_sent_access_codes_stop_no_click(tmp_path: Path, port: int) -> None:
    with serving(tmp_path, port, DASHBOARD_CODE="for-the-presenter") as served:
        with half_sent(port, 4 * WEB_THREADS, path=f"{PREFIX}/code") as connections:
            answers = collector(connections)
            eventually(
                lambda: len(answers()) == 4 * WEB_THREADS - 1, 5, lambda: f"{len(answers())}"
            )
            assert {status for status, _ in answers()} == {503}
            assert all(served.click({"type": "cheers"}).status == 200 for _ in range(10))
            with half_sent(port, MOST_STUCK - 1):
                assert all(served.click({"type": "cheers"}).status == 200 for _ in range(10))
                assert served.ask("GET", "/healthz").status == 200
        assert "Traceback" not in served.log()


def test_headers_that_never_end_hold_no_thread(tmp_path: Path, port: int) -> None:
    with serving(tmp_path, port, WEB_THREADS=4) as served:
        trickling = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(8)]
        try:
            for connection in trickling:
                connection.sendall(f"GET {PREFIX}/kafka/timeline HTTP/1.1\r\nHost: a".encode())
            assert all(reads(served) for _ in range(10))
        finally:
            for connection in trickling:
                connection.close()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_request_that_never_finishes_does_not_keep_the_server_from_ending(
    tmp_path: Path, port: int, ending: signal.Signals
) -> None:
    with serving(tmp_path, port) as served, half_sent(port, 1):
        assert served.click({"type": "cheers"}).status == 200
        served.end(ending, 2 * STOP_SECONDS)
