"""Addresses to print, the address that phones can reach, and a socket that nobody shares."""

import errno
import random
import socket
import time

from dash_app.settings import Settings

ALL_INTERFACES = {"0.0.0.0", "::"}  # noqa: S104 - compared, not listened on

BACKLOG = 1024
"""Connections that may wait until a worker accepts them."""

RETRY_SECONDS = 1.0
"""How long `listen` tries a taken port again: the workers of a killed server end within it."""


def lan_address() -> str | None:
    """Return this machine's address on the network of its default route; None without a network.

    Connecting a UDP socket sends nothing: the system only looks up the route.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address


def local_url(settings: Settings) -> str:
    """Return the site's address for a browser on this machine, without a slash at the end."""
    host = "127.0.0.1" if settings.host in ALL_INTERFACES else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; of several programs that try at once, one succeeds.

    Connections that a killed server left open do not hinder; its workers get a second to end.
    Raises OSError: EADDRINUSE if another program listens there, EACCES if this user may not use
    the port, another number if the address is not one of this machine's.
    """
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return _bind(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
        # Two programs that bind before either listens refuse each other: once in 5,000 attempts.
        time.sleep(random.uniform(0.01, 0.05))  # noqa: S311 - a pause, not a key


def _bind(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it. Without it, answers on a kept connection would wait for 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def is_free(host: str, port: int) -> bool:
    """Return whether a program could listen on the port now.

    Raises OSError if the address is not one of this machine's.
    """
    try:
        _bind(host, port).close()
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            return False
        raise
    return True


def free_port(host: str, first: int) -> int:
    """Return the first free port from `first` on, or `first` if there is none."""
    return next((port for port in range(first, 65536) if is_free(host, port)), first)
