"""Closing sockets that kafka-python would forget: it leaves them to the garbage collector."""

import contextlib
from typing import Any

from kafka.net.inet import KafkaNetSocket
from kafka.net.transport import KafkaTCPTransport

_connect = KafkaNetSocket.sock_connect
_write = KafkaTCPTransport._write_to_sock


async def _connect_or_close(
    self: KafkaNetSocket, net: Any, sock: Any, sockaddr: Any, timeout_at: float | None = None
) -> Any:
    with contextlib.ExitStack() as undo:
        # Where it is refused, times out, or its client is closed half way.
        undo.callback(sock.close)
        connected = await _connect(self, net, sock, sockaddr, timeout_at=timeout_at)
        undo.pop_all()
    return connected


async def _write_or_close(self: KafkaTCPTransport) -> None:
    with contextlib.ExitStack() as undo:
        # Where its client is closed while something is still to be sent to a broker that hangs.
        undo.callback(_close, self)
        await _write(self)
        undo.pop_all()


def _close(transport: KafkaTCPTransport) -> None:
    # The task that runs this cannot be cancelled once more.
    transport._write_task = None
    transport._close()


def close_forgotten_sockets() -> None:
    """Have all clients of this process close such sockets; harmless when repeated."""
    KafkaNetSocket.sock_connect = _connect_or_close
    KafkaTCPTransport._write_to_sock = _write_or_close
