"""Real servers in real processes: they serve, agree, come back, and end without a trace."""

import http.client
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import psutil
import pytest

from tests.kafka.broker import Broker
from tests.leftovers import LONG_LIVED
from tests.ports import free_port, is_taken
from tests.reaper import reaper
from tests.served import Served, run_command, serving
from tests.waiting import eventually

GUNICORN = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread"]


@pytest.fixture(autouse=True)
def reaper_lives_on() -> None:
    """The process that ends servers after a killed test run outlives each test."""
    LONG_LIVED.add(reaper().pid)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_counts_and_ends_within_seconds_and_continues(
    tmp_path: Path, port: int, ending: signal.Signals
) -> None:
    with serving(tmp_path, port) as served:
        site = f"http://127.0.0.1:{port}/visualization-tools-ii"
        assert "starting var/clicks.sqlite3: no clicks yet" in served.log()
        assert f"Clicker:   {site}/kafka-clicker\n" in served.log()
        assert f"Dashboard: {site}/kafka-dashboard\n" in served.log()
        assert "Phones cannot reach it yet: `make present`" in served.log()
        eventually(lambda: "[Consumer] ¡Conectado y escuchando!" in served.log(), 5, "not said")
        assert "Kafka Real-time Dashboard" in served.ask("GET", "/kafka-dashboard").text
        clicks = [{"type": "cheers"}] * 1000
        for start in (0, 500):
            assert served.click({"clicks": clicks[start : start + 500]}).status == 200
        assert served.click({"type": "hate"}).status == 200
        served.wait_for_totals(1000, 1)
        began = time.monotonic()
        assert served.end(ending) == 0
        assert time.monotonic() - began < 5
        assert "Traceback" not in served.log()

    now = datetime.now().astimezone()
    with serving(tmp_path, port) as again:
        line = f"continuing var/clicks.sqlite3: 1,001 clicks since {now.day} {now:%b}"
        assert f"{line}; `make new` starts fresh\n" in again.log()
        again.wait_for_totals(1000, 1)


def test_a_large_body_is_answered_413_and_the_connection_is_not_reset(
    tmp_path: Path, port: int
) -> None:
    with serving(tmp_path, port) as served:
        for size in (64 * 1024 + 1, 300_000, 1024 * 1024):
            answer = served.ask("POST", "/kafka/click", b" " * size)
            assert answer.status == 413
            assert set(answer.fields) == {"status", "message"}
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request(
                "POST",
                "/visualization-tools-ii/kafka/click",
                (b" " * 10_000 for _ in range(20)),
                {"Content-Type": "application/json"},
                encode_chunked=True,
            )
            assert connection.getresponse().status == 413
        assert served.click({"type": "cheers"}).status == 200


def test_a_killed_server_leaves_no_worker_behind_and_its_port_is_free_again(
    tmp_path: Path, port: int
) -> None:
    with serving(tmp_path, port) as served:
        assert served.click({"type": "cheers"}).status == 200
        workers = served.workers()
        assert workers
        served.process.kill()
        served.process.wait()
        _, alive = psutil.wait_procs(workers, 5)
        assert not alive
        eventually(lambda: not is_taken(port), 5, "the port is still taken")

    with serving(tmp_path, port) as again:
        again.wait_for_totals(1)


def test_a_killed_worker_is_replaced_and_two_workers_agree(tmp_path: Path, port: int) -> None:
    with serving(tmp_path, port, WEB_PROCESSES=2) as served:
        eventually(lambda: len(served.workers()) == 2, 5, "there are not two workers")
        for seq in range(20):
            batch = {"client": "phone-1", "seq": seq // 2, "clicks": [{"type": "cheers"}]}
            assert served.click(batch).status == 200
        served.wait_for_totals(10)
        killed, other = served.workers()
        killed.kill()
        eventually(
            lambda: len({worker.pid for worker in served.workers()} - {killed.pid}) == 2,
            10,
            "the killed worker was not replaced",
        )
        assert other.pid in {worker.pid for worker in served.workers()}
        eventually(lambda: is_accepted(served), 10, "clicks are refused")
        served.wait_for_totals(10, 1, seconds=10)


def is_accepted(served: Served) -> bool:
    batch = {"client": "phone-2", "seq": 1, "clicks": [{"type": "hate"}]}
    try:
        return served.click(batch).status == 200
    except (OSError, http.client.HTTPException):
        return False


@pytest.mark.parametrize("arguments", [[], ["--preload"]])
def test_gunicorn_serves_the_same_site(tmp_path: Path, port: int, arguments: list[str]) -> None:
    command = [*GUNICORN, "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    command += [*arguments, "dash_app.app:server"]
    with serving(tmp_path, port, command) as served:
        for seq in range(10):
            batch = {"client": "phone-1", "seq": seq, "clicks": [{"type": "hate"}]}
            assert served.click(batch).status == 200
        served.wait_for_totals(0, 10)
        assert served.ask("GET", "/nothing").status == 404
        assert served.end() == 0


def test_with_kafka_a_stop_keeps_the_counts_for_the_next_start(
    tmp_path: Path, port: int, kafka: Broker, topic: str
) -> None:
    environment = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "KAFKA_TOPIC": topic}
    with serving(tmp_path, port, CHECKPOINT_SECONDS=600, **environment) as served:
        assert f"Kafka at {kafka.bootstrap}, topic {topic}" in served.log()
        eventually(lambda: is_accepted(served), 10, "clicks are refused")
        served.wait_for_totals(0, 1, seconds=10)
        assert served.end() == 0
    with serving(tmp_path, port, **environment) as again:
        again.wait_for_totals(0, 1, seconds=10)
        assert f"{topic}, partition 0: continuing at offset 1" in again.log()
        assert again.end() == 0
    assert not (tmp_path / "var" / "clicks.sqlite3").exists()


def test_without_a_broker_pages_are_served_at_once(tmp_path: Path, port: int) -> None:
    servers = f"127.0.0.1:{free_port()}"
    began = time.monotonic()
    with serving(tmp_path, port, KAFKA_BOOTSTRAP_SERVERS=servers) as served:
        assert time.monotonic() - began < 5
        timeline = served.ask("GET", "/kafka/timeline").fields
        assert (timeline["state"], timeline["as_of"]) == ("connecting", {})
        answer = served.click({"type": "cheers"})
        assert answer.status == 503
        assert answer.fields["appended"] is False
        assert served.end() == 0


@pytest.fixture
def taken_port(port: int) -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        yield port


def test_a_taken_port_is_named_with_the_command_that_uses_a_free_one(
    tmp_path: Path, taken_port: int
) -> None:
    done = run_command(tmp_path, PORT=taken_port)
    found = re.search(
        rf"port {taken_port} is taken; `make run PORT=(\d+)` uses a free one", done.text
    )

    assert done.status == 1
    assert found
    assert not is_taken(int(found[1]))
    assert "Traceback" not in done.text


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "many"}, "PORT is 'many', which cannot work; allowed: 1 to 65535."),
        ({"URL_PREFIX": "live/"}, "URL_PREFIX is 'live/', which cannot work"),
        ({"HOST": "192.0.2.1"}, "HOST is '192.0.2.1', which this machine cannot listen on"),
        (
            {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "KAFKA_ACKS": "0"},
            "KAFKA_ACKS is '0', but a promise rests on it; allowed: unset.",
        ),
        (
            {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "KAFKA_REQUEST_TIMEOUT_MS": "soon"},
            "KAFKA_REQUEST_TIMEOUT_MS is 'soon', which cannot work; allowed: a number.",
        ),
    ],
)
def test_a_bad_setting_stops_the_start_with_one_sentence(
    tmp_path: Path, port: int, variables: dict[str, str], sentence: str
) -> None:
    done = run_command(tmp_path, **{"PORT": port, **variables})

    assert done.status == 1
    assert sentence in done.text
    assert "Traceback" not in done.text
    assert "Clicker:" not in done.text
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_none_stops_the_start_with_one_sentence(
    tmp_path: Path, port: int
) -> None:
    database = tmp_path / "thesis.txt"
    database.write_text("not a database" * 100)
    done = run_command(tmp_path, PORT=port, CLICKS_DB=database)

    assert done.status == 1
    assert f"cannot read the clicks in {database}" in done.text
    assert "Traceback" not in done.text


def test_new_puts_the_clicks_aside_and_refuses_while_they_are_in_use(
    tmp_path: Path, port: int
) -> None:
    assert "nothing to put aside" in run_command(tmp_path, "new").text
    with serving(tmp_path, port) as served:
        assert served.click({"type": "cheers"}).status == 200
        refused = run_command(tmp_path, "new")
        assert refused.status == 1
        assert "var/clicks.sqlite3 is in use" in refused.text
        assert served.click({"type": "cheers"}).status == 200
        served.end()
    done = run_command(tmp_path, "new")
    found = re.search(
        r"var/clicks\.sqlite3 is now (var/clicks-[0-9]{8}-[0-9]{6}\.sqlite3)", done.text
    )

    assert done.status == 0
    assert found
    assert (tmp_path / found[1]).exists()
    with serving(tmp_path, port) as again:
        assert "no clicks yet" in again.log()
        again.wait_for_totals(0)


def test_the_demo_shows_a_living_chart_within_seconds_and_leaves_nothing(
    tmp_path: Path, port: int
) -> None:
    temporary, folder = tmp_path / "tmp", tmp_path / "here"
    temporary.mkdir()
    folder.mkdir()
    environment = {
        "TMPDIR": temporary,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "KAFKA_ACKS": "0",
        "CLICKS_DB": folder / "mine.sqlite3",
    }
    command = [sys.executable, "-m", "dash_app", "demo"]
    with serving(folder, port, command, **environment) as served:
        eventually(lambda: sum(served.totals()) > 20, 5, lambda: f"{served.totals()}")
        timeline = served.ask("GET", "/kafka/timeline").fields
        assert sum(timeline["cheers"]) > 0
        assert sum(timeline["hate"]) > 0
        for page in ("/kafka-dashboard/_dash-layout", "/"):
            assert "DEMO" in served.ask("GET", page).text
        assert list(temporary.glob("clicks-demo-*"))
        assert served.end(signal.SIGINT) == 0
    assert list(temporary.iterdir()) == []
    assert [path.suffix for path in folder.iterdir()] == [".log"]


def test_present_serves_every_network_and_shows_the_join_address(tmp_path: Path, port: int) -> None:
    address = "http://join.test/j"
    command = [sys.executable, "-m", "dash_app", "present"]
    with serving(tmp_path, port, command, JOIN_URL=address, HOST="127.0.0.1") as served:
        assert f"Join: {address}\n" in served.log()
        assert served.log().count("█") + served.log().count("▄") > 100
        assert "Phones cannot reach it" not in served.log()
        assert address in served.ask("GET", "/").text
        assert address in str(served.ask("GET", "/kafka-dashboard/_dash-layout").fields)
        listening = {
            connection.laddr.ip
            for process in served.workers()
            for connection in process.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
        }
        assert listening == {"0.0.0.0"}
        assert served.end() == 0


def test_two_run_at_once_with_ports_and_files_of_their_own(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    with (
        serving(tmp_path, ports[0], CLICKS_DB="one.sqlite3") as one,
        serving(tmp_path, ports[1], CLICKS_DB="two.sqlite3") as two,
    ):
        one.click({"type": "cheers"})
        two.click({"clicks": [{"type": "hate"}] * 2})
        one.wait_for_totals(1, 0)
        two.wait_for_totals(0, 2)
