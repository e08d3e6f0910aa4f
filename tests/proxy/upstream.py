"""A site behind nginx that answers what a test says, and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug import Request, Response
from werkzeug.serving import make_server

Reply = Callable[[Request], Response]


class Upstream:
    """Answers by `reply`; `requests` are the requests that came through."""

    def __init__(self, port: int, reply: Reply) -> None:
        self.port = port
        self.reply = reply
        self.requests: list[Request] = []

    @contextmanager
    def running(self) -> Iterator["Upstream"]:
        """Serve while inside."""
        httpd = make_server("127.0.0.1", self.port, self._answer, threaded=True)
        thread = threading.Thread(target=httpd.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            httpd.shutdown()
            thread.join()
            httpd.server_close()

    def _answer(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        self.requests.append(request)
        return self.reply(request)(environ, start)


def shared(text: str, status: int = 200) -> Response:
    """An answer that says what the site's public ones do."""
    headers = {"Cache-Control": "public, max-age=0, s-maxage=1", "ETag": 'W/"1"'}
    return Response(text, status=status, headers=headers)


def private(text: str, status: int = 200) -> Response:
    """An answer that says what those behind an access code do."""
    return Response(text, status=status, headers={"Cache-Control": "private, no-store"})
