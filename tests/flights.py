"""Requests that are on their way when something happens to the server."""

import contextlib
import http.client
import json
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from tests.served import PREFIX, Served


def post_in_flight(served: Served, pool: ThreadPoolExecutor) -> Future[int]:
    """Return the status to come of a request that is on its way."""
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
    # What was sent on one connection after it has been taken up once this answer is there.
    assert served.ask("GET", "/kafka/timeline").status == 200
    return future
