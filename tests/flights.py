"""Requests that are in flight when something happens to the server."""

import contextlib
import http.client
import json
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from tests.served import PREFIX, Served


def post_in_flight(served: Served, pool: ThreadPoolExecutor) -> Future[int]:
    """Send a request; return the future of its status while it is in flight."""
    sent = threading.Event()

    def post() -> int:
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
        ) as connection:
            body = json.dumps({"type": "cheers"}).encode()
            headers = {"Content-Type": "application/json"}
            connection.request("POST", f"{PREFIX}/kafka/click", body, headers)
            sent.set()
            return connection.getresponse().status

    future = pool.submit(post)
    assert sent.wait(5)
    # Once the server answers this later request, it has received the first one.
    assert served.ask("GET", "/kafka/timeline").status == 200
    return future
