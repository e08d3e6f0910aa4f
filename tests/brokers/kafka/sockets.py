"""Sockets that kafka-python leaves to the garbage collector, closed for the tests' own clients."""

import contextlib
import functools
from typing import Any

from kafka.net.inet import KafkaNetSocket
from kafka.net.transport import KafkaTCPTransport


def close_forgotten_sockets() -> None:
    """Have all clients of this process close their sockets as those of a site do."""
    connect, write = KafkaNetSocket.sock_connect, KafkaTCPTransport._write_to_sock

    @functools.wraps(connect)
    async def connect_or_close(self: Any, net: Any, sock: Any, *rest: Any, **more: Any) -> Any:
        with contextlib.ExitStack() as undo:
            undo.callback(sock.close)
            connected = await connect(self, net, sock, *rest, **more)
            undo.pop_all()
        return connected

    @functools.wraps(write)
    async def write_or_close(self: Any) -> None:
        with contextlib.ExitStack() as undo:
            undo.callback(_close, self)
            await write(self)
            undo.pop_all()

    KafkaNetSocket.sock_connect = connect_or_close
    KafkaTCPTransport._write_to_sock = write_or_close


def _close(transport: KafkaTCPTransport) -> None:
    # Closing would cancel the task that runs this, and a task cannot be cancelled twice.
    transport._write_task = None
    transport._close()
