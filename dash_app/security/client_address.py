"""The address of the client that sent a request."""

import functools
import ipaddress

from flask import Request


def client_address(request: Request, trusted_hops: int) -> str:
    """Return the client's IPv4 address, or its IPv6 network, for limits; "unknown" without one.

    Each trusted proxy adds one address to X-Forwarded-For. The first of these is the client's; a
    client can forge the ones before it. Without them it is the address of the connection.
    """
    addresses = request.headers.get("X-Forwarded-For", "").split(",") if trusted_hops else []
    forwarded = addresses[-trusted_hops] if 0 < trusted_hops <= len(addresses) else ""
    return _network(forwarded.strip()) or _network(request.remote_addr or "") or "unknown"


@functools.lru_cache(maxsize=4096)
def _network(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    # A client with one IPv6 address usually has a /64 network, which is 2^64 addresses.
    return str(ipaddress.ip_network((address.packed, 64), strict=False))
