"""Closing each socket whose connection does not come about, which kafka-python would forget."""

import contextlib
from typing import Any

from kafka.net.inet import KafkaNetSocket

_connect = KafkaNetSocket.sock_connect


async def _connect_or_close(
    self: KafkaNetSocket, net: Any, sock: Any, sockaddr: Any, timeout_at: float | None = None
) -> Any:
    with contextlib.ExitStack() as undo:
        # Where it is refused, times out, or its client is closed half way.
        undo.callback(sock.close)
        connected = await _connect(self, net, sock, sockaddr, timeout_at=timeout_at)
        undo.pop_all()
    return connected


def close_what_does_not_connect() -> None:
    """Have all clients of this process close such sockets; harmless when repeated."""
    KafkaNetSocket.sock_connect = _connect_or_close
