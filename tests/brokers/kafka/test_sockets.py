"""No socket is left to the garbage collector, whenever a client is closed."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from kafka.errors import KafkaConnectionError
from kafka.net.inet import KafkaNetSocket
from kafka.net.selector import NetworkSelector
from kafka.net.transport import KafkaTCPTransport

from dash_app.brokers.kafka import sockets as kafka_sockets
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.settings import Settings


class Suspended:
    """What the network hands out to wait: it suspends whoever awaits it once."""

    def wait_write(self, _: socket.socket, **__: Any) -> Any:
        return asyncio.sleep(0)


class Made(KafkaNetSocket):  # type: ignore[misc]
    """kafka-python's maker of connections, which keeps the socket that it made."""

    SCHEMES = ()
    made: socket.socket

    def socket(self, *arguments: Any) -> socket.socket:
        self.made = super().socket(*arguments)
        return self.made


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture(autouse=True)
def mended_by_our_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what the test run did, and make our clients: they connect nowhere, and mend it."""
    monkeypatch.setattr(KafkaNetSocket, "sock_connect", kafka_sockets._connect)
    monkeypatch.setattr(KafkaTCPTransport, "_write_to_sock", kafka_sockets._write)
    KafkaClients(Settings(kafka_bootstrap_servers="127.0.0.1:9"))


def connecting(maker: Made, address: Any) -> Any:
    host, port = address
    (found,) = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)
    return maker.connect(Suspended(), found)


def test_a_connection_that_is_given_up_half_way_is_closed(listener: socket.socket) -> None:
    maker = Made()
    attempt = connecting(maker, listener.getsockname())
    attempt.send(None)
    assert maker.made.fileno() >= 0

    attempt.close()

    assert maker.made.fileno() == -1


def test_a_connection_that_is_refused_is_closed(listener: socket.socket) -> None:
    address = listener.getsockname()
    listener.close()
    maker = Made()

    with pytest.raises(KafkaConnectionError):
        asyncio.run(connecting(maker, address))

    assert maker.made.fileno() == -1


def test_a_connection_that_comes_about_stays_open(listener: socket.socket) -> None:
    made = asyncio.run(connecting(Made(), listener.getsockname()))
    with made:
        assert made.getpeername() == listener.getsockname()


def test_a_connection_with_something_left_to_send_is_closed(listener: socket.socket) -> None:
    net = NetworkSelector()
    with socket.create_connection(listener.getsockname()) as connection:
        connection.setblocking(False)
        transport = KafkaTCPTransport(net, connection)
        # More than fits into the buffers: nobody reads.
        transport.write(b"x" * 50_000_000)
        net.drain()
        assert transport._write_buffer

        transport.close()
        assert connection.fileno() >= 0
        net.close()

        assert connection.fileno() == -1
