"""The real site on a port, for the browser to open: in this process, or in one of its own."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from dash_app import create_app
from dash_app.settings import Settings
from dash_app.site import EXTENSION
from tests.ports import free_port
from tests.reaper import reaper
from tests.waiting import eventually

PREFIX = "/visualization-tools-ii"
PRESENTER_CODE = "presenting-is-fun"
ROOT = Path(__file__).resolve().parents[2]


class Site:
    """What a test asks of a site, past the browser and the gate."""

    def __init__(self) -> None:
        self.port = free_port()

    def click(self, *clicks: tuple[str, int], **phone: object) -> None:
        """Send clicks of these types and ages (s), of a phone that has a `client` and a `seq`."""
        batch = [{"type": kind, "age_ms": age * 1000} for kind, age in clicks]
        body = {**phone, "clicks": batch}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{PREFIX}/kafka/click",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200

    def present(self, method: str, path: str = "", body: Any = None) -> Any:
        """Ask a route below /kafka/talks as the presenter; return its JSON, None without one."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{PREFIX}/kafka/talks{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {PRESENTER_CODE}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read() or "null")

    def timeline(self) -> Any:
        """Return what the site answers to `GET /kafka/timeline`."""
        address = f"http://127.0.0.1:{self.port}{PREFIX}/kafka/timeline"
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)

    def totals(self) -> tuple[int, int]:
        """Return how many cheers and how many hates were counted."""
        totals = self.timeline()["totals"]
        return totals["cheers"], totals["hate"]

    def has_counted(self, cheers: int, hate: int, seconds: float = 15) -> None:
        """Wait until exactly so many are counted."""
        eventually(
            lambda: self.totals() == (cheers, hate),
            seconds,
            lambda: f"{self.totals()} are counted, not {(cheers, hate)}",
        )

    def counts(self) -> bool:
        """Tell whether it answers and follows the log."""
        try:
            return bool(self.timeline()["state"] == "live")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


class LocalSite(Site):
    """The site in this process: up in an instant."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__()
        # A test brings an audience of minutes at once, from one address.
        values = {"presenter_code": PRESENTER_CODE, "clicks_per_address": 100_000, **settings}
        self.app = app = create_app(Settings(clicks_db=folder / "clicks.sqlite3", **values))
        self._service = app.extensions[EXTENSION]
        self._server = make_server("127.0.0.1", self.port, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def start(self) -> None:
        """Start it and wait until it counts."""
        self._thread.start()
        eventually(self.counts, 20, "the site does not count")

    def stop(self) -> None:
        """End it and all its threads."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._service.stop()


class SiteProcess(Site):
    """`python -m dash_app` in a process of its own, which a test may kill and start again."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._log = folder / "site.log"
        self._environment = {
            **os.environ,
            "PORT": str(self.port),
            "CLICKS_DB": str(folder / "clicks.sqlite3"),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it counts."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dash_app"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        reaper().guard(self._process.pid)
        eventually(self.counts, 30, lambda: f"the site is not up: {self._log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as Ctrl-C does; twice is harmless."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if how is signal.SIGKILL:
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        process.wait(30)
        reaper().release(process.pid)
