"""Caddy in front, which passes on headers that WSGI takes for its own: the documented lines."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port, is_taken
from tests.programs import ROOT
from tests.proxy.nginx import asked_plainly
from tests.reaper import reaper
from tests.served import COMMAND, PREFIX, serving
from tests.waiting import eventually

GUESSES = 70
FORMS = ["X_Forwarded_For", "X-Forwarded_For", "x_forwarded-for", "X-Forwarded-For"]


def documented() -> str:
    """Return the block of docs/operations.md."""
    text = (ROOT / "docs/operations.md").read_text()
    match = re.search(r"```text\n(clicks\.example\.org \{.*?)```", text, re.DOTALL)
    assert match
    return match[1]


@contextmanager
def caddy(folder: Path, site: int, block: str) -> Iterator[int]:
    """Run Caddy with this block in front of the site; yield its port."""
    program = shutil.which("caddy", path=f"{ROOT}/.nginx/usr/bin:{os.environ['PATH']}")
    assert program, "caddy is missing: sh ops/test_tools.sh"
    port = free_port()
    block = block.replace("clicks.example.org", f"http://127.0.0.1:{port}")
    block = block.replace("127.0.0.1:8050", f"127.0.0.1:{site}")
    file = folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n\tauto_https off\n}\n" + block)
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "run", "--config", str(file), "--adapter", "caddyfile"],
            env={"HOME": str(folder), "PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    reaper().guard(process.pid)
    try:
        eventually(lambda: process.poll() is not None or is_taken(port), 20, "no port")
        assert process.poll() is None, (folder / "caddy.log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(10)
        reaper().release(process.pid)


def test_behind_caddy_no_header_of_a_visitor_makes_an_address_or_a_path(tmp_path: Path) -> None:
    trusting = {"TRUSTED_HOPS": 1, "DASHBOARD_CODE": "4711"}
    with serving(tmp_path / "site", free_port(), COMMAND, **trusting) as served:
        assert "the proxy must drop headers with underscores" in served.log()
        with caddy(tmp_path, served.port, documented()) as port:
            statuses = [guess(port, number) for number in range(GUESSES)]
            assert statuses[:60] == [401] * 60
            assert set(statuses[62:]) == {429}
            for name in ("X_Forwarded_Prefix", "X-Forwarded-Prefix", "X-Forwarded_Prefix"):
                described = asked_plainly(
                    port, "GET", f"{PREFIX}/openapi.json", headers={name: "/evil"}
                )
                assert described.fields["servers"] == [{"url": PREFIX}]


def guess(port: int, number: int) -> int:
    """Try a code as if from another address each time."""
    headers = dict.fromkeys(FORMS, f"203.0.113.{number}")
    headers["Authorization"] = f"Bearer {number:04}"
    return asked_plainly(port, "GET", f"{PREFIX}/kafka/timeline", headers=headers).status
