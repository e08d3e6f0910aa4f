"""A process in a network of its own, where a test chooses the interfaces."""

import ctypes
import os
import subprocess
from collections.abc import Mapping

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def leave_networks(interfaces: Mapping[str, str]) -> None:
    """Leave the machine's networks for one with these interfaces: {"wlan0": "192.168.1.5/24"}.

    There is no default route.
    """
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    assert any(unshare(flags) == 0 for flags in (CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWNET)), (
        f"this machine lets nobody leave its networks: {os.strerror(ctypes.get_errno())}"
    )
    _run("link set lo up")
    for number, (name, address) in enumerate(interfaces.items()):
        # One end of a cable whose other end lies beside it: it works without any hardware.
        _run(f"link add {name} type veth peer name other{number}")
        _run(f"link set other{number} up")
        _run(f"link set {name} up")
        _run(f"addr add {address} dev {name} {'nodad' if ':' in address else ''}")


def _run(command: str) -> None:
    subprocess.run(["ip", *command.split()], check=True)
