"""The servers under load, each in processes of its own: the site and the textbook's."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import psutil

from bench.limits import BARE, LEAST, NOOP
from tests.ports import free_port
from tests.reaper import reaper
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "/visualization-tools-ii"
READY_SECONDS = 60
ENDING_SECONDS = 20

SITE = [sys.executable, "-m", "dash_app"]
SITE_AND_LIMITS = [sys.executable, "-m", "bench.limits"]
HELLO = [sys.executable, "-m", "granian", "--interface", "wsgi", "bench.hello:server"]
TEXTBOOK = [
    *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "error"),
    *("-w", "1", "--threads", "4", "bench.textbook:server"),
]


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU time of a process's threads; the kernel's ticks are as coarse as 10 ms."""
    tasks = Path(f"/proc/{process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def thread_changes(process: psutil.Process) -> int:
    """Return how often the kernel has put one of a process's threads off a processor."""
    switches = [psutil.Process(thread.id).num_ctx_switches() for thread in process.threads()]
    return sum(one.voluntary + one.involuntary for one in switches)


class Server:
    """A server program on a port of its own, not started yet."""

    def __init__(self, folder: Path, command: Sequence[str], prefix: str, **variables: Any) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}{prefix}"
        self._prefix = prefix
        self._command = command
        self._log = folder / f"server-{self.port}.log"
        settings = {"PORT": self.port, "CLICKS_DB": folder / "clicks.sqlite3", **variables}
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            **{name: str(value) for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it without waiting; return the moment on the monotonic clock."""
        with self._log.open("ab") as log:
            began = time.monotonic()
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        reaper().guard(self._process.pid)
        return began

    def stop(self) -> None:
        """End it in an orderly way and wait until all its processes are gone."""
        process, self._process = self._process, None
        if process is None:
            return
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(True)]
        process.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(family, ENDING_SECONDS)
        for one in alive:
            one.kill()
        process.wait()
        reaper().release(process.pid)

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection, to be closed by who asked for it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, path: str) -> bytes:
        """Return the body of an answer; raises ConnectionError where there is none yet."""
        with contextlib.closing(self.connect()) as connection:
            connection.request("GET", self.path(path))
            answer = connection.getresponse()
            body = answer.read()
        if answer.status != 200:
            raise ConnectionError(f"{answer.status} at {path}: {body[:200]!r}")
        return body

    def path(self, path: str) -> str:
        """Return the whole path of one of its routes."""
        return f"{self._prefix}{path}"

    def when(self, path: str, condition: str, seconds: float = READY_SECONDS) -> Any:
        """Return the JSON at the path once it can be had and has the state named, if any."""

        def look() -> Any:
            if self._running().poll() is not None:
                raise RuntimeError(f"the server ended: {self._explain()}")
            try:
                fields = orjson.loads(self.ask(path))
            except (OSError, http.client.HTTPException):
                return None
            return fields if not condition or fields.get("state") == condition else None

        return eventually(look, seconds, self._explain, pause_seconds=0.01)

    def worker(self) -> psutil.Process:
        """Return the process that answers requests: the child that holds most memory."""
        children = psutil.Process(self._running().pid).children()
        return max(children, key=lambda child: int(child.memory_info().rss))

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"{self._command} is not started")
        return self._process

    def _explain(self) -> str:
        tail = "\n".join(self._log.read_text().splitlines()[-30:])
        return f"{' '.join(self._command)} is not ready; the end of its log:\n{tail}"


class Site(Server):
    """The site on a topic. The limits are checked for each click, and high enough for wrk."""

    click, timeline, data = "/kafka/click", "/kafka/timeline", "/kafka/data"
    noop, bare, least = NOOP, BARE, LEAST
    watched = timeline

    def __init__(
        self,
        folder: Path,
        kafka: str,
        topic: str,
        command: Sequence[str] = SITE_AND_LIMITS,
        **more: str,
    ) -> None:
        variables = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "KAFKA_TOPIC": topic, **more}
        limits = {"CLICKS_PER_ADDRESS": 1_000_000}
        super().__init__(folder, command, PREFIX, **variables, **limits, LOG_LEVEL="WARNING")
        self.topic = topic

    def wait_until_live(self, seconds: float = READY_SECONDS) -> Any:
        """Return its timeline once it has counted the whole log."""
        return self.when(self.timeline, "live", seconds)

    def total(self) -> int:
        """Return how many clicks it has counted."""
        return sum(orjson.loads(self.ask(self.timeline))["totals"].values())

    def hates(self, connection: http.client.HTTPConnection) -> int:
        """Return how many hates it has counted, asked through the connection."""
        return int(_get_json(connection, self.path(self.timeline))["totals"]["hate"])


class Textbook(Server):
    """The textbook's server on a topic."""

    click, data = "/click", "/data"
    watched = data

    def __init__(self, folder: Path, kafka: str, topic: str) -> None:
        variables = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "KAFKA_TOPIC": topic}
        super().__init__(folder, TEXTBOOK, "", **variables)
        self._command = [*TEXTBOOK, "--bind", f"127.0.0.1:{self.port}"]

    def wait_until_live(self, seconds: float = READY_SECONDS) -> Any:
        """Return its data once it answers."""
        return self.when(self.data, "", seconds)

    def total(self) -> int:
        """Return how many clicks it has counted."""
        return sum(orjson.loads(self.ask(self.data))["totals"].values())

    def hates(self, connection: http.client.HTTPConnection) -> int:
        """Return how many hates it has counted, asked through the connection."""
        return int(_get_json(connection, self.path(self.data))["totals"]["fuck"])


class Hello(Server):
    """A page that says hello, served as the site is."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, HELLO, "")
        self._command = [*HELLO, "--port", str(self.port)]


def _get_json(connection: http.client.HTTPConnection, path: str) -> Any:
    connection.request("GET", path)
    return orjson.loads(connection.getresponse().read())


AnyServer = Site | Textbook


@contextlib.contextmanager
def live(*servers: AnyServer) -> Iterator[None]:
    """Run servers while inside, from when they count on."""
    with contextlib.ExitStack() as stack:
        for server in servers:
            stack.callback(server.stop)
            server.start()
        for server in servers:
            server.wait_until_live()
        yield
