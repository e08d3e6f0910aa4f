"""Addresses: what to print, what phones can reach, and listening where nobody else does."""

import errno
import random
import socket
import time

from dash_app.settings import Settings

EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared, not listened on

BACKLOG = 1024
"""Connections that may wait until a worker takes them."""

PATIENCE_SECONDS = 1.0
"""How long a taken port is tried again: what a killed server leaves is free after so long."""


def lan_address() -> str | None:
    """Return this machine's address on the network it would use; None without a network.

    Connecting a UDP socket sends nothing: it only asks the system for the route.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address


def local_url(settings: Settings) -> str:
    """Return the address of the site for a browser on this machine, without a slash at the end."""
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there: of several programs that try at once, one succeeds.

    What a killed process left behind does not count; its workers get a second to end. Raises
    OSError: EADDRINUSE where somebody listens, EACCES where we may not, another number where the
    address is not this machine's.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return _listener(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
        # Two that bind before either listens may refuse each other: seen once in 5,000 attempts.
        time.sleep(random.uniform(0.01, 0.05))  # noqa: S311 - whose turn it is, not a key


def _listener(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Each connection inherits it; without it an answer on a kept one would wait for 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def is_free(host: str, port: int) -> bool:
    """Say whether the port can be listened on.

    Raises OSError where the address itself is not one of this machine's.
    """
    try:
        _listener(host, port).close()
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            return False
        raise
    return True


def free_port(host: str, first: int) -> int:
    """Return the first free port from `first` on; `first` itself if there is none."""
    return next((port for port in range(first, 65536) if is_free(host, port)), first)
