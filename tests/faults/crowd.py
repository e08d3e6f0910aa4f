"""A crowd of clients that repeat each batch until it is acknowledged, at one site or another."""

import contextlib
import http.client
import itertools
import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from tests.faults.ledger import KINDS, Ledger, Tap, Taps
from tests.waiting import eventually

ANSWER_SECONDS = 6.0
"""Twice the time within which the product promises an answer."""

MOST_CLICKS = 5
SENT_AGAIN_SHARE = 0.03
"""Of the acknowledged batches so many are sent once more, as after an answer that got lost."""

PACE_SECONDS = 0.05
"""Between two batches of a client."""

DRAIN_SECONDS = 60


class Request(NamedTuple):
    """A body to be posted, and the taps that an acknowledgement of it is for."""

    body: Any
    taps: Taps


def in_one_batch(taps: Taps, *, named: bool) -> list[Request]:
    """Return the request for the taps of one batch as the product wants it."""
    first = next(iter(taps))
    clicks = [{"type": kind, "age_ms": 10} for kind in taps.values()]
    who = {"client": first.client, "seq": first.seq} if named else {}
    return [Request({**who, "clicks": clicks}, taps)]


class Line:
    """A client's connections to sites given by the URLs of their click routes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._open: dict[str, http.client.HTTPConnection] = {}

    def send(self, url: str, request: Request) -> float | None:
        """Send a request; return None once it is acknowledged, or after what pause to try again."""
        began = time.monotonic()
        self._ledger.attempt(request.taps)
        try:
            status, text = self._post(url, json.dumps(request.body).encode())
        except (OSError, http.client.HTTPException) as error:
            self._open.pop(url).close()
            if isinstance(error, TimeoutError):
                self._ledger.leave_unanswered()
            return 0.2
        if status == 200:
            self._ledger.acknowledge(request.taps, url, began)
            return None
        self._ledger.refuse(request.taps, status, text)
        return 0.5

    def send_until_acknowledged(self, url: str, request: Request, seconds: float = 30) -> None:
        """Send a request again and again, as pauses allow, until the site acknowledges it."""
        eventually(lambda: self.send(url, request) is None, seconds, f"{url} does not acknowledge")

    def _post(self, url: str, body: bytes) -> tuple[int, str]:
        connection = self._open.get(url)
        parts = urlsplit(url)
        if connection is None:
            connection = http.client.HTTPConnection(parts.netloc, timeout=ANSWER_SECONDS)
            self._open[url] = connection
        connection.request("POST", parts.path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def close(self) -> None:
        """Hang up."""
        for connection in self._open.values():
            connection.close()


def send_at_once(urls: Sequence[str], ledger: Ledger, taps: Taps) -> None:
    """Send one batch to all of these at the same moment, and repeat until each acknowledged it."""
    (request,) = in_one_batch(taps, named=True)
    start = threading.Barrier(len(urls))

    def send(url: str) -> None:
        with contextlib.closing(Line(ledger)) as line:
            start.wait(10)
            line.send_until_acknowledged(url, request)

    with ThreadPoolExecutor(len(urls)) as threads:
        list(threads.map(send, urls))


class Crowd:
    """Clients in threads of their own that press until the end of the `with` block.

    At its end each of them repeats its last batch until it is acknowledged. A `careless` crowd
    repeats also what has no identity.
    """

    def __init__(
        self,
        urls: Sequence[str],
        ledger: Ledger,
        seed: str,
        *,
        names: Sequence[str],
        as_requests: Callable[..., list[Request]] = in_one_batch,
        careless: bool = False,
    ) -> None:
        self.ledger = ledger
        self._urls = urls
        self._as_requests = as_requests
        self._careless = careless
        self._ending = threading.Event()
        self._given_up = threading.Event()
        self._threads = [
            threading.Thread(target=self._press, args=(name, random.Random(f"{seed} {name}")))
            for name in names
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._ending.set()
        if kind is not None:
            self._given_up.set()
        deadline = time.monotonic() + DRAIN_SECONDS
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
        late = [thread for thread in self._threads if thread.is_alive()]
        self._given_up.set()
        for thread in late:
            thread.join(2 * ANSWER_SECONDS)
        assert not late, f"{len(late)} clients were not acknowledged within {DRAIN_SECONDS} s"

    def press_on(self, clicks: int, seconds: float = 30) -> None:
        """Return once so many more clicks are acknowledged."""
        before = self.ledger.acknowledgements
        eventually(
            lambda: self.ledger.acknowledgements >= before + clicks,
            seconds,
            lambda: f"{clicks} more clicks: {self.ledger.acknowledgements - before}",
        )

    def _press(self, name: str, chance: random.Random) -> None:
        named = name not in self.ledger.nameless
        with contextlib.closing(Line(self.ledger)) as line:
            for taps in batches(name, chance):
                self._send_batch(line, self._as_requests(taps, named=named), chance, named=named)
                if self._ending.wait(chance.uniform(0, 2 * PACE_SECONDS)):
                    break

    def _send_batch(
        self, line: Line, requests: list[Request], chance: random.Random, *, named: bool
    ) -> None:
        for request in requests:
            self._send(line, request, chance)
            if named and chance.random() < SENT_AGAIN_SHARE:
                line.send(chance.choice(self._urls), request)

    def _send(self, line: Line, request: Request, chance: random.Random) -> None:
        urls = self._urls
        while not self._given_up.is_set():
            url = chance.choice(urls)
            pause = line.send(url, request)
            if pause is None or not self._may_repeat(request.taps):
                break
            urls = [other for other in self._urls if other != url] or self._urls
            self._given_up.wait(pause * chance.uniform(0.2, 1))

    def _may_repeat(self, taps: Taps) -> bool:
        return self._careless or any(
            tap.client not in self.ledger.nameless or tap not in self.ledger.attempted
            for tap in taps
        )


def batches(name: str, chance: random.Random) -> Iterator[dict[Tap, str]]:
    """Make up what a client presses, batch by batch."""
    for seq in itertools.count():
        count = chance.randint(1, MOST_CLICKS)
        yield {Tap(name, seq, index): chance.choice(KINDS) for index in range(count)}
