"""A reverse proxy in front of the site that delays, drops or replaces answers as it is told."""

import http.client
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.ports import free_port

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}


@dataclass(frozen=True)
class Trouble:
    """What the gate does to requests: wait, lose the request or its answer, answer by itself.

    Its own answer is HTML if that is a text, lines of JSON if that are bytes, and else JSON.

    It pauses for `pause` seconds after each start tag of a page that comes through, and misspells
    `unknown` words of a stylesheet, so that the browser does not know them, as an older one.
    """

    hold_request: float = 0
    hold_answer: float = 0
    lose: str = ""
    status: int = 0
    body: Any = None
    location: str = ""
    retry_after: int = 0
    pause: float = 0
    unknown: tuple[str, ...] = ()


@dataclass
class Seen:
    """One request: when it came, by a monotonic clock, and its status once it had an answer."""

    method: str
    path: str
    body: Any
    answered: int | None = None
    at: float = field(default_factory=time.monotonic)


@dataclass
class Gate:
    """The proxy; `trouble` maps a part of a path to what befalls requests that have it."""

    upstream: int
    port: int = field(default_factory=free_port)
    trouble: dict[str, Trouble] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    most_at_once: dict[str, int] = field(default_factory=dict)
    _now: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _free: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Gate":
        gate = self

        class Handler(_Handler):
            def respond(self) -> None:
                gate.pass_on(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def clear(self) -> None:
        """End all trouble, also for the requests that wait now."""
        self.trouble.clear()
        self._free.set()
        self._free = threading.Event()

    def count(self, part: str) -> int:
        """Return how many requests had the part in their path."""
        return sum(part in seen.path for seen in list(self.seen))

    def answered(self, part: str) -> int:
        """Return how many of them have been answered."""
        return sum(part in seen.path and seen.answered is not None for seen in list(self.seen))

    def pass_on(self, handler: "_Handler") -> None:
        """Let one request through, with the trouble of its path."""
        path = handler.path.partition("?")[0]
        seen = Seen(handler.command, path, handler.json())
        with self._lock:
            self.seen.append(seen)
            self._now[path] = self._now.get(path, 0) + 1
            self.most_at_once[path] = max(self.most_at_once.get(path, 0), self._now[path])
        try:
            self._answer(handler, seen)
        except OSError:
            # The site is down, or the page has gone: either side sees its connection end.
            handler.close_connection = True
        finally:
            with self._lock:
                self._now[path] -= 1

    def _answer(self, handler: "_Handler", seen: Seen) -> None:
        trouble = next(
            (self.trouble[part] for part in self.trouble if part in seen.path), Trouble()
        )
        free = self._free
        free.wait(trouble.hold_request)
        if trouble.lose == "request":
            raise ConnectionError("lost")
        if trouble.status:
            status, headers, body = _own_answer(trouble)
        else:
            if trouble.pause or trouble.unknown:
                del handler.headers["Accept-Encoding"]
            status, headers, body = _ask(self.upstream, handler)
            for word in trouble.unknown:
                body = body.replace(word.encode(), b"unknown-" + word.encode())
        free.wait(trouble.hold_answer)
        if trouble.lose == "answer":
            raise ConnectionError("lost")
        handler.send(status, headers, body, trouble.pause)
        seen.answered = status


def _own_answer(trouble: Trouble) -> tuple[int, dict[str, str], bytes]:
    headers = {"Location": trouble.location} if trouble.location else {}
    if trouble.retry_after:
        headers["Retry-After"] = str(trouble.retry_after)
    kind, body = "application/json", b""
    if isinstance(trouble.body, str):
        kind, body = "text/html", trouble.body.encode()
    elif isinstance(trouble.body, bytes):
        kind, body = "application/x-ndjson", trouble.body
    elif trouble.body is not None:
        body = json.dumps(trouble.body).encode()
    return trouble.status, {"Content-Type": kind, **headers}, body


def _ask(port: int, handler: "_Handler") -> tuple[int, dict[str, str], bytes]:
    headers = {k: v for k, v in handler.headers.items() if k.lower() not in HOP_BY_HOP}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(handler.command, handler.path, handler.body, headers)
        response = connection.getresponse()
        body = response.read()
    except http.client.HTTPException as error:
        raise ConnectionError("the site went away") from error
    else:
        end_to_end = {k: v for k, v in response.getheaders() if k.lower() not in HOP_BY_HOP}
        return response.status, end_to_end, body
    finally:
        connection.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    body: bytes = b""

    def respond(self) -> None:
        raise NotImplementedError

    def do_GET(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.respond()

    do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names that http.server looks for

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def send(self, status: int, headers: dict[str, str], body: bytes, pause: float) -> None:
        # On a connection used before, Chromium itself repeats a request whose answer is lost.
        self.close_connection = True
        self.send_response_only(status)
        self.send_header("Connection", "close")
        for name, value in headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        if status != http.HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for part in re.split(rb'(?<=">)', body) if pause else [body]:
            self.wfile.write(part)
            time.sleep(pause)

    def log_message(self, *_: object) -> None:
        """Stay silent: what was asked is in `seen`."""
