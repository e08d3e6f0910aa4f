"""Which of a machine's addresses a room's phones can reach: real interfaces in a network apart."""

import json
from pathlib import Path

import pytest

from dash_app.settings.interfaces import candidates, surroundings
from dash_app.settings.network import lan_address
from tests.programs import run_program

LIST = """
import json, subprocess, sys
from tests.apart import leave_networks
from dash_app.settings.interfaces import candidates

leave_networks(json.loads(sys.argv[1]))
for command in json.loads(sys.argv[2]):
    subprocess.run(["ip", *command.split()], check=True)
print(json.dumps([[one.address, one.interface, one.is_virtual] for one in candidates()]))
"""


def listed(interfaces: dict[str, str], *commands: str) -> list[tuple[str, str, bool]]:
    found = run_program(LIST, json.dumps(interfaces), json.dumps(commands))
    return [tuple(one) for one in found]


@pytest.mark.slow
def test_a_hotspot_without_a_default_route_is_found() -> None:
    assert listed({"wlan0": "192.168.44.1/24"}) == [("192.168.44.1", "wlan0", False)]


@pytest.mark.slow
def test_hardware_comes_before_a_tunnel_that_has_the_default_route() -> None:
    interfaces = {"docker0": "172.17.0.1/16", "tun0": "10.8.0.2/24", "wlan0": "192.168.1.5/24"}

    assert listed(interfaces, "route add default via 10.8.0.1") == [
        ("192.168.1.5", "wlan0", False),
        ("10.8.0.2", "tun0", True),
        ("172.17.0.1", "docker0", True),
    ]


@pytest.mark.slow
def test_of_two_networks_that_of_the_default_route_comes_first() -> None:
    interfaces = {"eth0": "10.1.0.5/16", "wlan0": "192.168.1.5/24"}

    found = listed(interfaces, "route add default via 192.168.1.1")

    assert [address for address, *_ in found] == ["192.168.1.5", "10.1.0.5"]


@pytest.mark.slow
def test_the_address_behind_a_virtual_machines_translation_is_virtual() -> None:
    assert listed({"enp0s3": "10.0.2.15/24"}) == [("10.0.2.15", "enp0s3", True)]


@pytest.mark.slow
def test_ipv6_counts_where_there_is_nothing_else() -> None:
    assert listed({"wlan0": "fd00::5/64"}) == [("fd00::5", "wlan0", False)]
    assert [one[0] for one in listed({"wlan0": "fd00::5/64", "eth0": "10.1.0.5/16"})] == [
        "10.1.0.5"
    ]


@pytest.mark.slow
def test_without_a_network_there_is_none() -> None:
    assert listed({}) == []


def test_this_machines_default_route_is_among_the_candidates() -> None:
    assert lan_address() in [None, *(one.address for one in candidates())]


@pytest.mark.parametrize(
    ("files", "release", "place"),
    [
        ({}, "6.1.0-18-amd64", None),
        ({}, "5.15.153.1-microsoft-standard-WSL2", "WSL"),
        ({".dockerenv": ""}, "6.1.0", "a container"),
        ({"run/.containerenv": ""}, "6.1.0", "a container"),
        ({"sys/class/dmi/id/sys_vendor": "innotek GmbH\n"}, "6.1.0", "a virtual machine"),
        ({"sys/class/dmi/id/sys_vendor": "LENOVO\n"}, "6.1.0", None),
    ],
)
def test_what_surrounds_the_system_is_known(
    tmp_path: Path, files: dict[str, str], release: str, place: str | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        if "sys_vendor" in name:
            (tmp_path / name).with_name("product_name").write_text("20XX\n")

    assert surroundings(tmp_path, release) == place
