"""A site served by a real server in processes of its own, and asked through real HTTP."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import psutil

from tests.ports import is_taken
from tests.programs import ROOT, clean_environment
from tests.reaper import reaper
from tests.waiting import eventually

PREFIX = "/visualization-tools-ii"
PAGE = f"{PREFIX}/kafka-clicker"
COMMAND = [sys.executable, "-m", "dash_app"]
SERVING_SECONDS = 40
ENDING_SECONDS = 5
RUN_SECONDS = 300


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    text: str
    headers: Mapping[str, str] = MappingProxyType({})

    @property
    def fields(self) -> Any:
        """The answer as JSON."""
        return json.loads(self.text)


class Served:
    """A server program on a port, with its log and all its processes."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        prefix: str = PREFIX,
        code: str | None = None,
    ) -> Answer:
        """Send a request, with a code or without, on a connection of its own."""
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        ) as connection:
            headers = {"Content-Type": "application/json"}
            if code is not None:
                headers["Authorization"] = f"Bearer {code}"
            connection.request(method, f"{prefix}{path}", body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(), dict(answer.getheaders()))

    def click(self, body: Any) -> Answer:
        """Post a body as JSON to the click route."""
        return self.ask("POST", "/kafka/click", json.dumps(body).encode())

    def totals(self) -> tuple[int, int]:
        """Return the cheers and the hate counted by the process that answers."""
        totals = self.ask("GET", "/kafka/timeline").fields["totals"]
        return totals["cheers"], totals["hate"]

    def wait_for_totals(self, cheers: int, hate: int = 0, seconds: float = 5) -> None:
        """Return once ten answers in a row have these totals: every process gets its turn."""
        eventually(
            lambda: all(self.totals() == (cheers, hate) for _ in range(10)),
            seconds,
            lambda: f"{cheers} and {hate}: {self.totals()}",
        )

    def workers(self) -> list[psutil.Process]:
        """Return the processes that answer requests."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if _answers(child)]

    def log(self) -> str:
        """Return what the program wrote."""
        return self._log.read_text()

    def is_serving(self, page: str = PAGE) -> bool:
        """Tell whether a request of a page is answered."""
        assert self.process.poll() is None, f"the server ended:\n{self.log()}"
        try:
            return self.ask("GET", page, prefix="").status == 200
        except OSError:
            return False

    def end(self, number: int = signal.SIGTERM, seconds: float = ENDING_SECONDS) -> int:
        """Send a signal; return the exit code once all processes are gone and the port is free."""
        family = [psutil.Process(self.process.pid), *self.workers()]
        self.process.send_signal(number)
        code = self.process.wait(seconds)
        _, alive = psutil.wait_procs(family, ENDING_SECONDS)
        assert not alive, f"these run on: {alive}"
        assert not is_taken(self.port)
        return code


def _answers(process: psutil.Process) -> bool:
    try:
        # Python's own helper of multiprocessing answers nobody.
        return "resource_tracker" not in " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


@contextlib.contextmanager
def serving(
    folder: Path,
    port: int,
    command: Sequence[str] = COMMAND,
    page: str = PAGE,
    /,
    **variables: object,
) -> Iterator[Served]:
    """Run a server in the folder, configured by its environment alone, while inside."""
    with starting(folder, port, command, **variables) as served:
        eventually(
            lambda: served.is_serving(page),
            SERVING_SECONDS,
            lambda: f"not serving:\n{served.log()}",
        )
        yield served


@contextlib.contextmanager
def starting(
    folder: Path, port: int, command: Sequence[str] = COMMAND, **variables: object
) -> Iterator[Served]:
    """Start a server that need not come to serve; end it with all its processes on leaving."""
    folder.mkdir(exist_ok=True)
    log = folder / f"server-{port}.log"
    # A test is a crowd behind one address; those about the limits switch them on.
    variables = {"RATE_LIMITS": "off", "PYTHONPATH": ROOT, **variables}
    environment = clean_environment(PORT=port, PYTHONUNBUFFERED=1, **variables)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    reaper().guard(process.pid)
    served = Served(process, port, log)
    try:
        yield served
    finally:
        if process.poll() is None:
            _kill(served)
        reaper().release(process.pid)


def _kill(served: Served) -> None:
    family = served.workers()
    served.process.kill()
    for worker in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            os.kill(worker.pid, signal.SIGKILL)
    served.process.wait()


def run_command(folder: Path, *arguments: str, **variables: object) -> Answer:
    """Run a command to its end; return its exit code and what it wrote."""
    return run_to_end(folder, [*COMMAND, *arguments], **variables)


def run_to_end(folder: Path, command: Sequence[str], **variables: object) -> Answer:
    """Run any program as `serving` does, to its end."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=clean_environment(**{"PYTHONPATH": ROOT, **variables}),
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    return Answer(done.returncode, done.stdout + done.stderr)
