"""No socket is left to the garbage collector when a connection does not come about."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from kafka.errors import KafkaConnectionError
from kafka.net.inet import KafkaNetSocket

from dash_app.brokers.kafka_sockets import close_what_does_not_connect


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


def connecting(maker: Made, address: Any) -> Any:
    close_what_does_not_connect()
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
