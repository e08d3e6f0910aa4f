"""Whose request it is: nothing that a client writes itself makes it somebody else."""

import gc
import tracemalloc

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from dash_app.security.client_address import client_address


def request(remote: str, forwarded: str | None) -> Request:
    headers = [] if forwarded is None else [("X-Forwarded-For", forwarded)]
    builder = EnvironBuilder(headers=headers, environ_base={"REMOTE_ADDR": remote})
    return Request(builder.get_environ())


@pytest.mark.parametrize("forwarded", [None, "", "198.51.100.9", "198.51.100.9, 203.0.113.5"])
def test_without_a_trusted_proxy_the_header_is_ignored(forwarded: str | None) -> None:
    assert client_address(request("192.0.2.1", forwarded), 0) == "192.0.2.1"


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "made up, 198.51.100.9, 203.0.113.5", "203.0.113.5"),
        (2, "198.51.100.9, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "198.51.100.9,203.0.113.5 ,10.0.0.2", "203.0.113.5"),
        (3, "203.0.113.5, 10.0.0.3, 10.0.0.2", "203.0.113.5"),
    ],
)
def test_the_exact_number_of_proxies_says_which_address_is_the_clients(
    hops: int, forwarded: str, address: str
) -> None:
    assert client_address(request("10.0.0.1", forwarded), hops) == address


@pytest.mark.parametrize("forwarded", [None, "", "203.0.113.5", "x, y", "<script>, 10.0.0.2"])
def test_a_header_that_no_such_chain_of_proxies_writes_counts_for_the_last_of_them(
    forwarded: str | None,
) -> None:
    assert client_address(request("10.0.0.1", forwarded), 2) == "10.0.0.1"


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
        ("a socket", "unknown"),
    ],
)
def test_a_network_of_ipv6_is_one_address(remote: str, address: str) -> None:
    assert client_address(request(remote, None), 0) == address


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.5:4711", "203.0.113.5"),
        ("9.9.9.9, 203.0.113.5:80", "203.0.113.5"),
        ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("[::ffff:203.0.113.5]:1", "203.0.113.5"),
        ("203.0.113.5:", "10.0.0.1"),
        ("203.0.113.5:x", "10.0.0.1"),
        ("203.0.113.5:123456", "10.0.0.1"),
        ("[203.0.113.5", "10.0.0.1"),
        ("[]:80", "10.0.0.1"),
    ],
)
def test_a_port_is_no_part_of_the_address(forwarded: str, address: str) -> None:
    assert client_address(request("10.0.0.1", forwarded), 1) == address


@pytest.mark.parametrize("begun", ["", "fe80::1%", "1.2.3.4, "])
def test_text_that_is_longer_than_an_address_is_not_remembered(begun: str) -> None:
    tracemalloc.start()
    try:
        for number in range(50):
            text = f"{begun}{number}".ljust(60_000, "x")
            assert client_address(request("10.0.0.1", text), 1) == "10.0.0.1"
        gc.collect()
        grown_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert grown_bytes < 200_000
