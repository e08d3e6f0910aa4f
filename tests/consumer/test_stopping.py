"""How a server ends: what is in flight is answered, what was accepted is kept, twice is at once."""

import contextlib
import http.client
import json
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.flights import post_in_flight
from tests.ports import free_port
from tests.served import PREFIX, serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow

PROMISED_SECONDS = 5
"""SIGTERM to the end of the last process; tests allow twice that."""

TWICE_AT_ONCE_SECONDS = 2


@pytest.fixture
def port() -> int:
    return free_port()


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the writer's lock of the embedded broker: whoever posts meanwhile is in flight."""
    with contextlib.closing(
        sqlite3.connect(folder / "var" / "clicks.sqlite3", isolation_level=None)
    ) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def test_a_request_in_flight_is_answered_before_the_end(tmp_path: Path, port: int) -> None:
    with serving(tmp_path, port) as served, ThreadPoolExecutor(1) as pool:
        with locked(tmp_path):
            flight = post_in_flight(served, pool)
            family = [psutil.Process(served.process.pid), *served.workers()]
            began = time.monotonic()
            served.process.send_signal(signal.SIGTERM)
            eventually(lambda: refuses_connections(port), 5, "new connections are accepted")
            assert served.process.poll() is None
        assert flight.result(20) == 200
        assert served.process.wait(2 * PROMISED_SECONDS) == 0
        _, alive = psutil.wait_procs(family, began + 2 * PROMISED_SECONDS - time.monotonic())
        assert not alive

    with serving(tmp_path, port) as again:
        again.wait_for_totals(1)


def refuses_connections(port: int) -> bool:
    try:
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        ) as connection:
            connection.connect()
    except OSError:
        return True
    return False


def test_a_second_signal_ends_at_once(tmp_path: Path, port: int) -> None:
    with serving(tmp_path, port, ANSWER_LIMIT_MS=60_000) as served, ThreadPoolExecutor(1) as pool:
        with locked(tmp_path):
            flight = post_in_flight(served, pool)
            family = [psutil.Process(served.process.pid), *served.workers()]
            served.process.send_signal(signal.SIGTERM)
            eventually(lambda: refuses_connections(port), 5, "new connections are accepted")
            first = time.monotonic()
            eventually(lambda: time.monotonic() - first > 0.3, 5, "time stands still")
            served.process.send_signal(signal.SIGINT)
            assert served.process.wait(TWICE_AT_ONCE_SECONDS) == 128 + signal.SIGINT
            _, alive = psutil.wait_procs(family, TWICE_AT_ONCE_SECONDS)
            assert not alive
        with pytest.raises((OSError, http.client.HTTPException)):
            flight.result(20)

    with serving(tmp_path, port) as again:
        again.wait_for_totals(0)


def test_under_load_every_answer_is_true_and_the_end_comes_in_time(
    tmp_path: Path, port: int
) -> None:
    statuses: list[int] = []
    unknown: list[int] = []

    def press(client: int) -> None:
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        ) as connection:
            for seq in range(100_000):
                body = {"client": f"phone-{client}", "seq": seq, "clicks": [{"type": "hate"}]}
                text = json.dumps(body).encode()
                try:
                    connection.request(
                        "POST",
                        f"{PREFIX}/kafka/click",
                        text,
                        {"Content-Type": "application/json"},
                    )
                    answer = connection.getresponse()
                    answer.read()
                    statuses.append(answer.status)
                except (OSError, http.client.HTTPException):
                    unknown.append(seq)
                    return

    with serving(tmp_path, port) as served, ThreadPoolExecutor(12) as pool:
        clients = [pool.submit(press, client) for client in range(12)]
        eventually(lambda: len(statuses) > 200, 20, lambda: f"{len(statuses)} answers")
        began = time.monotonic()
        assert served.end(signal.SIGTERM) == 0
        assert time.monotonic() - began < 2 * PROMISED_SECONDS
        for each in clients:
            each.result(20)
        assert "Traceback" not in served.log()

    assert set(statuses) <= {200, 503}
    accepted = statuses.count(200)
    with serving(tmp_path, port) as again:
        eventually(lambda: sum(again.totals()) >= accepted, 5, lambda: f"{again.totals()}")
        assert accepted <= sum(again.totals()) <= accepted + len(unknown)


def test_without_a_broker_it_ends_without_a_word_about_it(tmp_path: Path, port: int) -> None:
    servers = f"127.0.0.1:{free_port()}"
    with serving(tmp_path, port, KAFKA_BOOTSTRAP_SERVERS=servers) as served:
        assert served.end(signal.SIGINT) == 0
        assert "did not end" not in served.log()
