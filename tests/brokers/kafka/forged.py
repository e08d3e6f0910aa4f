"""Batches of records written byte by byte and appended without a client, many of them broken."""

import random
import socket
import struct
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import zstandard
from kafka import codec
from kafka.record.util import calc_crc32c, encode_varint

from dash_app.brokers.kafka.batches import split
from dash_app.counting.records import Record
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import click

CODECS = {"gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
_ENCODERS = {
    0: bytes,
    1: codec.gzip_encode,
    2: codec.snappy_encode,
    3: codec.lz4_encode,
    4: codec.zstd_encode,
}
_CHECKED_FROM = 21
TAKEN = 0


def varint(number: int) -> bytes:
    """Return a number as Kafka writes it inside of records."""
    written = bytearray()
    encode_varint(number, written.append)
    return bytes(written)


def _sized(value: bytes | None) -> bytes:
    return varint(-1) if value is None else varint(len(value)) + value


class Forged(NamedTuple):
    """A record: what it holds, and what it says of itself."""

    value: bytes | None
    offset_delta: int
    attributes: int = 0
    headers: Sequence[tuple[bytes, bytes | None]] = ()
    time_delta: int = 0
    key: bytes | None = None

    def written(self) -> bytes:
        """Return the record as a batch holds it."""
        deltas = varint(self.time_delta) + varint(self.offset_delta)
        headers = b"".join(_sized(name) + _sized(value) for name, value in self.headers)
        body = bytes([self.attributes]) + deltas + _sized(self.key) + _sized(self.value)
        body += varint(len(self.headers)) + headers
        return varint(len(body)) + body


def clicks(count: int, client: str = "") -> list[Forged]:
    """Return so many records with clicks, of one batch of a client or without an identity."""
    return [
        Forged(
            click(timestamp=1.8e9),
            place,
            headers=[(b"click-id", f"{client}:1:{place}".encode())] if client else (),
        )
        for place in range(count)
    ]


def batch(
    records: Iterable[Forged],
    *,
    codec_number: int = 0,
    attributes: int = 0,
    behind: bytes = b"",
    base_offset: int = 0,
    size: int | None = None,
) -> bytes:
    """Return a batch with a true checksum; `behind` follows the compressed records."""
    records = list(records)
    body = _ENCODERS[codec_number](b"".join(map(Forged.written, records))) + behind
    return around(body, codec_number | attributes, size or len(records), base_offset)


def around(body: bytes, attributes: int, size: int, base_offset: int = 0) -> bytes:
    """Return the batch of now whose header precedes these bytes."""
    now = int(1000 * time.time())
    head = struct.pack(">hiqqqhii", attributes, size - 1, now, now, -1, -1, -1, size)
    return checked(struct.pack(">qiibI", base_offset, 49 + len(body), -1, 2, 0) + head + body)


def checked(data: bytes) -> bytes:
    """Return the batch with the checksum of what it holds."""
    return data[:17] + struct.pack(">I", calc_crc32c(data[_CHECKED_FROM:])) + data[_CHECKED_FROM:]


def read(data: bytes) -> list[Record]:
    """Return the records of the only batch in these bytes."""
    (only,) = split(data)
    assert only.is_intact()
    return list(only.records())


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return the batch with some bytes of its attributes or of its records changed."""
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        place = chance.choice([21, 22, *range(61, len(data))])
        changed[place] = chance.choice([0, 1, 127, 128, 255, chance.randrange(256)])
    if chance.random() < 0.2:
        changed += chance.randbytes(chance.randrange(1, 20))
        struct.pack_into(">i", changed, 8, len(changed) - 12)
    return checked(bytes(changed))


def some_batch(chance: random.Random) -> bytes:
    """Return a batch of up to ten clicks, with any compression."""
    return batch(
        clicks(chance.randrange(1, 11), chance.choice(["", "phone-1"])),
        codec_number=chance.randrange(5),
    )


def append(broker: Broker, topic: str, batches: Iterable[bytes]) -> list[int]:
    """Send each batch to partition 0 in a request of its own; return the broker's error codes."""
    host, port = broker.bootstrap.split(":")
    with socket.create_connection((host, int(port)), 20) as connection:
        return [_produce(connection, topic.encode(), one) for one in batches]


def _produce(connection: socket.socket, topic: bytes, data: bytes) -> int:
    head = struct.pack(">hhihc", 0, 7, 1, 1, b"x") + struct.pack(">hhii", -1, -1, 20_000, 1)
    of_topic = struct.pack(">h", len(topic)) + topic + struct.pack(">iii", 1, 0, len(data))
    request = head + of_topic + data
    connection.sendall(struct.pack(">i", len(request)) + request)
    (size,) = struct.unpack(">i", _receive(connection, 4))
    error: int = struct.unpack_from(">h", _receive(connection, size), 18 + len(topic))[0]
    return error


def _receive(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        part = connection.recv(size - len(received))
        assert part, "the broker hung up"
        received += part
    return received


def bombs(content: int = 100_000_000) -> Mapping[str, bytes]:
    """Return by codec a small batch of one record that holds so many zeros.

    Snappy makes a twentieth of them, which is more than a broker takes.
    """
    written = Forged(bytes(content), 0).written()
    bodies = {name: _ENCODERS[CODECS[name]](written) for name in ("gzip", "lz4", "zstd")}
    return {name: around(body, CODECS[name], 1) for name, body in bodies.items()}


def huge(blocks: int = 150) -> bytes:
    """Return a batch of some kilobytes whose record has so many times ten million zeros."""
    block = bytes(10_000_000)
    head = bytes([0]) + varint(0) + varint(0) + varint(-1) + varint(blocks * len(block))
    length = len(head) + blocks * len(block) + 1
    stream = zstandard.ZstdCompressor().compressobj()
    written = [stream.compress(varint(length) + head)]
    written += [stream.compress(block) for _ in range(blocks)]
    written += [stream.compress(varint(0)), stream.flush()]
    return around(b"".join(written), CODECS["zstd"], 1)
