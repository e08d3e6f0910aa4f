"""Decompresses what a batch of records holds, up to a bound.

kafka-python's own decoders have no bound, and fail on bytes after the end of a stream. The
libraries are imported at their first use: submitting a job to Flink needs none of them.
"""

import struct
import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

LARGEST_BYTES = 32 * 1024 * 1024
"""What a batch may hold: 32 times Kafka's default bound on a batch as it is sent.

gzip and zstd make a fifth of clicks, and rejecting a bomb costs 0.05 to 0.15 s of CPU.
A constant and no setting: whether a record counts must not depend on the process that reads it.
"""

MOST_STREAMS = 1000
"""A client writes one; a megabyte of empty ones would take 17 s of CPU."""

ZSTD_SLICE_BYTES = 256
"""Four bytes of zstd can be 128 kB, and its decoder cannot be told to stop: 8 MB at once."""

XERIAL_HEADER = b"\x82SNAPPY\x00"
XERIAL_HEADER_BYTES = 16


class NotDecodable(ValueError):
    """The bytes are no stream of their codec."""


class TooLarge(ValueError):
    """The bytes would be more than LARGEST_BYTES."""


_NOT_ITS_BYTES = (TooLarge, ImportError, MemoryError)
"""What says nothing about the bytes, or too much: another process could read them."""


class _Decoder(Protocol):
    eof: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def decompress(codec: int, data: bytes) -> bytes:
    """Return the content of all whole streams at the beginning of `data`.

    `codec` is Kafka's number. Raises NotDecodable, if there is none, and TooLarge.
    """
    decode = _CODECS.get(codec)
    if decode is None:
        raise NotDecodable(f"there is no codec {codec}")
    try:
        return decode(data)
    except _NOT_ITS_BYTES:
        # What another process can read must not be passed over in this one.
        raise
    except Exception as error:
        # Each library has errors of its own, and cramjam's are not documented.
        raise NotDecodable(f"{error!r}") from error


def _decode_streams(create: Callable[[], _Decoder], data: bytes) -> bytes:
    """Decode one stream after the other; what follows the last whole one is left out."""
    streams: list[bytes] = []
    largest = LARGEST_BYTES
    while data:
        if len(streams) == MOST_STREAMS:
            raise TooLarge(f"more than {MOST_STREAMS} streams")
        try:
            stream, data = _decode_stream(create(), data, largest)
        except _NOT_ITS_BYTES:
            raise
        except Exception:
            if not streams:
                raise
            break
        streams.append(stream)
        largest -= len(stream)
    return b"".join(streams)


def _decode_stream(decoder: _Decoder, data: bytes, largest: int) -> tuple[bytes, bytes]:
    content = decoder.decompress(data, largest + 1)
    if len(content) > largest:
        raise TooLarge(f"more than {LARGEST_BYTES} bytes")
    if not decoder.eof:
        raise NotDecodable("the stream does not end")
    return content, decoder.unused_data


class _ZstdDecoder:
    """A decoder of zstandard with the manners of the other two."""

    def __init__(self) -> None:
        zstd = import_module("zstandard").ZstdDecompressor(max_window_size=LARGEST_BYTES)
        self._decoder = zstd.decompressobj()
        self.eof = False
        self.unused_data = b""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        content: list[bytes] = []
        size = position = 0
        while position < len(data) and not self._decoder.eof:
            content.append(self._decoder.decompress(data[position : position + ZSTD_SLICE_BYTES]))
            position += ZSTD_SLICE_BYTES
            size += len(content[-1])
            if size >= max_length:
                raise TooLarge(f"more than {LARGEST_BYTES} bytes")
        self.eof = self._decoder.eof
        self.unused_data = self._decoder.unused_data + data[position:]
        return b"".join(content)


def _decode_snappy(data: bytes) -> bytes:
    """Decode the blocks that the Java client writes, or the one block of other clients."""
    if not data.startswith(XERIAL_HEADER):
        return _decode_block(data, LARGEST_BYTES)
    content = bytearray()
    position = XERIAL_HEADER_BYTES
    while position < len(data):
        try:
            (size,) = struct.unpack_from(">i", data, position)
            block = data[position + 4 : position + 4 + max(size, 0)]
            content += _decode_block(block, LARGEST_BYTES - len(content))
        except _NOT_ITS_BYTES:
            raise
        except Exception:
            if not content:
                raise
            break
        position += 4 + size
    return bytes(content)


def _decode_block(block: bytes, largest: int) -> bytes:
    # A block begins with the length of its content, as a varint without a sign.
    length = shift = 0
    for byte in block[:5]:
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    if length > largest:
        raise TooLarge(f"{length} bytes")
    content: bytes = import_module("snappy").uncompress(block)
    return content


def _gzip() -> Any:
    return zlib.decompressobj(wbits=31)


def _lz4() -> Any:
    return import_module("lz4.frame").LZ4FrameDecompressor()


_CODECS: dict[int, Callable[[bytes], bytes]] = {
    1: lambda data: _decode_streams(_gzip, data),
    2: _decode_snappy,
    3: lambda data: _decode_streams(_lz4, data),
    4: lambda data: _decode_streams(_ZstdDecoder, data),
}
