"""Without what only Linux and macOS have, the site runs: the nearest to Windows that is here."""

import os
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.programs import ROOT, run_program
from tests.served import run_command, serving

BLOCKED = """
import multiprocessing.context, os, signal, socket, sys
for name in ("fcntl", "grp", "pwd", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None
for module, names in {
    os: ("fchmod", "fchown", "fork", "getuid", "geteuid", "killpg", "register_at_fork", "setsid"),
    signal: ("SIGKILL", "SIGUSR1", "SIGALRM", "pthread_sigmask"),
    socket: ("SO_REUSEPORT", "TCP_USER_TIMEOUT"),
}.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
"""
"""A sitecustomize: Python imports it at the start of each process, the workers' too."""

MOUNT = """
import json, sys
from flask import Flask
from dash_app import mount
from dash_app.settings import Settings

server = Flask(__name__)
mount(server, Settings(clicks_db=sys.argv[1], clicker_code="s3same"))
answer = server.test_client().get("/visualization-tools-ii/kafka-clicker?code=s3same")
print(json.dumps([answer.status_code, "fcntl" in sys.modules and sys.modules["fcntl"] is None]))
"""


@pytest.fixture
def blocked(tmp_path: Path) -> dict[str, str]:
    """The environment of programs that have none of these modules and functions."""
    folder = tmp_path / "blocked"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(BLOCKED)
    return {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


@pytest.mark.slow
def test_the_program_serves_and_counts(tmp_path: Path, blocked: dict[str, str]) -> None:
    port = free_port()
    with serving(tmp_path / "site", port, **blocked) as served:
        assert served.ask("GET", "/kafka-dashboard").status == 200
        served.click({"type": "cheers"})
        served.wait_for_totals(1)
        assert served.end() == 0
    assert run_command(tmp_path, "doctor", PORT=port, **blocked).status == 0


@pytest.mark.slow
def test_the_pages_mount(tmp_path: Path, blocked: dict[str, str]) -> None:
    status, is_blocked = run_program(MOUNT, tmp_path / "clicks.sqlite3", env=blocked)

    assert is_blocked
    # Signed with a key that was created here.
    assert status in {200, 302, 303}
    assert (tmp_path / "secret_key").exists()
