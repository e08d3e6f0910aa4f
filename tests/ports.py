"""TCP ports for servers that tests start."""

import os
import random
import socket

BELOW_OUTGOING = range(12_000, 32_000)
"""Ports that the system does not hand to outgoing connections: a restarted server finds its own."""

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
OF_THIS_WORKER = BELOW_OUTGOING[WORKER::WORKERS]
"""No two processes of one test run draw the same port before either listens on it."""

_taken: set[int] = set()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on and that was not returned before."""
    for _ in range(200):
        port = random.choice(OF_THIS_WORKER)
        if port not in _taken and not is_taken(port):
            _taken.add(port)
            return port
    raise RuntimeError("no free port was found in 200 attempts")


def is_taken(port: int) -> bool:
    """Tell whether something listens on the port."""
    with socket.socket() as probe:
        # As servers do: connections that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False
