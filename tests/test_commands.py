"""The commands: what they print, what they refuse, and what they leave behind."""

import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.ports import free_port, is_taken
from tests.served import run_command, serving
from tests.waiting import eventually


@pytest.fixture
def port() -> int:
    return free_port()


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
            {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "KAFKA_SECURITY_PROTOCOL": "SASL-SSL"},
            "KAFKA_SECURITY_PROTOCOL is 'SASL-SSL', which cannot work; allowed: PLAINTEXT,",
        ),
        ({"CLICKS_DB": "/proc/clicks.db"}, "CLICKS_DB is '/proc/clicks.db', which cannot work"),
        (
            {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "KAFKA_REQUEST_TIMEOUT_MS": "soon"},
            "KAFKA_REQUEST_TIMEOUT_MS is 'soon', which cannot work; allowed: 1000 to 60000.",
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
    assert f"Error: CLICKS_DB is '{database}', which cannot work; allowed: a new file" in done.text
    assert f"(cannot read the clicks in {database}: file is not a database)." in done.text
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
