"""The addresses of this machine that phones may reach, the likely one first."""

import ipaddress
import platform
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dash_app.settings.network import lan_address

CACHE_SECONDS = 2.0
"""How long `likely_address` answers the same: a laptop changes its network while it presents."""

_VIRTUAL_NAMES = re.compile(
    r"^(br-|cni|docker|lxc|lxd|podman|ppp|tailscale|tap|tun|utun|veth|virbr|vmnet|vboxnet|wg|zt)"
    r"|vEthernet|WSL|Hyper-V|VirtualBox|VMware|TAP-|WireGuard|OpenVPN"
)
_VIRTUAL_NETWORKS = (
    # What VirtualBox and QEMU give a virtual machine behind their own translation, and Tailscale.
    ipaddress.ip_network("10.0.2.0/24"),
    ipaddress.ip_network("100.64.0.0/10"),
)
_HYPERVISORS = re.compile(r"QEMU|KVM|VirtualBox|innotek|VMware|Parallels|Xen|Virtual Machine")


class Candidate(NamedTuple):
    """An address of this machine; a virtual one leads to a VPN, a container, a virtual machine."""

    address: str
    interface: str
    is_virtual: bool


def candidates() -> Sequence[Candidate]:
    """Return the addresses that other machines may reach, the likely one first.

    Networks of hardware come first, then that of the default route. A machine with IPv4 lists no
    IPv6: a room's Wi-Fi may lack it.
    """
    import ifaddr  # noqa: PLC0415 - importing it runs a program

    route = lan_address()
    found = [
        Candidate(address, adapter.nice_name, _is_virtual(address, adapter.nice_name))
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if (address := ip.ip if isinstance(ip.ip, str) else ip.ip[0])
    ]
    reachable = [one for one in found if _is_reachable(one.address)]
    by_version = [
        [one for one in reachable if ipaddress.ip_address(one.address).version == version]
        for version in (4, 6)
    ]
    return sorted(
        by_version[0] or by_version[1], key=lambda one: (one.is_virtual, one.address != route)
    )


def _is_virtual(address: str, interface: str) -> bool:
    if _VIRTUAL_NAMES.search(interface):
        return True
    ip = ipaddress.ip_address(address)
    return any(ip in network for network in _VIRTUAL_NETWORKS if network.version == ip.version)


def _is_reachable(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    return not (ip.is_loopback or ip.is_link_local or ip.is_unspecified or ip.is_multicast)


_likely: tuple[float, str | None] = (float("-inf"), None)


def likely_address() -> str | None:
    """Return the first candidate, found at most CACHE_SECONDS ago; None without a network."""
    global _likely  # noqa: PLW0603 - one for the process; two threads that look at once agree
    now = time.monotonic()
    if now - _likely[0] > CACHE_SECONDS:
        _likely = now, next((one.address for one in candidates()), None)
    return _likely[1]


def surroundings(root: Path = Path("/"), release: str = platform.release()) -> str | None:
    """Return in what this system runs if phones may not reach it there; None on bare hardware."""
    if "microsoft" in release.lower():
        return "WSL"
    if any((root / mark).exists() for mark in (".dockerenv", "run/.containerenv")):
        return "a container"
    vendor = root / "sys/class/dmi/id/sys_vendor"
    product = root / "sys/class/dmi/id/product_name"
    try:
        named = f"{vendor.read_text()} {product.read_text()}"
    except OSError:
        return None
    return "a virtual machine" if _HYPERVISORS.search(named) else None
