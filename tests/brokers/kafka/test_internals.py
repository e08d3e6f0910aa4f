"""What the site relies on inside kafka-python: its names, its signatures, its effects."""

import asyncio
import contextlib
import inspect
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.consumer.fetcher import Fetcher
from kafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
)
from kafka.net.compat import KafkaNetClient
from kafka.net.connection import KafkaConnection
from kafka.net.inet import KafkaNetSocket
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport
from kafka.producer.sender import Sender
from kafka.record.memory_records import MemoryRecords
from kafka.record.util import calc_crc32c, decode_varint

from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.internals import (
    close_producer,
    create_client,
    load_certificates,
)
from dash_app.brokers.kafka.options import CHOICES
from dash_app.brokers.kafka.refusals import Refusals
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.ports import free_port
from tests.waiting import eventually


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (KafkaNetSocket.sock_connect, ["self", "net", "sock", "sockaddr", "timeout_at"]),
        (KafkaTCPTransport._write_to_sock, ["self"]),
        (KafkaTCPTransport._close, ["self", "error"]),
        (
            Fetcher.PartitionRecords._unpack_records,
            ["self", "tp", "records", "key_deserializer", "value_deserializer"],
        ),
        (Fetcher.PartitionRecords._consume_aborted_transactions_up_to, ["self", "offset"]),
        (Fetcher.PartitionRecords.drain, ["self"]),
        (decode_varint, ["buffer", "pos"]),
        (calc_crc32c, ["memview", "_crc32c"]),
        (
            KafkaConnectionManager._connect,
            ["self", "node", "conn", "reset_backoff_on_connect", "timeout_at"],
        ),
        (KafkaConnection._sasl_authenticate, ["self", "timeout_at"]),
        (KafkaSSLTransport._build_ssl_context, ["config"]),
        (Sender.force_close, ["self"]),
    ],
)
def test_a_private_function_has_the_parameters_that_the_site_passes(
    function: Callable[..., Any], parameters: list[str]
) -> None:
    assert list(inspect.signature(function).parameters) == parameters


@pytest.mark.parametrize(
    "function",
    [
        KafkaNetSocket.sock_connect,
        KafkaTCPTransport._write_to_sock,
        KafkaConnectionManager._connect,
        KafkaConnection._sasl_authenticate,
    ],
)
def test_what_the_site_awaits_is_a_coroutine(function: Callable[..., Any]) -> None:
    assert inspect.iscoroutinefunction(inspect.unwrap(function))


@pytest.mark.parametrize("client", [KafkaAdminClient, KafkaConsumer, KafkaProducer])
def test_every_client_takes_the_factory_of_its_connections(client: Any) -> None:
    assert client.DEFAULT_CONFIG["kafka_client"] is KafkaNetClient


def test_the_compressions_are_those_of_kafka_python() -> None:
    assert {*KafkaProducer._COMPRESSORS} == {*CHOICES["compression_type"], None}


class Suspended:
    """A network that suspends whoever waits for it once."""

    def wait_write(self, _: socket.socket, **__: Any) -> Any:
        return asyncio.sleep(0)


class Connector(KafkaNetSocket):  # type: ignore[misc]
    """kafka-python's way to connect, which shows the socket that it opened."""

    SCHEMES = ()
    opened: socket.socket

    def socket(self, *arguments: Any) -> socket.socket:
        self.opened = super().socket(*arguments)
        return self.opened

    def attempt(self, address: Any) -> Any:
        host, port = address
        (target,) = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)
        return self.connect(Suspended(), target)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def patched_by_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo the patches of the test run; creating clients, which connect nowhere, applies them."""
    for owner, name in ((KafkaNetSocket, "sock_connect"), (KafkaTCPTransport, "_write_to_sock")):
        monkeypatch.setattr(owner, name, inspect.unwrap(getattr(owner, name)))
    KafkaClients(Settings(kafka_bootstrap_servers="127.0.0.1:9"))


@pytest.mark.usefixtures("patched_by_clients")
def test_a_connection_that_is_given_up_half_way_is_closed(listener: socket.socket) -> None:
    connector = Connector()
    attempt = connector.attempt(listener.getsockname())
    attempt.send(None)
    assert connector.opened.fileno() >= 0

    attempt.close()

    assert connector.opened.fileno() == -1


@pytest.mark.usefixtures("patched_by_clients")
def test_a_connection_that_is_refused_is_closed(listener: socket.socket) -> None:
    address = listener.getsockname()
    listener.close()
    connector = Connector()

    with pytest.raises(KafkaConnectionError):
        asyncio.run(connector.attempt(address))

    assert connector.opened.fileno() == -1


@pytest.mark.usefixtures("patched_by_clients")
def test_a_connection_that_succeeds_stays_open(listener: socket.socket) -> None:
    connection = asyncio.run(Connector().attempt(listener.getsockname()))
    with connection:
        assert connection.getpeername() == listener.getsockname()


@pytest.mark.usefixtures("patched_by_clients")
def test_a_connection_with_something_left_to_send_is_closed(listener: socket.socket) -> None:
    net = NetworkSelector()
    with socket.create_connection(listener.getsockname()) as connection:
        connection.setblocking(False)
        transport = KafkaTCPTransport(net, connection)
        # More than fits into the buffers: nobody reads.
        transport.write(b"x" * 50_000_000)
        net.drain()
        assert transport._write_buffer
        assert transport._write_task is not None

        transport.close()
        assert connection.fileno() >= 0
        net.close()

        assert connection.fileno() == -1


def test_a_consumer_makes_the_records_of_a_fetch_as_the_site_replaces_them() -> None:
    made_with = Fetcher._parse_fetched_data.__code__.co_names
    assert {"PartitionRecords", "MemoryRecords"} <= {*made_with}
    assert "_fetcher" in KafkaConsumer.__init__.__code__.co_names
    assert isinstance(Fetcher.PartitionRecords, type)
    assert MemoryRecords(b"bytes")._buffer == b"bytes"


def test_the_records_of_a_fetch_have_what_the_site_reads_and_writes() -> None:
    records = Fetcher.PartitionRecords(7, None, MemoryRecords(b""))
    assert (records.next_fetch_offset, records.leader_epoch) == (7, -1)
    assert records.aborted_producer_ids == set()


def unreachable(**options: Any) -> dict[str, Any]:
    return {
        "bootstrap_servers": [f"127.0.0.1:{free_port()}"],
        "bootstrap_timeout_ms": 200,
        **options,
    }


def test_a_client_opens_its_connections_through_a_manager() -> None:
    client = KafkaNetClient(**unreachable())
    try:
        assert isinstance(client._manager, KafkaConnectionManager)
    finally:
        client.close()


def test_a_client_that_finds_no_broker_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[KafkaNetClient] = []
    close = KafkaNetClient.close

    def note(client: KafkaNetClient, *arguments: Any, **options: Any) -> None:
        closed.append(client)
        close(client, *arguments, **options)

    monkeypatch.setattr(KafkaNetClient, "close", note)
    before = threading.active_count()
    with pytest.raises(KafkaTimeoutError):
        create_client(KafkaProducer, unreachable(), Refusals())

    assert closed
    assert threading.active_count() == before


@contextlib.contextmanager
def answering_all(listener: socket.socket, answer: bytes) -> Iterator[str]:
    """Send every connection the same answer and hang up; give the address."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(1)
                    connection.sendall(answer)

    host, port = listener.getsockname()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(serve)
        try:
            yield f"{host}:{port}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def test_a_broker_without_encryption_is_a_refusal(listener: socket.socket) -> None:
    refusals = Refusals()
    with answering_all(listener, b"this is not TLS") as address:
        options = unreachable(bootstrap_servers=[address], security_protocol="SSL")
        with pytest.raises(KafkaError):
            create_client(KafkaAdminClient, options, refusals)

    assert refusals.sentence(address).startswith(f"no encrypted connection to {address} (")


def test_a_certificate_that_cannot_be_loaded_raises_at_once(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("not a certificate")
    with pytest.raises(OSError, match="NO_CERTIFICATE"):
        load_certificates({"ssl_cafile": str(file)})


def test_a_producer_has_a_sender_which_is_a_thread() -> None:
    assert "_sender" in KafkaProducer.__init__.__code__.co_names
    assert issubclass(Sender, threading.Thread)


def test_a_producer_whose_broker_hangs_is_closed_with_its_thread(kafka: Broker, topic: str) -> None:
    kafka.create_topic(topic)
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    producer.send(topic, b"value").get(10)
    kafka.pause()
    producer.send(topic, b"value")

    close_producer(producer, 0)

    eventually(lambda: not producer._sender.is_alive(), 5, "the thread of the producer lives on")
