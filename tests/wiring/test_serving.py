"""Real servers in real processes: they serve, agree, come back, and end without a trace."""

import http.client
import re
import signal
import sys
import time
from contextlib import ExitStack, closing, suppress
from datetime import datetime
from pathlib import Path

import psutil
import pytest
from granian._granian import SocketHolder
from granian.server import MPServer

from dash_app.serving import SharedSocketServer
from tests.brokers.kafka.broker import Broker
from tests.ports import free_port, is_taken
from tests.served import Served, serving, starting
from tests.waiting import eventually

pytestmark = pytest.mark.slow

PROMISED_SECONDS = 5

GUNICORN = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread"]


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
        assert "Phones cannot reach it yet: `python -m dash_app present`" in served.log()
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
        assert f"{line}; `python -m dash_app new` starts fresh\n" in again.log()
        again.wait_for_totals(1000, 1)


@pytest.mark.parametrize(("set_by_hand", "found"), [(None, "2"), ("4", "4")])
def test_workers_take_memory_from_few_arenas(
    tmp_path: Path,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
    set_by_hand: str | None,
    found: str,
) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    variables = {} if set_by_hand is None else {"MALLOC_ARENA_MAX": set_by_hand}
    with serving(tmp_path, port, **variables) as served:
        (worker,) = served.workers()
        assert worker.environ()["MALLOC_ARENA_MAX"] == found


def test_a_large_body_is_answered_413_and_the_connection_is_not_reset(
    tmp_path: Path, port: int
) -> None:
    with serving(tmp_path, port) as served:
        for size in (64 * 1024 + 1, 300_000, 1024 * 1024):
            answer = served.ask("POST", "/kafka/click", b" " * size)
            assert answer.status == 413
            assert set(answer.fields) == {"status", "message", "appended"}
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


def test_of_programs_that_start_at_once_on_a_port_one_serves_and_the_others_say_that_it_is_taken(
    tmp_path: Path, port: int
) -> None:
    hosts = ("127.0.0.1", "0.0.0.0", "127.0.0.1", "0.0.0.0")
    with ExitStack() as stack:
        starts = [
            stack.enter_context(starting(tmp_path / str(number), port, HOST=host))
            for number, host in enumerate(hosts)
        ]
        refused = eventually(lambda: all_but_one_ended(starts), 30, lambda: logs_of(starts))
        (winner,) = (start for start in starts if start not in refused)
        for loser in refused:
            assert loser.process.returncode == 1
            assert re.search(rf"^Error: port {port} is taken; `PORT=\d+ python", loser.log())
            assert len(loser.log().splitlines()) == 1
        eventually(winner.is_serving, 20, winner.log)
        assert winner.click({"type": "cheers"}).status == 200
        workers = winner.workers()
        winner.process.kill()
        winner.process.wait()
        # Until it ends the orphan answers at the port, and the heir does not get it.
        assert psutil.wait_procs(workers, PROMISED_SECONDS)[1] == []
        with serving(tmp_path / "heir", port) as heir:
            heir.wait_for_totals(0)


def all_but_one_ended(starts: list[Served]) -> list[Served]:
    ended = [start for start in starts if start.process.poll() is not None]
    return ended if len(ended) == len(starts) - 1 else []


def logs_of(starts: list[Served]) -> str:
    return "\n".join(start.log() for start in starts)


def test_a_killed_worker_is_replaced_and_two_workers_agree(tmp_path: Path, port: int) -> None:
    with serving(tmp_path, port, WEB_PROCESSES=2) as served:
        eventually(lambda: len(served.workers()) == 2, 5, "there are not two workers")
        shared = sockets(psutil.Process(served.process.pid), port)
        assert len(shared) == 1
        assert [sockets(worker, port) for worker in served.workers()] == [shared, shared]
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
        assert [sockets(worker, port) for worker in served.workers()] == [shared, shared]


def sockets(process: psutil.Process, port: int) -> set[str]:
    """Return what the system calls each socket by which the process listens on the port."""
    return {
        str(Path(f"/proc/{process.pid}/fd/{connection.fd}").readlink())
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
    }


def test_granian_calls_and_reads_the_private_names_that_share_the_socket() -> None:
    """A granian without them would listen for itself, beside other programs on the port."""
    read_for_a_worker = MPServer._spawn_worker.__code__.co_names
    called_at_the_start = MPServer.startup.__code__.co_names
    written = SharedSocketServer._init_shared_socket.__code__.co_names

    assert {"_init_shared_socket", "_spawn_workers"} <= {*called_at_the_start}
    assert "_respawn_workers" in MPServer._serve_loop.__code__.co_names
    assert {"_shd", "_sso"} <= {*read_for_a_worker} & {*written}
    assert {"_shd", "_sso"} <= {*MPServer._init_shared_socket.__code__.co_names}
    assert "get_fd" in dir(SocketHolder)


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
        for size in (300_000, 1024 * 1024):
            assert served.ask("POST", "/kafka/click", b" " * size).status == 413
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
    # Whoever waited for the broker before serving would wait longer than `serving` does.
    environment = {"KAFKA_BOOTSTRAP_SERVERS": servers, "KAFKA_BOOTSTRAP_TIMEOUT_MS": "60000"}
    with serving(tmp_path, port, **environment) as served:
        timeline = served.ask("GET", "/kafka/timeline").fields
        assert (timeline["state"], timeline["as_of"]) == ("connecting", {})
        answer = served.click({"type": "cheers"})
        assert answer.status == 503
        assert answer.fields["appended"] is False
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


def test_ctrl_c_while_the_workers_start_is_for_the_parent_alone(tmp_path: Path, port: int) -> None:
    with starting(tmp_path, port, WEB_PROCESSES=3) as served:
        parent = psutil.Process(served.process.pid)
        eventually(lambda: len(parent.children()) >= 3, 20, "no workers", pause_seconds=0.01)
        family = [parent, *parent.children(recursive=True)]
        # A terminal sends it to every process of the session, however young.
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGINT)
        code = served.process.wait(2 * PROMISED_SECONDS)
        assert code == 0, served.log()
        _, alive = psutil.wait_procs(family, PROMISED_SECONDS)
        assert not alive
        assert "Traceback" not in served.log()
