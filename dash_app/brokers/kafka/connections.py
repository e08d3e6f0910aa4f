"""The connections of a site's clients: their sockets, and the brokers that they reach.

It relies on kafka-python's private names, as internals.py does.
`tests/brokers/kafka/test_sockets.py` fails where a release changes any of them.
"""

import contextlib
import functools
import socket
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any

from kafka.errors import KafkaConnectionError, KafkaError
from kafka.net.compat import KafkaNetClient
from kafka.net.inet import KafkaNetSocket
from kafka.net.manager import KafkaConnectionManager
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport

CONNECT_SECONDS = 3.0
CONNECT_POLL_SECONDS = 0.005


def close_forgotten_sockets(manager: KafkaConnectionManager) -> None:
    """Have the connections of one client close sockets that kafka-python leaves to the collector.

    A host's own clients in this process keep what they have.
    """
    manager._build_transport = functools.partial(_build_transport, manager)


async def _build_transport(
    manager: KafkaConnectionManager, node: Any, timeout_at: float | None = None
) -> KafkaTCPTransport:
    """Connect to a broker as kafka-python does, but leave no socket behind, and name the place."""
    sock = await _open_socket(manager, node, timeout_at)
    if manager.ssl_enabled:
        options = {name: value for name, value in manager.config.items() if name[:4] == "ssl_"}
        transport = KafkaSSLTransport(manager._net, sock, host=node.host, **options)
    else:
        transport = KafkaTCPTransport(manager._net, sock, host=node.host)
    transport._write_to_sock = functools.partial(
        _write_or_close, transport, transport._write_to_sock
    )
    try:
        await transport.handshake()
    except Exception as error:
        raise KafkaConnectionError(f"Handshake failed: {error}") from error
    return transport


async def _open_socket(
    manager: KafkaConnectionManager, node: Any, timeout_at: float | None
) -> socket.socket:
    factory = KafkaNetSocket(manager.config["proxy_url"])
    places = factory.dns_lookup(node.host, node.port)
    problem = f"the name {node.host} has no address"
    for tried, place in enumerate(places):
        try:
            # The first of several addresses may swallow what is sent: each has its share of time.
            return await _connect_or_close(
                factory, manager, place, _share(timeout_at, len(places) - tried)
            )
        except (OSError, KafkaError) as error:
            problem = str(error)
    raise KafkaConnectionError(f"{node.host}:{node.port}: {problem}")


def _share(timeout_at: float | None, parts: int) -> float | None:
    if timeout_at is None:
        return None
    now = time.monotonic()
    return now + (timeout_at - now) / parts


async def _connect_or_close(
    factory: KafkaNetSocket,
    manager: KafkaConnectionManager,
    place: Any,
    timeout_at: float | None,
) -> socket.socket:
    open_socket = factory.socket
    with contextlib.ExitStack() as undo:

        def open_for_now(*arguments: Any) -> socket.socket:
            # The broker refuses, does not answer in time, or the client is closed half way.
            opened: socket.socket = open_socket(*arguments)
            undo.callback(opened.close)
            return opened

        factory.socket = open_for_now
        try:
            connected: socket.socket = await factory.connect(
                manager._net, place, manager.config["socket_options"], timeout_at=timeout_at
            )
        finally:
            factory.socket = open_socket
        undo.pop_all()
    return connected


async def _write_or_close(transport: KafkaTCPTransport, write: Callable[[], Any]) -> None:
    with contextlib.ExitStack() as undo:
        # The client is closed while something is still to be sent to a broker that hangs.
        undo.callback(_close_transport, transport)
        await write()
        undo.pop_all()


def _close_transport(transport: KafkaTCPTransport) -> None:
    # Closing would cancel the task that runs this, and a task cannot be cancelled twice.
    transport._write_task = None
    transport._close()


def wait_for_broker(connection: KafkaNetClient) -> None:
    """Return once one broker is connected at the address that the cluster gives for it.

    The first connection went to an address of ours. Raises KafkaConnectionError.
    """
    nodes = [broker.node_id for broker in connection.cluster.brokers()]
    connect_to(connection, nodes, any)
    if not any(map(connection.is_ready, nodes)):
        raise KafkaConnectionError("no broker is reached at the address that the cluster gives")


def connect_to(
    connection: KafkaNetClient, nodes: Collection[int], enough: Callable[[Iterable[bool]], bool]
) -> None:
    """Connect to brokers; return once any or all are ready, or each was tried once.

    It takes CONNECT_SECONDS at most.
    """
    deadline = time.monotonic() + CONNECT_SECONDS
    for node in nodes:
        connection._net.call_soon_threadsafe(_try_to_connect(connection, node))
    time.sleep(CONNECT_POLL_SECONDS)
    while time.monotonic() < deadline and not enough(map(connection.is_ready, nodes)):
        if all(connection.is_ready(n) or connection._manager.connection_delay(n) for n in nodes):
            break
        time.sleep(CONNECT_POLL_SECONDS)


async def _try_to_connect(connection: KafkaNetClient, node: int) -> None:
    with contextlib.suppress(KafkaError):
        connection.maybe_connect(node)
