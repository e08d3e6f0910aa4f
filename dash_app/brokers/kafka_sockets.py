"""Closing each socket whose connection does not come about, which kafka-python would forget."""

from typing import Any

from kafka.net.inet import KafkaNetSocket

_connect = KafkaNetSocket.sock_connect


async def _connect_or_close(
    self: KafkaNetSocket, net: Any, sock: Any, sockaddr: Any, timeout_at: float | None = None
) -> Any:
    try:
        return await _connect(self, net, sock, sockaddr, timeout_at=timeout_at)
    except BaseException:
        # Refused, timed out, or given up half way because the client was closed meanwhile.
        sock.close()
        raise


def close_what_does_not_connect() -> None:
    """Have all clients of this process close such sockets; harmless when repeated."""
    KafkaNetSocket.sock_connect = _connect_or_close
