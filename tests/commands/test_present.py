"""The command `present`: the networks it serves, and the join address that it shows."""

import html
import io
import json
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

APART = """
import json, os, sys
from tests.apart import leave_networks

leave_networks(json.loads(sys.argv[1]))
os.execv(sys.executable, [sys.executable, "-m", "dash_app", "present"])
"""


def apart(**interfaces: str) -> list[str]:
    """Return the command in a network of its own with these interfaces."""
    return [sys.executable, "-c", APART, json.dumps(interfaces)]


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


def test_present_lists_what_else_the_machine_has_and_takes_the_likely_one(
    tmp_path: Path, port: int
) -> None:
    command = apart(tun0="10.8.0.2/24", wlan0="192.168.44.1/24")
    with starting(tmp_path, port, command) as started:
        shown = f"Join: http://192.168.44.1:{port}/j\n"
        eventually(lambda: shown in started.log(), SERVING_SECONDS, started.log)
        other = "`JOIN_HOST=10.8.0.2 python -m dash_app present` (tun0, virtual: a VPN, a contain"
        eventually(lambda: f"Another address: {other}" in started.log(), 5, started.log)


def test_present_shows_the_chosen_host_and_says_when_it_is_virtual(
    tmp_path: Path, port: int
) -> None:
    command = apart(tun0="10.8.0.2/24", wlan0="192.168.44.1/24")
    with starting(tmp_path, port, command, JOIN_HOST="10.8.0.2") as started:
        shown = f"Join: http://10.8.0.2:{port}/j\n"
        eventually(lambda: shown in started.log(), SERVING_SECONDS, started.log)
        said = "10.8.0.2 belongs to tun0 (virtual: a VPN, a container or a virtual machine)"
        eventually(lambda: said in started.log(), 5, started.log)


@pytest.mark.parametrize("variables", [{}, {"JOIN_URL": "https://tunnel.test/j"}])
def test_present_without_a_network_needs_a_join_address(
    tmp_path: Path, port: int, variables: dict[str, str]
) -> None:
    command = apart()
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
