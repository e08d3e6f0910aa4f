"""`make run` on a tree that has nothing yet: killed, doubled, stopped, started offline."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import Make, click, copy_tree, get, making
from tests.ports import free_port
from tests.waiting import eventually

INSTALL_SECONDS = 150
pytestmark = [pytest.mark.install, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy whose first installation was killed half way and then done by two makes at once."""
    folder = copy_tree(tmp_path_factory.mktemp("tree"))
    with making(folder, "run", PORT=str(free_port())) as killed:
        eventually(
            lambda: packages_in(folder), INSTALL_SECONDS, lambda: f"no package: {killed.output}"
        )
        killed.kill()
    assert not (folder / ".venv").exists(), "half an environment can be seen"
    return folder


def packages_in(folder: Path) -> bool:
    """Tell whether pip has begun to put packages into place."""
    return any(folder.glob(".venv.d/*/lib/python*/site-packages/flask"))


def totals(port: int) -> Any:
    return json.loads(get(port, "/kafka/timeline"))["totals"]


def assert_clean_end(make: Make) -> None:
    make.press_ctrl_c()
    assert "***" not in make.output, make.output
    assert "Traceback" not in make.output, make.output


def test_two_at_once_install_once_and_serve_their_own_clicks(tree: Path) -> None:
    ports = free_port(), free_port()
    databases = [f"var/{port}.sqlite3" for port in ports]
    with (
        making(tree, "run", PORT=str(ports[0]), CLICKS_DB=databases[0]) as one,
        making(tree, "run", PORT=str(ports[1]), CLICKS_DB=databases[1]) as other,
    ):
        one.wait_until_it_serves(ports[0], INSTALL_SECONDS)
        other.wait_until_it_serves(ports[1], 20)
        assert (one.output + other.output).count("Installing the packages") == 1
        click(ports[0])
        eventually(lambda: totals(ports[0])["cheers"] == 1, 5, "not counted")
        assert totals(ports[1])["cheers"] == 0
        assert_clean_end(one)
        assert_clean_end(other)


def test_the_second_start_needs_no_network_and_continues(tree: Path) -> None:
    port = free_port()
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9", "PIP_FIND_LINKS": "", "PIP_RETRIES": "0"}
    settings = {"PORT": str(port), "CLICKS_DB": "var/continued.sqlite3", **nowhere}
    with making(tree, "run", **settings) as first:
        first.wait_until_it_serves(port, 20)
        click(port)
        assert_clean_end(first)
    with making(tree, "run", **settings) as second:
        second.wait_until_it_serves(port, 20)
        assert "continuing var/continued.sqlite3: 1 click since" in second.output
        assert "Installing" not in second.output
        assert f"http://127.0.0.1:{port}/visualization-tools-ii/kafka-clicker" in second.output


def test_a_port_that_is_taken_is_named_with_a_free_one(tree: Path) -> None:
    port = free_port()
    with making(tree, "run", PORT=str(port), CLICKS_DB="var/a.sqlite3") as holder:
        holder.wait_until_it_serves(port, 20)
        other = {"PORT": str(port), "CLICKS_DB": "var/b.sqlite3", "JOIN_URL": "http://join.test/j"}
        for target in ("run", "present", "demo"):
            with making(tree, target, **other) as refused:
                assert refused.wait(20) != 0
                advice = rf"port {port} is taken; `make {target} PORT=\d+` uses a free one"
                assert re.search(advice, refused.output)
        holder.kill()
        with making(tree, "run", PORT=str(port), CLICKS_DB="var/a.sqlite3") as heir:
            heir.wait_until_it_serves(port, 20)


def test_a_bad_setting_stops_the_start_with_one_sentence(tree: Path) -> None:
    with making(tree, "run", REFRESH_MS="soon") as refused:
        assert refused.wait(20) != 0
        assert "REFRESH_MS is 'soon'" in refused.output
        assert "Traceback" not in refused.output


def test_the_demo_lives_and_leaves_nothing(tree: Path) -> None:
    port = free_port()
    before = set((tree / "var").glob("*"))
    with making(tree, "demo", PORT=str(port)) as demo:
        demo.wait_until_it_serves(port, 20)
        eventually(lambda: sum(totals(port).values()) > 10, 5, "no living chart within 5 s")
        assert_clean_end(demo)
    assert set((tree / "var").glob("*")) <= before


def test_new_renames_the_clicks(tree: Path) -> None:
    port = free_port()
    settings = {"PORT": str(port), "CLICKS_DB": "var/renamed.sqlite3"}
    with making(tree, "run", **settings) as server:
        server.wait_until_it_serves(port, 20)
        with making(tree, "new", **settings) as refused:
            assert refused.wait(20) != 0, "the file is in use"
        assert_clean_end(server)
    with making(tree, "new", **settings) as done:
        assert done.wait(20) == 0, done.output
    assert not (tree / "var" / "renamed.sqlite3").exists()
    assert list((tree / "var").glob("renamed*"))
