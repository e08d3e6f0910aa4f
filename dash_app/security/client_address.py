"""The address that a request comes from, as far as it can be known."""

import functools
import ipaddress

from flask import Request


def address_of(request: Request, trusted_hops: int) -> str:
    """Return the client's address as limits count it; of IPv6 the network that a home has.

    Each of so many trusted proxies adds one address to X-Forwarded-For: the first of theirs is the
    client's, and whatever stands before it may be made up. Without one it is that of the server.
    """
    named = request.headers.get("X-Forwarded-For", "").split(",") if trusted_hops else []
    forwarded = named[-trusted_hops] if 0 < trusted_hops <= len(named) else ""
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
    # Who has one address of IPv6 has at least 2^64 of them.
    return str(ipaddress.ip_network((address.packed, 64), strict=False))
