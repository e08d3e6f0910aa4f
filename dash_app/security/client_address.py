"""The address of the client that sent a request."""

import functools
import ipaddress
import re

from flask import Request

LONGEST_ADDRESS = 64
"""No address with its port, zone and brackets has more characters."""

_WITH_PORT = re.compile(r"\[(?P<ipv6>[^]]*)](?::[0-9]{1,5})?|(?P<ipv4>[0-9.]+):[0-9]{1,5}")
"""An address as some proxies write it, such as Azure's gateways: `1.2.3.4:567`, `[::1]:567`."""


def client_address(request: Request, trusted_hops: int) -> str:
    """Return the client's IPv4 address, or its IPv6 network, for limits; "unknown" without one.

    Each trusted proxy adds one address to X-Forwarded-For. The first of these is the client's; a
    client can forge the ones before it. Without them it is the address of the connection.
    """
    forwarded = ""
    if trusted_hops:
        addresses = request.headers.get("X-Forwarded-For", "").rsplit(",", trusted_hops)
        forwarded = addresses[-trusted_hops] if trusted_hops <= len(addresses) else ""
    return _network(forwarded.strip()) or _network(request.remote_addr or "") or "unknown"


def _network(text: str) -> str:
    # Anybody can make up text: nothing longer than an address may enter the cache.
    return _parsed_network(text) if len(text) <= LONGEST_ADDRESS else ""


@functools.lru_cache(maxsize=4096)
def _parsed_network(text: str) -> str:
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address(with_port[with_port.lastgroup or 0] if with_port else text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    # A client with one IPv6 address usually has a /64 network, which is 2^64 addresses.
    return str(ipaddress.ip_network((address.packed, 64), strict=False))
