"""Phones and screens without a browser: they ask and send as the pages do, in one thread."""

import asyncio
import contextlib
import itertools
import json
import random
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Self

from tests.faults.crowd import ANSWER_SECONDS
from tests.faults.ledger import KINDS, Ledger, Tap, Taps
from tests.served import PREFIX

if TYPE_CHECKING:
    from collections.abc import Coroutine

CLICK = f"{PREFIX}/kafka/click"
TALK = f"{PREFIX}/kafka/talks/current"
TIMELINE = f"{PREFIX}/kafka/timeline?window=120&bin=2"

TALK_SECONDS = 8
TIMELINE_SECONDS = 1
BETWEEN_TAPS = 1, 3
"""Seconds, at least and at most: two a phone."""

OPENED_A_SECOND = 30
"""So many phones open their page: the site gives an address 50 new ids a second."""

DRAIN_SECONDS = 120
TIMER_SECONDS = 0.1

FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS = 0.5, 5
"""Of a phone whose batch has no final answer: each pause is twice as long as the one before."""


class Connection:
    """A connection to the site that is kept open, with its cookie; one exchange at a time."""

    def __init__(self, port: int, answers: Counter[str]) -> None:
        self._port = port
        self._answers = answers
        self._lock = asyncio.Lock()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._cookie = ""
        self._etags: dict[str, str] = {}

    async def get(self, path: str) -> None:
        """Ask for what is new at a path. Raises OSError or EOFError without an answer."""
        await self._exchange("GET", path, b"")

    async def post(self, path: str, body: Any) -> tuple[int, str]:
        """Send a body; return status and text. Raises OSError or EOFError without an answer."""
        status, text = await self._exchange("POST", path, json.dumps(body).encode())
        return status, text.decode()

    async def _exchange(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        async with self._lock:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    status, text = await self._answer(method, path, body)
            except BaseException:
                self._answers[f"{method} without one"] += 1
                self.close()
                raise
            self._answers[f"{method} {status}"] += 1
            return status, text

    async def _answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        known = self._etags.get(path) if method == "GET" else None
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            *([f"Cookie: {self._cookie}"] if self._cookie else []),
            *([f"If-None-Match: {known}"] if known else []),
            *(["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []),
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        first, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        status = int(first.split()[1])
        headers = {name.lower(): value for name, _, value in (f.partition(": ") for f in fields)}
        self._cookie = headers.get("set-cookie", self._cookie).partition(";")[0]
        if "etag" in headers:
            self._etags[path] = headers["etag"]
        length = 0 if status in {204, 304} else int(headers["content-length"])
        return status, await reader.readexactly(length)

    def close(self) -> None:
        """Hang up; the next exchange connects anew."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Phone:
    """Somebody who taps every few seconds, and a page that sends until it has a final answer."""

    def __init__(self, name: str, connection: Connection, ledger: Ledger, seed: str) -> None:
        self.taps: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
        self.unsent = 0
        self.unknown = 0
        self.delays: list[float] = []
        self._name = name
        self._connection = connection
        self._ledger = ledger
        self._chance = random.Random(f"{seed} {name}")

    def tap(self) -> float:
        """Tap; return after how many seconds the next tap comes."""
        self.unsent += 1
        self.taps.put_nowait((self._chance.choice(KINDS), time.monotonic()))
        return self._chance.uniform(*BETWEEN_TAPS)

    async def send(self) -> None:
        """Send what is tapped, batch by batch, for ever."""
        for seq in itertools.count():
            batch = [await self.taps.get()]
            while not self.taps.empty():
                batch.append(self.taps.get_nowait())
            await self._send(seq, batch)
            self.unsent -= len(batch)

    async def _send(self, seq: int, batch: list[tuple[str, float]]) -> None:
        """Send a batch again and again, with the same number, until its answer is final."""
        taps = {Tap(self._name, seq, index): kind for index, (kind, _) in enumerate(batch)}
        first_sent: float | None = None
        pause: float = FIRST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            body = {
                "client": self._name,
                "seq": seq,
                "clicks": [{"type": k, "age_ms": 1000 * (began - at)} for k, at in batch],
            }
            if first_sent is not None:
                body["first_sent_ms"] = 1000 * (began - first_sent)
            self._ledger.attempt(taps)
            try:
                status, text = await self._connection.post(CLICK, body)
            except (OSError, EOFError) as error:
                if isinstance(error, TimeoutError):
                    self._ledger.leave_unanswered()
                first_sent = first_sent or began
            else:
                if status == 200:
                    self._ledger.acknowledge(taps, CLICK, began)
                    # Not +=, which would give back a list that was taken meanwhile.
                    self.delays.extend(time.monotonic() - at for _, at in batch)
                    return
                if self._is_final(status, text, taps):
                    return
                if '"appended":false' not in text:
                    first_sent = first_sent or began
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1))
            pause = min(2 * pause, LAST_PAUSE_SECONDS)

    def _is_final(self, status: int, text: str, taps: Taps) -> bool:
        """Note an answer that is no acknowledgement; return whether the batch is sent no more."""
        if status == 429:
            # A large batch costs its phone clicks also where it was answered 503.
            self._ledger.withdraw(taps)
        elif status == 409 and '"repeat_s"' in text:
            # Too late to be repeated: a page says that it does not know.
            self.unknown += len(taps)
        else:
            self._ledger.refuse(taps, status, text)
        return status not in {429, 503}


class Crowd:
    """Phones that tap, and dashboards that ask, until the end of the `with` block.

    At its end each phone goes on to send until all of its taps have a final answer, for two minutes
    at most; if the block failed, the phones leave at once.
    """

    def __init__(self, port: int, ledger: Ledger, seed: str, *, phones: int, readers: int) -> None:
        self.answers: Counter[str] = Counter()
        self._port = port
        self._readers = readers
        self._seed = seed
        self._phones = phones
        self._ledger = ledger
        self._crowd: list[Phone] = []
        self._late: list[float] = []
        self._is_ending = self._has_given_up = False
        self._thread = ThreadPoolExecutor(1)
        self._living: Future[None] | None = None

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass; raises at once what has ended the phones."""
        if self._living is not None and wait([self._living], max(0, seconds)).done:
            self._living.result()

    def unsent(self) -> int:
        """Return how many taps have no final answer yet."""
        return sum(phone.unsent for phone in self._crowd)

    def unknown(self) -> int:
        """Return of how many taps nobody can know whether they were appended."""
        return sum(phone.unknown for phone in self._crowd)

    def take_delays(self) -> list[float]:
        """Return the seconds from tap to acknowledgement of all taps since the last call."""
        taken = []
        for phone in self._crowd:
            delays, phone.delays = phone.delays, []
            taken += delays
        return taken

    def take_lateness(self) -> list[float]:
        """Return by how many seconds each timer was late since the last call."""
        late, self._late = self._late, []
        return late

    def __enter__(self) -> Self:
        self._living = self._thread.submit(asyncio.run, self._live())
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._is_ending, self._has_given_up = True, kind is not None
        self._thread.shutdown()
        if kind is None and self._living is not None:
            self._living.result()

    async def _live(self) -> None:
        with contextlib.ExitStack() as opened:
            connections = [
                Connection(self._port, self.answers) for _ in range(self._phones + self._readers)
            ]
            for connection in connections:
                opened.callback(connection.close)
            phones, readers = connections[: self._phones], connections[self._phones :]
            self._crowd = [
                Phone(f"phone-{number}", connection, self._ledger, self._seed)
                for number, connection in enumerate(phones)
            ]
            forever: list[Coroutine[Any, Any, None]] = [phone.send() for phone in self._crowd]
            forever += [self._ask(each, TALK, TALK_SECONDS) for each in phones]
            forever += [self._ask(each, TIMELINE, TIMELINE_SECONDS) for each in readers]
            forever.append(self._watch_timers())
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(each) for each in forever]
                await asyncio.gather(*map(self._press, self._crowd))
                await self._drain()
                for task in tasks:
                    task.cancel()

    async def _press(self, phone: Phone) -> None:
        await self._open()
        while not self._is_ending:
            await asyncio.sleep(phone.tap())

    async def _ask(self, connection: Connection, path: str, seconds: float) -> None:
        await self._open()
        while True:
            with contextlib.suppress(OSError, EOFError):
                await connection.get(path)
            await asyncio.sleep(seconds)

    async def _open(self) -> None:
        await asyncio.sleep(random.uniform(0, self._phones / OPENED_A_SECOND))

    async def _watch_timers(self) -> None:
        while True:
            due = time.monotonic() + TIMER_SECONDS
            await asyncio.sleep(TIMER_SECONDS)
            self._late.append(time.monotonic() - due)

    async def _drain(self) -> None:
        deadline = time.monotonic() + DRAIN_SECONDS
        while self.unsent() and not self._has_given_up and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
