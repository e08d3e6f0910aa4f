"""A Java program from Kafka's jars as a process with a life: start, pause, kill, stop."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from tests.leftovers import LONG_LIVED
from tests.reaper import reaper
from tests.waiting import eventually

T = TypeVar("T")

JARS = Path(__file__).parent / "jars"


class ToolsMissing(Exception):
    """Java or the jars are not there; the message says how to get them."""


def or_skip(make: Callable[[], T]) -> T:
    """Return what `make` makes; skip the test where tools are missing, which fails a run in CI."""
    try:
        return make()
    except ToolsMissing as error:
        pytest.skip(str(error))


def find_jars(version: str) -> Path:
    """Return the folder with the jars of a Kafka version."""
    if not shutil.which("java"):
        raise ToolsMissing("no java was found: `make test` as root installs it")
    # Java's archive of classes holds for jars of this very path.
    folder = (JARS / version).resolve()
    if not folder.is_dir():
        raise ToolsMissing(f"the jars of Kafka {version} are not in {folder}: run `make jars`")
    return folder


def run_java(jars: Path, main: str, *arguments: str) -> str:
    """Run a short program to its end and return what it printed."""
    done = subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*", main, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode:
        raise RuntimeError(f"{main} {arguments} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout.strip()


class Program:
    """One long-running program and its log; it may be started again after it has ended."""

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = command
        self._environment = environment
        self._log = log
        self._log_start = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.long_lived = False

    @property
    def pid(self) -> int:
        """The number of the running process."""
        assert self._process is not None, "not started"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process exists (paused ones do)."""
        return self._process is not None and self._process.poll() is None

    def start(self, ready: Callable[[str], bool], seconds: float) -> None:
        """Start and wait until `ready` is true of the log of this start."""
        self.launch()
        self.wait(ready, seconds)

    def launch(self) -> None:
        """Start without waiting for anything."""
        assert not self.running, "already started"
        self._log_start = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        reaper().guard(self.pid)
        if self.long_lived:
            LONG_LIVED.add(self.pid)

    def wait(self, ready: Callable[[str], bool], seconds: float) -> None:
        """Return when `ready` is true of the log of this start; end the program if it never is."""
        try:
            eventually(lambda: self._is_ready(ready), seconds, self._explain)
        except BaseException:
            self.kill()
            raise

    def pause(self) -> None:
        """Freeze it (SIGSTOP) and return when every thread of it stands still."""
        os.kill(self.pid, signal.SIGSTOP)
        process = psutil.Process(self.pid)
        eventually(lambda: process.status() == psutil.STATUS_STOPPED, 10, "it does not freeze")

    def resume(self) -> None:
        """Let it go on (SIGCONT); harmless when it is not frozen."""
        os.kill(self.pid, signal.SIGCONT)

    def stop(self, seconds: float = 20) -> bool:
        """End it in an orderly way (SIGTERM); one that does not obey in time is killed.

        Returns whether it has obeyed.
        """
        if not self.running:
            return True
        self.resume()
        os.kill(self.pid, signal.SIGTERM)
        assert self._process is not None
        obeyed = True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            obeyed = False
            os.kill(self.pid, signal.SIGKILL)
        self._bury()
        return obeyed

    def kill(self) -> None:
        """End it at once (SIGKILL), paused or not; harmless when it has ended."""
        if self.running:
            os.kill(self.pid, signal.SIGKILL)
        self._bury()

    def read_log(self) -> str:
        """Return the log since the last start."""
        with self._log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def _is_ready(self, ready: Callable[[str], bool]) -> bool:
        if not self.running:
            raise RuntimeError(f"ended while starting.\n{self._explain()}")
        return ready(self.read_log())

    def _explain(self) -> str:
        tail = "\n".join(self.read_log().splitlines()[-30:])
        return f"{' '.join(self._command[-2:])} does not serve; the end of its log:\n{tail}"

    def _bury(self) -> None:
        if self._process is not None:
            self._process.wait()
            reaper().release(self.pid)
            LONG_LIVED.discard(self.pid)


class JavaProcess(Program):
    """A program whose classes are in a folder of jars."""

    def __init__(
        self, jars: Path, log: Path, main: str, arguments: Sequence[str], *, options: Sequence[str]
    ) -> None:
        super().__init__(["java", *options, "-cp", f"{jars}/*", main, *arguments], log)
