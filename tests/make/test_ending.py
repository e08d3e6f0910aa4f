"""`make run` ends with all that it started, however it is told to."""

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.checkout import Make, copy_tree, making
from tests.ports import free_port, is_taken

pytestmark = pytest.mark.slow

PROMISED_SECONDS = 5


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy with the packages of this Python in the place of its own."""
    folder = tmp_path / "tree"
    folder.mkdir()
    copy_tree(folder)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def family_of(make: Make) -> list[psutil.Process]:
    parent = psutil.Process(make.pid)
    return [parent, *parent.children(recursive=True)]


@pytest.mark.parametrize("target", ["run", "demo"])
@pytest.mark.parametrize(
    ("number", "to_all"),
    [(signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGINT, True)],
    ids=["SIGTERM to make", "SIGTERM to all", "SIGINT to all, as a terminal does"],
)
def test_a_signal_ends_it_and_leaves_no_process_behind(
    tree: Path, target: str, number: signal.Signals, to_all: bool
) -> None:
    port = free_port()
    variables = {"PORT": str(port), "WEB_PROCESSES": "2"}
    with making(tree, "--assume-old=venv", target, **variables) as make:
        make.wait_until_it_serves(port, 40)
        family = family_of(make)
        assert len(family) >= 4
        (os.killpg if to_all else os.kill)(make.pid, number)
        make.wait(2 * PROMISED_SECONDS)
        _, alive = psutil.wait_procs(family, 2 * PROMISED_SECONDS)
        assert not alive
        assert not is_taken(port)
        assert "Traceback" not in make.output
