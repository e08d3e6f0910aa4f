"""A web server that gives the replies of a test, whatever the request."""

import contextlib
import http.server
import itertools
import json
import threading
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """An answer: its status, its body, and where it leads if it is a redirect."""

    status: int
    body: bytes
    location: str | None = None


def timeline(
    cheers: int, hate: int, as_of: dict[str, int], log: str | None, state: str = "live"
) -> Reply:
    """Return the answer of a process with these counts."""
    totals = {"cheers": cheers, "hate": hate}
    fields = {"log": log, "state": state, "as_of": as_of, "totals": totals, "window": 120}
    return Reply(200, json.dumps(fields).encode())


class ForgedSite(http.server.ThreadingHTTPServer):
    """Gives the replies in turn, the last one for ever, and remembers the paths of the requests and
    the codes in them."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, replies: Sequence[Reply]) -> None:
        super().__init__(("127.0.0.1", 0), ForgedHandler)
        self.url = f"http://127.0.0.1:{self.server_port}/live"
        self.paths: set[str] = set()
        self.codes: set[str | None] = set()
        self._replies = itertools.chain(replies, itertools.repeat(replies[-1]))
        self._turn = threading.Lock()

    def reply(self) -> Reply:
        """Return the next reply."""
        with self._turn:
            return next(self._replies)


class ForgedHandler(http.server.BaseHTTPRequestHandler):
    """Answers a GET on a connection of its own."""

    server: ForgedSite

    def do_GET(self) -> None:
        self.server.paths.add(self.path)
        self.server.codes.add(self.headers["Authorization"])
        status, body, location = self.server.reply()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location is not None:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextlib.contextmanager
def forged_site(*replies: Reply) -> Iterator[ForgedSite]:
    """Serve the replies while inside."""
    with ForgedSite(replies) as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()
