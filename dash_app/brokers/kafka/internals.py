"""All that the site relies on inside kafka-python beyond its documented interface.

`tests/brokers/kafka/test_internals.py` fails where a release of kafka-python changes any of it.
"""

import contextlib
import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any

from kafka.errors import KafkaConnectionError, KafkaError, SaslAuthenticationFailedError
from kafka.net.compat import KafkaNetClient
from kafka.net.inet import KafkaNetSocket
from kafka.net.manager import KafkaConnectionManager
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport
from kafka.record import memory_records
from kafka.record.default_records import DefaultRecordBatch

from dash_app.brokers.kafka.refusals import Refusals

logger = logging.getLogger(__name__)

SENDER_SECONDS = 1.0
"""How long a producer's thread may take to end once it was closed by force."""

_sock_connect = KafkaNetSocket.sock_connect
_write_to_sock = KafkaTCPTransport._write_to_sock


def close_forgotten_sockets() -> None:
    """Have the clients of this process close sockets that kafka-python leaves to the collector.

    Harmless when repeated.
    """
    KafkaNetSocket.sock_connect = _connect_or_close
    KafkaTCPTransport._write_to_sock = _write_or_close


@functools.wraps(_sock_connect)
async def _connect_or_close(
    self: KafkaNetSocket, net: Any, sock: Any, sockaddr: Any, timeout_at: float | None = None
) -> Any:
    with contextlib.ExitStack() as undo:
        # The broker refuses, does not answer in time, or the client is closed half way.
        undo.callback(sock.close)
        connected = await _sock_connect(self, net, sock, sockaddr, timeout_at=timeout_at)
        undo.pop_all()
    return connected


@functools.wraps(_write_to_sock)
async def _write_or_close(self: KafkaTCPTransport) -> None:
    with contextlib.ExitStack() as undo:
        # The client is closed while something is still to be sent to a broker that hangs.
        undo.callback(_close_transport, self)
        await _write_to_sock(self)
        undo.pop_all()


def _close_transport(transport: KafkaTCPTransport) -> None:
    # Closing would cancel the task that runs this, and a task cannot be cancelled twice.
    transport._write_task = None
    transport._close()


class LenientBatch(DefaultRecordBatch):  # type: ignore[misc]
    """A batch whose headers may have any name, as Kafka allows; kafka-python insists on UTF-8."""

    _buffer: Any

    def _read_msg(self) -> Any:
        try:
            return super()._read_msg()
        except UnicodeDecodeError:
            # kafka-python moves on in the buffer only after a whole record: this reads it again.
            self._buffer = _LenientBytes(self._buffer)
            return super()._read_msg()


class _LenientBytes(bytes):
    """Bytes that decode to some text whatever they hold."""

    def __getitem__(self, index: Any) -> Any:
        part: Any = super().__getitem__(index)
        return _LenientBytes(part) if isinstance(part, bytes) else part

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode(encoding, "replace")


def accept_any_header_name() -> None:
    """Have the consumers of this process read records whose header names are not UTF-8.

    Otherwise a consumer never gets past such a record. Harmless when repeated.
    """
    memory_records.DefaultRecordBatch = LenientBatch


def advertised_addresses(admin: Any) -> list[tuple[str, int]]:
    """Return where the brokers say that they are, as they said when the client connected.

    kafka-python asks these addresses for everything else, `describe_cluster` included.
    """
    return sorted((broker.host, broker.port) for broker in admin._manager.cluster.brokers())


def create_client(
    client_class: Callable[..., Any], options: Mapping[str, Any], refusals: Refusals
) -> Any:
    """Create and connect a client; `refusals` records how its attempts to connect end.

    One that cannot connect is closed: kafka-python would leave its thread and its sockets behind.
    """
    with contextlib.ExitStack() as undo:

        def connect(**config: Any) -> KafkaNetClient:
            connection = KafkaNetClient(**config)
            _record_attempts(connection, refusals)
            undo.callback(_close_quietly, connection)
            return connection

        client = client_class(**options, kafka_client=connect)
        undo.pop_all()
    return client


def _record_attempts(client: KafkaNetClient, refusals: Refusals) -> None:
    """Record how each attempt to connect ends; kafka-python drops the reason."""
    manager = client._manager
    connect = manager._connect

    async def connect_and_record(node: Any, connection: Any, **options: Any) -> None:
        authenticate = connection._sasl_authenticate

        async def authenticate_and_record(*arguments: Any) -> None:
            try:
                await authenticate(*arguments)
            except (SaslAuthenticationFailedError, KafkaConnectionError) as error:
                # A broker that refuses disconnects at once, and its last answer is mostly lost.
                refusals.login_failed(error)
                raise

        connection._sasl_authenticate = authenticate_and_record
        await connect(node, connection, **options)
        attempt = connection.init_future
        if attempt.failed():
            refusals.connection_failed(attempt.exception)
        else:
            refusals.connected()

    manager._connect = connect_and_record


def _close_quietly(connection: KafkaNetClient) -> None:
    with contextlib.suppress(Exception):
        connection.close()


def close_producer(producer: Any, timeout: float) -> None:
    """Close a producer within `timeout` seconds or so, whatever state it is in."""
    try:
        producer.close(timeout)
    except KafkaError as error:
        # It flushes first; if that fails, its thread runs on, and it raises again at exit.
        logger.debug("closing a producer by force: %r", error)
        with contextlib.suppress(KafkaError):
            producer._sender.force_close()
            producer._sender.join(timeout=SENDER_SECONDS)
            producer.close(0)


def load_certificates(options: Mapping[str, Any]) -> None:
    """Load the certificates that these options name, as kafka-python does when it connects.

    Raises OSError, TypeError or ValueError.
    """
    KafkaSSLTransport._build_ssl_context({**KafkaConnectionManager.DEFAULT_CONFIG, **options})
