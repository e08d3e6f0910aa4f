"""A crowd of viewers on connections that stay open, each asking again once it is answered."""

import asyncio
import ssl
import time
from typing import NamedTuple

import orjson


class Seen(NamedTuple):
    """An answer: its status, its age in seconds when it came, whether its connection stays."""

    status: int
    age: float
    stays: bool


async def watch(
    port: int, context: ssl.SSLContext, path: str, viewers: int, seconds: float
) -> list[Seen]:
    """Return every answer that the viewers got in that time."""
    until = time.monotonic() + seconds
    seen: list[Seen] = []
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()

    async def view() -> None:
        while time.monotonic() < until:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
            try:
                await ask(reader, writer)
            finally:
                writer.close()
                await writer.wait_closed()

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stays = True
        while stays and time.monotonic() < until:
            writer.write(request)
            seen.append(await _answer(reader))
            stays = seen[-1].stays

    await asyncio.gather(*(view() for _ in range(viewers)))
    return seen


async def _answer(reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    received = time.time()
    status = int(head.split()[1])
    age = received - orjson.loads(body)["server_time"] if status == 200 else 0
    return Seen(status, age, b"connection: close" not in head)
