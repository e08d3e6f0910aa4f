"""A token endpoint as an identity provider has one; its tokens are unsigned, as Kafka allows."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs

CLIENT = ("clicker", "a secret: of 20%")

GARBAGE = {
    "/no-http": b"220 mail.example.org ESMTP\r\n",
    "/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{",
}
"""Answers of what is no web server, and of one that goes away."""


def unsigned_token(subject: str = "admin", seconds: float = 3600) -> str:
    """Return an unsecured JWS for so many seconds."""
    now = time.time()
    parts = ({"alg": "none"}, {"sub": subject, "iat": now, "exp": now + seconds})
    return "".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") + "."
        for part in parts
    )


class TokenEndpoint(ThreadingHTTPServer):
    """Answers the client credentials grant; a context manager. `asked` holds the forms."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/token"
        self.asked: list[dict[str, list[str]]] = []
        self.token_seconds = 3600.0
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: TokenEndpoint

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", self.server.url)
            self.end_headers()
            return
        if self.path in GARBAGE:
            self.wfile.write(GARBAGE[self.path])
            return
        quoted = "clicker:a%20secret%3A%20of%2020%25"
        expected = f"Basic {base64.b64encode(quoted.encode()).decode()}"
        known = self.headers["Authorization"] == expected
        self.server.asked.append(form)
        seconds = self.server.token_seconds
        token = {"access_token": unsigned_token(seconds=seconds), "expires_in": seconds}
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(json.dumps(token if known else {"error": "invalid_client"}).encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""
