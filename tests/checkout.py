"""A copy of the tree as a person gets it, and the commands of its Makefile."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.reaper import reaper
from tests.waiting import eventually

REPOSITORY = Path(__file__).parents[1]
PREFIX = "/visualization-tools-ii"


def copy_tree(target: Path) -> Path:
    """Copy what git keeps, or would keep, of this tree."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    for name in filter(None, names.stdout.split("\0")):
        source = REPOSITORY / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / name)
    return target


class Make:
    """One `make` in a session of its own, as in a terminal of its own."""

    def __init__(self, folder: Path, *words: str, environment: Mapping[str, str]) -> None:
        # What a terminal gives: no make above us, only the settings of this test.
        inherited = {name: os.environ[name] for name in os.environ if not name.startswith("MAKE")}
        self._log = folder / f"make-{id(self)}.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                ["make", *words],
                cwd=folder,
                env=inherited | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        reaper().guard(self._process.pid)

    @property
    def pid(self) -> int:
        """The process of make, and of its session."""
        return self._process.pid

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self._log.read_text()

    def press_ctrl_c(self, seconds: float = 10) -> int:
        """Do what a terminal does: SIGINT to every process of the session; return the exit code."""
        os.killpg(self._process.pid, signal.SIGINT)
        return self.wait(seconds)

    def wait(self, seconds: float) -> int:
        """Return the exit code once it has ended."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"does not end within {seconds:g} s: {self.output}") from None

    def kill(self) -> None:
        """Kill every process of the session at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        reaper().release(self._process.pid)

    def wait_until_it_serves(self, port: int, seconds: float) -> None:
        """Return once the timeline answers at that port."""

        def served() -> bool:
            assert self._process.poll() is None, f"ended: {self.output}"
            with contextlib.suppress(OSError):
                return bool(get(port, "/kafka/timeline"))
            return False

        eventually(served, seconds, lambda: f"nothing at port {port}: {self.output}")


@contextlib.contextmanager
def making(folder: Path, *words: str, **environment: str) -> Iterator[Make]:
    """Run make for the length of a block."""
    make = Make(folder, *words, environment=environment)
    try:
        yield make
    finally:
        make.kill()


def get(port: int, path: str) -> bytes:
    """Return the body of a page or route."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{PREFIX}{path}", timeout=5) as answer:
        body: bytes = answer.read()
        return body


def click(port: int) -> Any:
    """Send one cheer and return the answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{PREFIX}/kafka/click",
        data=b'{"type":"cheers"}',
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200
        return json.load(answer)
