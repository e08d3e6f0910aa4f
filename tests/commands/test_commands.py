"""The commands: what they print, what they refuse, and what they leave behind."""

import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port, is_taken
from tests.served import Served, run_command, run_to_end, serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow

WITHOUT_LOW_PORTS = """
import ctypes, os, sys
PR_CAPBSET_DROP, CAP_NET_BIND_SERVICE = 24, 10
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
# In a network of its own, since a container may let everybody listen on every port.
if libc.unshare(CLONE_NEWNET) == 0:
    assert libc.prctl(PR_CAPBSET_DROP, CAP_NET_BIND_SERVICE, 0, 0, 0) == 0
else:
    assert libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
os.execv(sys.executable, [sys.executable, "-m", "dash_app"])
"""

SCRIPT = """
import sys
from dash_app.__main__ import main
if __name__ == "__main__":
    sys.exit(main())
"""
"""What pip writes for the entry point of an installed package."""


@pytest.fixture
def script(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The console script, to be run by the Python of the tests."""
    file = tmp_path_factory.mktemp("bin") / "kafka-clicker"
    file.write_text(SCRIPT)
    return [sys.executable, str(file)]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def taken_port(port: int) -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        yield port


@pytest.mark.parametrize(
    ("arguments", "variables", "advice"),
    [
        ([], {}, r"PORT=(\d+) python -m dash_app"),
        (["run"], {}, r"PORT=(\d+) python -m dash_app"),
        (["demo"], {}, r"PORT=(\d+) python -m dash_app demo"),
        ([], {"MAKELEVEL": 1}, r"make run PORT=(\d+)"),
        (["present"], {"MAKELEVEL": 1}, r"make present PORT=(\d+)"),
        (["demo"], {"MAKELEVEL": 1}, r"make demo PORT=(\d+)"),
    ],
)
def test_a_taken_port_is_named_with_the_command_that_uses_a_free_one(
    tmp_path: Path,
    taken_port: int,
    arguments: list[str],
    variables: dict[str, object],
    advice: str,
) -> None:
    environment = {"PORT": taken_port, "JOIN_URL": "http://join.test/j", **variables}
    done = run_command(tmp_path, *arguments, **environment)
    match = re.fullmatch(
        rf"Error: port {taken_port} is taken; `{advice}` uses a free one\n", done.text
    )

    assert done.status == 1
    assert match, done.text
    assert not is_taken(int(match[1]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "advice"), [([], "run"), (["run"], "run"), (["demo"], "demo")]
)
def test_the_installed_command_names_itself_also_below_a_make_of_somebody_else(
    tmp_path: Path, taken_port: int, script: list[str], arguments: list[str], advice: str
) -> None:
    done = run_to_end(tmp_path, [*script, *arguments], PORT=taken_port, MAKELEVEL=1)

    assert done.status == 1
    assert re.fullmatch(
        rf"Error: port {taken_port} is taken; `PORT=\d+ kafka-clicker {advice}` uses a free one\n",
        done.text,
    )


def test_a_port_that_needs_rights_is_not_called_taken(tmp_path: Path) -> None:
    done = run_to_end(tmp_path, [sys.executable, "-c", WITHOUT_LOW_PORTS], PORT=1023)
    match = re.fullmatch(
        r"Error: port 1023 needs rights that this user does not have, as those below 1024 do; "
        r"`PORT=(\d+) python -m dash_app` uses a free one\n",
        done.text,
    )

    assert done.status == 1
    assert match, done.text
    assert int(match[1]) >= 1024


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "many"}, "PORT is 'many', which cannot work; allowed: 1 to 65535."),
        ({"URL_PREFIX": "live/"}, "URL_PREFIX is 'live/', which cannot work"),
        ({"HOST": "192.0.2.1"}, "HOST is '192.0.2.1', which this machine cannot listen on"),
        (
            {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "KAFKA_ACKS": "0"},
            (
                "KAFKA_ACKS is '0', but the site sets it itself, so that no click is lost "
                "or counted twice; allowed: unset."
            ),
        ),
        (
            {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "KAFKA_SECURITY_PROTOCOL": "SASL-SSL"},
            "KAFKA_SECURITY_PROTOCOL is 'SASL-SSL', which cannot work; allowed: PLAINTEXT,",
        ),
        (
            {"PROMETHEUS_MULTIPROC_DIR": "/nowhere"},
            "PROMETHEUS_MULTIPROC_DIR is '/nowhere', which cannot work",
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
    match = re.search(
        r"var/clicks\.sqlite3 is now (var/clicks-[0-9]{8}-[0-9]{6}\.sqlite3)", done.text
    )

    assert done.status == 0
    assert match
    assert (tmp_path / match[1]).exists()
    with serving(tmp_path, port) as again:
        assert "no clicks yet" in again.log()
        again.wait_for_totals(0)


def test_new_with_kafka_leaves_the_file_alone_and_names_what_begins_another_topic(
    tmp_path: Path,
) -> None:
    mine = tmp_path / "var" / "clicks.sqlite3"
    mine.parent.mkdir()
    mine.write_text("mine")
    done = run_command(
        tmp_path, "new", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9", KAFKA_TOPIC="talk", MAKELEVEL=1
    )

    assert done.status == 1
    assert re.fullmatch(
        r"Error: the clicks are in topic talk of Kafka, which stays as it is; "
        r"`make run KAFKA_TOPIC=talk-\d{8}-\d{6}` begins another topic with zero clicks\n",
        done.text,
    )
    assert [path.name for path in mine.parent.iterdir()] == [mine.name]


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
        "COUNTS_FROM": "flink",
        "CLICKER_CODE": "s3same",
        "DASHBOARD_CODE": "s3same",
        "CLICKS_PER_ADDRESS": "1",
        "RATE_LIMITS": "on",
        "ANSWER_LIMIT_MS": "soon",
        "PROMETHEUS_MULTIPROC_DIR": "/nowhere",
        "http_proxy": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-m", "dash_app", "demo"]
    with serving(folder, port, command, **environment) as served:
        # Twice the promise: a chart that lives within 5 s.
        eventually(lambda: is_alive(served), 10, lambda: f"{served.totals()}")
        for page in ("/kafka-dashboard/_dash-layout", "/"):
            assert "DEMO" in served.ask("GET", page).text
        assert list(temporary.glob("clicks-demo-*"))
        assert served.end(signal.SIGINT) == 0
    assert list(temporary.iterdir()) == []
    assert [path.suffix for path in folder.iterdir()] == [".log"]


def is_alive(served: Served) -> bool:
    timeline = served.ask("GET", "/kafka/timeline").fields
    drawn = {kind: sum(timeline["series"][kind]) for kind in ("cheers", "hate")}
    return all(drawn.values()) and sum(drawn.values()) > 20
