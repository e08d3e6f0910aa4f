"""Messages of the formats 0 and 1, which brokers before Kafka 0.11 wrote and newer ones keep."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from dash_app.brokers.kafka.codecs import NotDecodable, decompress
from dash_app.counting.records import Record, hold

_HEADER = struct.Struct(">qiIbb")
_FRAME_BYTES = 12
_SIZE = struct.Struct(">i")
_TIME = struct.Struct(">q")

_CODEC = 0x07
_LOG_APPEND_TIME = 0x08
NO_TIME = -1


class _Message(NamedTuple):
    offset: int
    attributes: int
    time: int
    value: bytes | None


def read_message(data: memoryview) -> Iterator[Record]:
    """Return the records in a message, which may hold a compressed set of others.

    Raises NotDecodable, TooLarge, ValueError and struct.error.
    """
    outer = _parse(bytes(data))
    codec = outer.attributes & _CODEC
    if not codec:
        yield _record(outer, outer.offset, outer.time)
        return
    if outer.value is None:
        raise NotDecodable("a compressed message without a value")
    inner = list(_split(decompress(codec, outer.value)))
    # In format 1 the offset of the outer message is that of its last one, and the others are
    # relative to the first; in format 0 both are absolute.
    base = outer.offset - inner[-1].offset if inner else 0
    last = -1
    for message in inner:
        offset = base + message.offset
        if message.attributes & _CODEC or not last < offset <= outer.offset:
            raise NotDecodable(f"a message at {offset} in the one at {outer.offset}")
        last = offset
        by_broker = outer.attributes & _LOG_APPEND_TIME
        yield _record(message, offset, outer.time if by_broker else message.time)


def _record(message: _Message, offset: int, time: int) -> Record:
    return hold(Record(offset, time / 1000, message.value, None))


def _split(messages: bytes) -> Iterator[_Message]:
    position = 0
    while position < len(messages):
        (length,) = _SIZE.unpack_from(messages, position + 8)
        end = position + _FRAME_BYTES + length
        if length < 0 or end > len(messages):
            raise ValueError(f"a message of {length} bytes")
        yield _parse(messages[position:end])
        position = end


def _parse(message: bytes) -> _Message:
    offset, _, _, magic, attributes = _HEADER.unpack_from(message)
    position, time = _HEADER.size, NO_TIME
    if magic:
        (time,) = _TIME.unpack_from(message, position)
        position += _TIME.size
    _, position = _bytes(message, position)
    value, position = _bytes(message, position)
    if position != len(message):
        raise ValueError(f"a message ends at {position}, not at {len(message)}")
    return _Message(offset, attributes, time, value)


def _bytes(message: bytes, position: int) -> tuple[bytes | None, int]:
    (length,) = _SIZE.unpack_from(message, position)
    position += _SIZE.size
    if length < 0:
        return None, position
    return message[position : position + length], position + length
