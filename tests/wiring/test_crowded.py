"""Connections that say nothing, stop in the middle or read nothing, beside honest phones."""

import resource
import select
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path

import pytest

from dash_app.pages.files import asset_url
from dash_app.serving import HEADER_SECONDS, UNREAD_SECONDS
from tests.ports import free_port
from tests.served import COMMAND, PREFIX, Served, serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow

IDLE = 2000
PHONES = 20
TAPS = 10
MIB = 2**20

HTTP_2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 3 * IDLE)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def connected(port: int, count: int, beginnings: Iterator[bytes]) -> Iterator[list[socket.socket]]:
    """Open so many connections, and send the next of the beginnings on each."""
    with ExitStack() as opened:
        connections = []
        for _ in range(count):
            connection = opened.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(10)
            connection.connect(("127.0.0.1", port))
            connection.sendall(next(beginnings))
            connections.append(connection)
        yield connections


def tap(served: Served) -> tuple[set[int], float]:
    """Tap as a phone does; return the statuses and the longest wait in seconds."""
    statuses, longest = set(), 0.0
    for _ in range(TAPS):
        began = time.monotonic()
        statuses.add(served.click({"type": "cheers"}).status)
        longest = max(longest, time.monotonic() - began)
    return statuses, longest


def closed(connections: list[socket.socket]) -> int:
    """Count the connections that the server has closed; an answer before the end may be there."""
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLIN | select.POLLRDHUP)
    return sum(1 for _, event in poll.poll(0) if event & (select.POLLRDHUP | select.POLLHUP))


def memory(served: Served) -> int:
    (worker,) = served.workers()
    return int(worker.memory_info().rss)


@pytest.mark.alone
def test_phones_are_served_beside_thousands_of_silent_connections_which_are_closed(
    tmp_path: Path, many_files: None
) -> None:
    beginnings = (b"", b"GET / HTTP/1.1\r\nHost: a", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20)
    with serving(tmp_path, free_port()) as served:
        connect = connected(served.port, IDLE, cycle(beginnings))
        began = time.monotonic()
        with connect as connections, ThreadPoolExecutor(PHONES) as phones:
            seen = [*phones.map(tap, [served] * PHONES)]
            assert closed(connections) == 0 or time.monotonic() - began > HEADER_SECONDS
            assert [statuses for statuses, _ in seen] == [{200}] * PHONES
            assert max(longest for _, longest in seen) < 2
            eventually(
                lambda: closed(connections) == IDLE,
                2 * HEADER_SECONDS,
                lambda: f"{closed(connections)} of {IDLE} are closed",
            )
        served.wait_for_totals(PHONES * TAPS)
        assert "WARNING" not in served.log()


def test_http_2_is_refused_at_once_and_so_are_endless_headers(tmp_path: Path) -> None:
    with serving(tmp_path, free_port()) as served:
        before = memory(served)
        endless = b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + b"a" * 400_000
        for begun, answer in ((HTTP_2, b""), (endless, b"HTTP/1.1 431")):
            with connected(served.port, 20, cycle([begun])) as connections:
                assert {connection.recv(12) for connection in connections} == {answer}
        for size, answer in ((32 * 1024, b"HTTP/1.1 200"), (49 * 1024, b"HTTP/1.1 431")):
            get = f"GET {PREFIX}/healthz HTTP/1.1\r\nHost: a\r\nCookie: ".encode()
            whole = get + b"a" * (size - len(get) - 4) + b"\r\n\r\n"
            with connected(served.port, 1, iter([whole])) as (connection,):
                assert connection.recv(12) == answer
        upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk"
        get = f"GET {PREFIX}/healthz HTTP/1.1\r\nHost: a\r\n".encode()
        with connected(served.port, 1, iter([get + upgrade + b"\r\n\r\n"])) as (connection,):
            assert connection.recv(12) == b"HTTP/1.1 200"
        assert memory(served) - before < 30 * MIB


def test_clients_that_read_nothing_hold_no_thread_and_are_closed(tmp_path: Path) -> None:
    path = f"{PREFIX}/{asset_url('plotly-basic.min.js')}"
    with serving(tmp_path, free_port(), WEB_THREADS=4) as served:
        assert served.ask("GET", path, prefix="").status == 200
        (worker,) = served.workers()
        before = worker.num_fds()
        request = f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
        with connected(served.port, 60, cycle([request])):
            assert tap(served)[0] == {200}
            assert worker.num_fds() >= before + 60
            eventually(
                lambda: worker.num_fds() <= before + 2,
                3 * UNREAD_SECONDS,
                lambda: f"{worker.num_fds() - before} connections are open",
            )


def test_with_few_descriptors_connections_wait_and_the_log_says_so(tmp_path: Path) -> None:
    few = ["sh", "-c", f"ulimit -n 64; exec {sys.executable} -m {COMMAND[-1]}"]
    with serving(tmp_path, free_port(), few) as served:
        assert "at most 32 connections at once" in served.log()
        (worker,) = served.workers()
        before = sum(worker.cpu_times()[:2])
        with connected(served.port, 60, cycle([b""])):
            eventually(lambda: is_taken(served), 3 * HEADER_SECONDS, "no click was taken")
        # Who accepts without a free descriptor tries again for ever.
        assert sum(worker.cpu_times()[:2]) - before < 2


def is_taken(served: Served) -> bool:
    try:
        return served.click({"type": "cheers"}).status == 200
    except OSError:
        return False
