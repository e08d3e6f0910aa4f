"""Requests whose bodies never come, on connections that stay open."""

import contextlib
import select
import socket
import ssl
from collections.abc import Iterator

from tests.served import PREFIX

CLICK = f"{PREFIX}/kafka/click"
HEADERS = (
    "POST {path} HTTP/1.1\r\nHost: localhost\r\n"
    "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n"
)
BEGINNING = b'{"type"'
REST = b': "cheers"}'.ljust(100 - len(BEGINNING))


@contextlib.contextmanager
def half_sent(
    port: int, count: int, context: ssl.SSLContext | None = None, path: str = CLICK
) -> Iterator[list[socket.socket]]:
    """Send so many requests but for the rest of their bodies; close them at the end."""
    with contextlib.ExitStack() as opened:
        connections = []
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=10)
            if context is not None:
                connection = context.wrap_socket(connection, server_hostname="127.0.0.1")
            connections.append(opened.enter_context(connection))
            connection.sendall(HEADERS.format(path=path).encode() + BEGINNING)
        yield connections


def answered(connections: list[socket.socket]) -> list[tuple[int, str]]:
    """Take the status and the text of each answer that is there."""
    readable, _, _ = select.select(connections, [], [], 0)
    texts = [connection.recv(4096).decode() for connection in readable]
    # Some servers send the body apart from the head.
    return [(int(text.split()[1]), text) for text in texts if text.startswith("HTTP/")]
