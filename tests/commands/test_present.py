"""The command `present`: the networks it serves, and the join address that it shows."""

import html
import io
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest
import segno

from dash_app.pages.qr import qr_code
from dash_app.settings.network import lan_address
from tests.ports import free_port
from tests.served import PREFIX, SERVING_SECONDS, Served, run_to_end, serving, starting
from tests.waiting import eventually

pytestmark = pytest.mark.slow

WITHOUT_NETWORK = """
import ctypes, os, sys
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
unshare = ctypes.CDLL(None, use_errno=True).unshare
assert any(unshare(flags) == 0 for flags in (CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWNET)), (
    f"this machine lets nobody leave its networks: {os.strerror(ctypes.get_errno())}"
)
os.execv(sys.executable, [sys.executable, "-m", "dash_app", "present"])
"""


@pytest.fixture
def port() -> int:
    return free_port()


def test_present_serves_every_network_and_shows_the_join_address(tmp_path: Path, port: int) -> None:
    address = "http://join.test/j"
    command = [sys.executable, "-m", "dash_app", "present"]
    with serving(tmp_path, port, command, JOIN_URL=address, HOST="127.0.0.1") as served:
        assert f"Join: {address}\n" in served.log()
        assert served.log().count("█") + served.log().count("▄") > 100
        assert "Phones cannot reach it" not in served.log()
        assert address in served.ask("GET", "/").text
        assert address in str(served.ask("GET", "/kafka-dashboard/_dash-layout").fields)
        assert listening_on(served) == {"0.0.0.0"}
        assert served.end() == 0


def test_present_shows_a_join_address_with_the_code(tmp_path: Path, port: int) -> None:
    command = [sys.executable, "-m", "dash_app", "present"]
    variables = {"JOIN_URL": "https://join.test/j", "CLICKER_CODE": "s3same"}
    with starting(tmp_path, port, command, **variables) as started:
        shown = "Join: https://join.test/j?code=s3same\n"
        eventually(lambda: shown in started.log(), SERVING_SECONDS, started.log)


def listening_on(served: Served) -> set[str]:
    return {
        connection.laddr.ip
        for process in served.workers()
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }


def test_present_finds_the_address_that_the_phones_of_the_room_can_reach(
    tmp_path: Path, port: int
) -> None:
    address = lan_address()
    assert address, "this test needs a network"
    join = f"http://{address}:{port}/j"
    printed = io.StringIO()
    segno.make(join).terminal(printed, compact=True)
    command = [sys.executable, "-m", "dash_app", "present"]
    with serving(tmp_path, port, command) as served:
        assert f"Join: {join}\n\n{printed.getvalue()}" in served.log()
        assert listening_on(served) == {"0.0.0.0"}
        with urllib.request.urlopen(join, timeout=10) as clicker:
            assert clicker.url == f"http://{address}:{port}{PREFIX}/kafka-clicker"
        with urllib.request.urlopen(f"http://{address}:{port}/", timeout=10) as answer:
            landing = html.unescape(answer.read().decode())
        dashboard = str(served.ask("GET", "/kafka-dashboard/_dash-layout").fields)
        for page in (landing, dashboard):
            assert join in page
            assert qr_code(join) in page


@pytest.mark.parametrize("variables", [{}, {"JOIN_URL": "https://tunnel.test/j"}])
def test_present_without_a_network_needs_a_join_address(
    tmp_path: Path, port: int, variables: dict[str, str]
) -> None:
    command = [sys.executable, "-c", WITHOUT_NETWORK]
    if variables:
        # Nobody outside of its network can ask it: what it prints must do.
        with starting(tmp_path, port, command, **variables) as started:
            eventually(lambda: "Join: https://tunnel.test/j" in started.log(), 10, started.log)
        return
    done = run_to_end(tmp_path, command, PORT=port)

    assert done.status == 1
    assert done.text == (
        "Error: This machine is on no network that phones could share; join one, or set JOIN_URL.\n"
    )
