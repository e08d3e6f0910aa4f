"""What the site relies on inside kafka-python: its names, its signatures, its effects."""

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
    KafkaError,
    KafkaTimeoutError,
)
from kafka.net.compat import KafkaNetClient
from kafka.net.connection import KafkaConnection
from kafka.net.inet import KafkaNetSocket
from kafka.net.manager import KafkaConnectionManager
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport
from kafka.record.memory_records import MemoryRecords
from kafka.record.util import calc_crc32c, decode_varint

from dash_app.brokers.kafka.internals import (
    create_client,
    load_certificates,
)
from dash_app.brokers.kafka.options import CHOICES
from dash_app.brokers.kafka.refusals import Refusals
from tests.ports import free_port


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (KafkaConnectionManager._build_transport, ["self", "node", "timeout_at"]),
        (KafkaNetSocket.connect, ["self", "net", "addrinfo", "socket_options", "timeout_at"]),
        (KafkaNetSocket.dns_lookup, ["self", "host", "port", "raise_error"]),
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
    ],
)
def test_a_private_function_has_the_parameters_that_the_site_passes(
    function: Callable[..., Any], parameters: list[str]
) -> None:
    assert list(inspect.signature(function).parameters) == parameters


@pytest.mark.parametrize(
    "function",
    [
        KafkaConnectionManager._build_transport,
        KafkaNetSocket.connect,
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


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


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
