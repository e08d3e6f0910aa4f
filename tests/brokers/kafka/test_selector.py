"""What kafka-python asks its selector at each request does not describe the connection."""

import selectors
import socket
from collections.abc import Iterator

import pytest
from kafka.net.selector import NetworkSelector

from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.selector import Selector
from dash_app.settings import Settings


class Silent(socket.socket):
    """A connection that fails the test if it is described, which takes two system calls."""

    def __repr__(self) -> str:
        """Fail."""
        raise AssertionError("it was described")


@pytest.fixture
def connection() -> Iterator[socket.socket]:
    ours, theirs = socket.socketpair()
    with Silent(fileno=ours.detach()) as silent, theirs:
        yield silent


def test_a_connection_without_a_key_is_not_described(connection: socket.socket) -> None:
    with Selector() as selector:
        with pytest.raises(KeyError):
            selector.get_key(connection)
        key = selector.register(connection, selectors.EVENT_READ)
        assert selector.get_key(connection) == key


def test_kafka_python_waits_for_an_answer_without_describing_the_connection(
    connection: socket.socket,
) -> None:
    network = NetworkSelector(selector=Selector)
    try:
        network.add_reader(connection, lambda: None)
        network.remove_reader(connection)
    finally:
        network.close()


def test_every_client_has_this_selector() -> None:
    clients = KafkaClients(Settings(kafka_bootstrap_servers="localhost:9092"))
    options = clients.producer_options, clients.consumer_options, clients.admin_options
    assert [each["selector"] for each in options] == [Selector] * 3
