import errno
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dash_app.settings import Settings, network
from dash_app.settings.network import free_port, is_free, lan_address, listen, local_url

LISTEN = """
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
connection, _ = listener.accept()
print("accepted", flush=True)
connection.recv(1)
"""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def test_a_port_that_somebody_listens_on_is_not_free(listener: socket.socket) -> None:
    assert not is_free("127.0.0.1", port_of(listener))
    assert not is_free("0.0.0.0", port_of(listener))


def test_a_port_is_free_again_once_nobody_listens(listener: socket.socket) -> None:
    port = port_of(listener)
    listener.close()

    assert is_free("127.0.0.1", port)


@pytest.mark.parametrize("first", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize("second", ["127.0.0.1", "0.0.0.0"])
def test_nobody_else_listens_where_we_do(first: str, second: str) -> None:
    with listen(first, 0) as ours:
        with pytest.raises(OSError, match="in use") as raised:
            listen(second, port_of(ours))
        with socket.socket() as sharing:
            sharing.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            with pytest.raises(OSError, match="in use"):
                sharing.bind((second, port_of(ours)))
    assert raised.value.errno == errno.EADDRINUSE


def test_a_port_that_comes_free_meanwhile_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "RETRY_SECONDS", 30)
    other = socket.create_server(("127.0.0.1", 0))
    port = port_of(other)
    dying = threading.Timer(0.1, other.close)
    dying.start()
    with listen("127.0.0.1", port) as ours:
        assert port_of(ours) == port
    dying.join()


def test_what_is_sent_on_a_connection_leaves_at_once() -> None:
    with (
        listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_asking_whether_a_port_is_free_does_not_take_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = port_of(other)

    assert is_free("127.0.0.1", port)
    assert is_free("127.0.0.1", port)


def test_what_a_killed_server_left_behind_does_not_take_its_port() -> None:
    with subprocess.Popen([sys.executable, "-c", LISTEN], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        client = socket.create_connection(("127.0.0.1", port))
        assert server.stdout.readline() == b"accepted\n"
        server.kill()
        server.wait(10)
    with client:
        client.settimeout(10)
        assert client.recv(1) == b""
    # The server's end closed first, so that the system keeps the port's name for a minute.
    with socket.socket() as careless, pytest.raises(OSError, match="in use"):
        careless.bind(("127.0.0.1", port))

    assert is_free("127.0.0.1", port)


def test_the_first_free_port_is_found(listener: socket.socket) -> None:
    taken = port_of(listener)

    port = free_port("127.0.0.1", taken)

    assert port > taken
    assert is_free("127.0.0.1", port)
    assert not any(is_free("127.0.0.1", lower) for lower in range(taken, port))


def test_a_port_that_is_free_is_the_first_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = port_of(other)

    assert free_port("127.0.0.1", port) == port


def test_an_address_of_another_machine_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="assign") as raised:
        is_free("192.0.2.1", 8050)

    assert raised.value.errno == errno.EADDRNOTAVAIL


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8050"),
        ("0.0.0.0", "http://127.0.0.1:8050"),
        ("::", "http://127.0.0.1:8050"),
        ("::1", "http://[::1]:8050"),
        ("laptop.local", "http://laptop.local:8050"),
    ],
)
def test_the_local_address_opens_in_a_browser_of_this_machine(host: str, url: str) -> None:
    assert local_url(Settings(host=host)) == url


def test_the_address_in_the_network_is_the_one_of_the_default_route() -> None:
    known = addresses_of_default_routes()

    assert lan_address() in known if known else lan_address() is None


def addresses_of_default_routes() -> set[str]:
    routes = [line.split() for line in Path("/proc/net/route").read_text().splitlines()[1:]]
    names = {name for name, destination, *_ in routes if destination == "00000000"}
    interfaces = psutil.net_if_addrs()
    addresses = [address for name in names for address in interfaces[name]]
    return {address.address for address in addresses if address.family == socket.AF_INET}
