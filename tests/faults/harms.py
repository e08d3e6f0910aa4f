"""The harms: servers are killed, frozen and started again, and answers are dropped."""

import contextlib
import http.client
import random
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import psutil

from tests.ports import free_port, is_taken
from tests.served import COMMAND, PAGE, PREFIX, Answer, Served, run_command, serving
from tests.waiting import eventually

BACK_SECONDS = 30


class Web:
    """A server program with a port and settings of its own for all its lives."""

    page = PAGE

    def __init__(self, folder: Path, **variables: object) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}{PREFIX}"
        self._folder = folder
        self._variables = variables
        self._life = contextlib.ExitStack()
        self._served: Served | None = None

    @property
    def command(self) -> Sequence[str]:
        """What starts the program."""
        return COMMAND

    @property
    def served(self) -> Served:
        """The program that runs."""
        assert self._served is not None, "not started"
        return self._served

    def start(self) -> None:
        """Start and return when it serves."""
        self._served = self._life.enter_context(
            serving(self._folder, self.port, self.command, self.page, **self._variables)
        )
        self._count = len(self.served.workers())

    def run(self, *arguments: str) -> Answer:
        """Run a command of the project with the settings of the site; return its code and text."""
        return run_command(self._folder, *arguments, **self._variables)

    def close(self) -> None:
        """End it for good, in whatever state it is; harmless when repeated."""
        if self._served is not None:
            self.thaw()
        self._life.close()

    def kill(self) -> None:
        """End the program and all its processes at once."""
        self.served.process.kill()
        self.served.process.wait()
        self._life.close()
        eventually(lambda: not is_taken(self.port), 10, "its processes live on")

    def kill_worker(self, chance: random.Random) -> None:
        """Kill one of the processes that answer, and return when it is gone."""
        worker = self._worker(chance)
        worker.kill()
        worker.wait(BACK_SECONDS)

    def freeze_worker(self, chance: random.Random) -> None:
        """Stop one of the processes that answer (SIGSTOP)."""
        self._worker(chance).suspend()

    def thaw(self) -> None:
        """Let all processes go on; harmless when none is frozen."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for worker in self.served.workers():
                worker.resume()

    def come_back(self) -> None:
        """Return when all processes run that should; start the program where it gave up."""
        eventually(self._is_whole, BACK_SECONDS, "a killed process was not replaced")

    def _is_whole(self) -> bool:
        if self.served.process.poll() is not None:
            # Processes that die again and again end the program; who runs it starts it again.
            self._life.close()
            self.start()
        return len(self.served.workers()) == self._count and self.served.is_serving(self.page)

    def _worker(self, chance: random.Random) -> psutil.Process:
        workers = eventually(self.served.workers, BACK_SECONDS, "no process answers")
        return chance.choice(workers)


class DroppingProxy(ThreadingHTTPServer):
    """Hands requests on to a site, and drops some of the answers on their way back.

    A context manager; `share` of the answers are dropped, at first none.
    """

    daemon_threads = True

    def __init__(self, port: int, chance: random.Random) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = port
        self.url = f"http://127.0.0.1:{self.server_port}{PREFIX}"
        self.share = 0.0
        self.dropped = 0
        self._chance = chance
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})

    def drops(self) -> bool:
        """Decide about one answer."""
        with self._lock:
            drops = self._chance.random() < self.share
            self.dropped += drops
            return drops

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: DroppingProxy
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        behind = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=10)
        self.close_connection = True
        with contextlib.closing(behind), contextlib.suppress(OSError, http.client.HTTPException):
            behind.request("POST", self.path, body, {"Content-Type": "application/json"})
            answer = behind.getresponse()
            text = answer.read()
            if not self.server.drops():
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
                self.close_connection = False

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""
