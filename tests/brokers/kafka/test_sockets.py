"""The sockets of a site's clients: none is left behind, and each address has its time."""

import asyncio
import contextlib
import inspect
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from kafka.errors import KafkaConnectionError
from kafka.net.compat import KafkaNetClient
from kafka.net.inet import KafkaNetSocket
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector
from kafka.net.transport import KafkaTCPTransport

from dash_app.brokers.kafka.connections import close_forgotten_sockets, connect_to


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def unmended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what the test run does to all clients, so that only those of a site are mended."""
    for owner, name in ((KafkaNetSocket, "sock_connect"), (KafkaTCPTransport, "_write_to_sock")):
        monkeypatch.setattr(owner, name, inspect.unwrap(getattr(owner, name)))


class Opened:
    """The sockets that a network opens while it is watched."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sockets: list[socket.socket] = []
        make = KafkaNetSocket.socket

        def note(factory: KafkaNetSocket, *arguments: Any) -> socket.socket:
            self.sockets.append(make(factory, *arguments))
            return self.sockets[-1]

        monkeypatch.setattr(KafkaNetSocket, "socket", note)

    def are_closed(self) -> bool:
        return all(opened.fileno() == -1 for opened in self.sockets)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    return Opened(monkeypatch)


@contextlib.contextmanager
def mended_manager(address: Any, **options: Any) -> Iterator[KafkaConnectionManager]:
    host, port = address
    net = NetworkSelector()
    manager = KafkaConnectionManager(net, bootstrap_servers=f"{host}:{port}", **options)
    close_forgotten_sockets(manager)
    yield manager
    net.close()


def place_of(manager: KafkaConnectionManager) -> Any:
    (node,) = manager.cluster.bootstrap_brokers()
    return node


@pytest.mark.usefixtures("unmended")
def test_a_connection_that_is_given_up_half_way_is_closed(
    listener: socket.socket, opened: Opened
) -> None:
    with mended_manager(listener.getsockname()) as manager:
        attempt = manager._build_transport(place_of(manager))
        manager._net.wait_write = lambda *_, **__: asyncio.sleep(0)
        attempt.send(None)
        assert not opened.are_closed()

        attempt.close()

        assert opened.are_closed()


@pytest.mark.usefixtures("unmended")
def test_a_connection_that_is_refused_is_closed_and_says_where(
    listener: socket.socket, opened: Opened
) -> None:
    host, port = listener.getsockname()
    listener.close()
    with (
        mended_manager((host, port)) as manager,
        pytest.raises(KafkaConnectionError, match=f"{host}:{port}: .*ECONNREFUSED"),
    ):
        manager._net.run(manager._build_transport, place_of(manager))

    assert opened.sockets
    assert opened.are_closed()


@pytest.mark.usefixtures("unmended")
def test_an_address_that_swallows_everything_leaves_time_for_the_next(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only one connection waits in a backlog of 0, and Linux drops what comes after it.
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        places = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", one.getsockname())
            for one in (full, listener)
        ]
        monkeypatch.setattr(KafkaNetSocket, "dns_lookup", lambda *_: places)
        with mended_manager(listener.getsockname()) as manager:
            made = manager._net.run(
                manager._build_transport, place_of(manager), time.monotonic() + 2
            )
            assert made._sock.getpeername() == listener.getsockname()
            made.close()


@pytest.mark.usefixtures("unmended")
def test_a_connection_with_something_left_to_send_is_closed(
    listener: socket.socket, opened: Opened
) -> None:
    with mended_manager(listener.getsockname()) as manager:
        transport = manager._net.run(manager._build_transport, place_of(manager))
        # More than fits into the buffers: nobody reads.
        transport.write(b"x" * 50_000_000)
        manager._net.drain()
        assert transport._write_buffer
        assert transport._write_task is not None

        transport.close()
        assert not opened.are_closed()

    assert opened.are_closed()


def test_connecting_ends_once_every_broker_was_tried(listener: socket.socket) -> None:
    host, port = listener.getsockname()
    listener.close()
    client = KafkaNetClient(bootstrap_servers=f"{host}:{port}")
    client._net.start()
    (node,) = client.cluster.bootstrap_brokers()
    began = time.monotonic()
    try:
        connect_to(client, [node.node_id], all)
        assert time.monotonic() - began < 2
        assert not client.is_ready(node.node_id)
    finally:
        client.close()
        client._net.stop()
