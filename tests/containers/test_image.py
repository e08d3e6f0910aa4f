"""The Dockerfile's own commands, run: install, start, health check, stop."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.checkout import click, get
from tests.containers.image import ImageOnDisk, read_stages
from tests.ports import free_port
from tests.reaper import reaper
from tests.waiting import eventually

pytestmark = pytest.mark.containers


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(image: ImageOnDisk, port: int) -> Iterator[subprocess.Popen[str]]:
    stage = read_stages()[-1]
    environment = stage.environment() | {"PORT": str(port)}
    with image.start(stage.words("CMD"), environment) as process:
        reaper().guard(process.pid)
        try:
            eventually(lambda: answers(port), 20, lambda: f"no server at {port}; {process.poll()}")
            yield process
        finally:
            process.kill()
            reaper().release(process.pid)


def answers(port: int) -> bool:
    try:
        return bool(get(port, "/kafka/timeline"))
    except OSError:
        return False


def check_health(image: ImageOnDisk, port: int) -> int:
    stage = read_stages()[-1]
    environment = stage.environment() | {"PORT": str(port)}
    with image.start(stage.words("HEALTHCHECK"), environment) as check:
        return check.wait(20)


@pytest.mark.timeout(180)
def test_the_image_serves_pages_and_counts_clicks_on_its_volume(
    image: ImageOnDisk, server: subprocess.Popen[str], port: int
) -> None:
    assert b"Kafka Event Producer" in get(port, "/kafka-clicker")
    assert b"Kafka Real-time Dashboard" in get(port, "/kafka-dashboard")
    assert click(port)["status"] == "success"
    eventually(
        lambda: json.loads(get(port, "/kafka/timeline"))["totals"]["cheers"] >= 1,
        5,
        "the click is not counted",
    )
    assert (image.app / "var" / "clicks.sqlite3").exists()


def test_the_health_check_tells_a_server_from_none(
    image: ImageOnDisk, server: subprocess.Popen[str], port: int
) -> None:
    assert check_health(image, port) == 0
    assert check_health(image, free_port()) == 1


def test_the_stop_signal_ends_it_within_five_seconds(server: subprocess.Popen[str]) -> None:
    number = getattr(signal, read_stages()[-1].texts("STOPSIGNAL")[-1])
    server.send_signal(number)
    assert server.wait(5) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make a file system read-only")
def test_the_file_system_is_read_only_but_for_the_volume(image: ImageOnDisk) -> None:
    program = "import pathlib; pathlib.Path('var/x').touch(); pathlib.Path('x').touch()"
    with image.start(["python", "-c", program], {}) as process:
        output, _ = process.communicate(timeout=20)
    assert "Read-only file system: 'x'" in output


def test_the_result_holds_no_build_tools(image: ImageOnDisk) -> None:
    tools = {path.name for path in (image.root / "opt" / "venv" / "bin").iterdir()}
    assert not {"pip", "pip3", "wheel", "gcc", "uv"} & tools
    assert not read_stages()[-1].texts("RUN"), "the second stage only copies"


def test_the_image_holds_exactly_the_packages_of_its_list(image: ImageOnDisk) -> None:
    listed = json.loads((image.app / "ops" / "sbom.cdx.json").read_text())["components"]
    (packages,) = (image.root / "opt" / "venv").glob("lib/python*/site-packages")
    held = {(one.name, one.version) for one in distributions(path=[str(packages)])}
    assert {(one["name"], one["version"]) for one in listed} == held


def test_every_package_is_checked_against_its_hash() -> None:
    installing = [text for text in read_stages()[0].texts("RUN") if " install " in text]
    locked, by_the_builder = installing
    assert "--require-hashes" in locked
    assert by_the_builder.startswith('test -z "$EXTRA_PACKAGES" || '), "nothing unless asked for"
    assert all("--no-cache-dir" in text for text in installing)


def test_the_base_is_pinned_and_slim() -> None:
    for stage in read_stages():
        assert re.fullmatch(r"python:3\.1[12]\.\d+-slim-\w+", stage.base), stage.base


def test_it_runs_without_root_and_owns_the_volume_only() -> None:
    stage = read_stages()[-1]
    user = stage.texts("USER")[-1]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    owned = [text for text in stage.texts("COPY") if "--chown" in text]
    assert owned == [f"--from=build --chown={user} /app/var /app/var"]
    assert stage.texts("VOLUME") == ["/app/var"]


def test_nothing_but_what_is_named_gets_into_the_image() -> None:
    lines = Path(__file__).parents[2].joinpath(".dockerignore").read_text().splitlines()
    assert next(line for line in lines if line and not line.startswith("#")) == "*"
