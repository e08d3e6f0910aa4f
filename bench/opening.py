"""Row 25: how soon five hundred phones that open the page nearly together can be tapped."""

import asyncio
import gzip
import random
import re
import time
import urllib.parse
from collections import deque
from collections.abc import Iterator

from bench.lab import Lab
from bench.rounds import Rounds, percentile
from bench.rows import Finding
from bench.servers import SITE, Site, live

PHONES = 500
OPENING_SECONDS = 10
BYTES_PER_SECOND = 100e6 / 8
CONNECTIONS = 6
"""What browsers open to one host."""

CHUNK_BYTES = 16 * 1024
ROUNDS = 3
PAGE = "/kafka-clicker"
HEADERS = "Host: 127.0.0.1\r\nAccept-Encoding: gzip\r\n"
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
FILE = re.compile(r'(?:src|href)="([^"]*(?:assets|_dash-component-suites)/[^"]+)"')

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def measure(lab: Lab, _numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the finding of row 25."""
    site = Site(lab.folder, lab.kafka, lab.topic(), SITE)
    rounds, loads, sizes = Rounds(), Rounds(), Rounds()
    with live(site):
        for _ in range(ROUNDS):
            cpu, began = time.process_time(), time.monotonic()
            phones = asyncio.run(_open_all(site))
            spent, took = time.process_time() - cpu, time.monotonic() - began
            for rank in (50, 95):
                tappable = percentile([phone.tappable for phone in phones], rank)
                rounds.add(f"tappable, p{rank}", tappable)
            rounds.add("whole page, p95", percentile([phone.loaded for phone in phones], 95))
            sizes.add("a phone loads", sum(phone.bytes for phone in phones) / PHONES / 1000)
            loads.add("CPU of the load itself", 100 * spent / took)
    behind = rounds.described("s") | sizes.described("kB") | loads.described("% of a core")
    yield 25, Finding({"p95": rounds.median("tappable, p95")}, behind)


class Line:
    """A network that all phones share: bytes come one after the other."""

    def __init__(self) -> None:
        self._free_at = 0.0

    async def carry(self, size: int) -> None:
        """Wait until so many bytes have come."""
        self._free_at = max(self._free_at, time.monotonic()) + size / BYTES_PER_SECOND
        await asyncio.sleep(self._free_at - time.monotonic())


class Phone:
    """A browser that opens the page: seconds from then until it has what it needs.

    `tappable`: the HTML with the buttons, and the scripts and styles of its head, without which the
    browser paints nothing. `loaded`: every file that the page names.
    """

    def __init__(self, site: Site, line: Line) -> None:
        self.tappable = self.loaded = 0.0
        self.bytes = 0
        self._port, self._page = site.port, site.path(PAGE)
        self._line = line

    async def open(self) -> None:
        """Load the page at some time, and note what it took."""
        await asyncio.sleep(random.uniform(0, OPENING_SECONDS))
        began = time.monotonic()
        first = await self._connect()
        html = gzip.decompress(await self._get(first, self._page)).decode()
        self.tappable = time.monotonic() - began
        head = set(FILE.findall(html.partition("</head>")[0]))
        waiting = deque(FILE.findall(html))

        async def load(connection: Connection | None) -> None:
            connection = connection or await self._connect()
            while waiting:
                path = waiting.popleft()
                await self._get(connection, urllib.parse.urljoin(self._page, path))
                if path in head:
                    # The last one of them says when.
                    self.tappable = time.monotonic() - began
            connection[1].close()

        await asyncio.gather(load(first), *(load(None) for _ in range(CONNECTIONS - 1)))
        self.loaded = time.monotonic() - began

    async def _connect(self) -> Connection:
        return await asyncio.open_connection("127.0.0.1", self._port, limit=CHUNK_BYTES)

    async def _get(self, connection: Connection, path: str) -> bytes:
        """Return the compressed body at a path, once the line has carried it."""
        reader, writer = connection
        writer.write(f"GET {path} HTTP/1.1\r\n{HEADERS}\r\n".encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(answer)
        if not answer.startswith(b"HTTP/1.1 200 ") or length is None:
            raise RuntimeError(f"{path} was answered with {answer[:200]!r}")
        body = b""
        size = len(answer)
        while True:
            self.bytes += size
            await self._line.carry(size)
            if len(body) == int(length[1]):
                return body
            chunk = await reader.read(min(CHUNK_BYTES, int(length[1]) - len(body)))
            if not chunk:
                raise RuntimeError(f"{path} ended after {len(body)} bytes")
            body, size = body + chunk, len(chunk)


async def _open_all(site: Site) -> list[Phone]:
    line = Line()
    phones = [Phone(site, line) for _ in range(PHONES)]
    await asyncio.gather(*(phone.open() for phone in phones))
    return phones
