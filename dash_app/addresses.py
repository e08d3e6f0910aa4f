"""Addresses: what to print, what phones can reach, and whether a port is free."""

import errno
import socket

from dash_app.settings import Settings

EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared, not listened on


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


def is_free(host: str, port: int) -> bool:
    """Say whether the port can be listened on; what a killed process left behind does not count.

    Raises OSError where the address itself is not one of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True


def free_port(host: str, first: int) -> int:
    """Return the first free port from `first` on; `first` itself if there is none."""
    return next((port for port in range(first, 65536) if is_free(host, port)), first)
