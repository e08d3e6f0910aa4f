"""Batches of records as a topic holds them: any bytes are read, and nothing in them is fatal.

A broker takes batches that no client can read, and its clients stop at them for good. What becomes
of an offset is a function of its batch alone, so every reading of the log finds the same.
"""

import binascii
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from kafka.record.util import calc_crc32c, decode_varint

from dash_app.brokers.kafka.codecs import NotDecodable, TooLarge, decompress
from dash_app.brokers.kafka.messages import read_message
from dash_app.brokers.kafka.outlines import read_outline
from dash_app.counting.records import (
    BROKEN,
    CLICK_ID_BYTES,
    CLICK_ID_HEADER,
    KEPT_VALUE_BYTES,
    LARGEST_VALUE_BYTES,
    OUTSIDE,
    PERSON_DIGITS,
    PERSON_HEADER,
    TOO_LARGE,
    Record,
    hold,
)

_FRAME = struct.Struct(">qi")
_HEADER = struct.Struct(">qiibIhiqqqhii")
_MAGIC_AT = 16
_CHECKED_FROM = struct.calcsize(">qiibI")

_CODEC = 0x07
_LOG_APPEND_TIME = 0x08
_TRANSACTIONAL = 0x10
_CONTROL = 0x20

_MARKER = struct.Struct(">hh")
_ABORTED = 0

_CLICK_ID, _PERSON = CLICK_ID_HEADER.encode(), PERSON_HEADER.encode()
_NAMED_CLICK_ID, _NAMED_PERSON = (bytes([2 * len(name)]) + name for name in (_CLICK_ID, _PERSON))
"""The names behind their lengths, as varints."""

_OWN_HEADERS = re.compile(
    rb"(?:\x04%b([\x02-\x7e])([A-Za-z0-9_:-]{1,63})|\x02)%b%b([0-9A-Fa-f]{%d})"
    % (_NAMED_CLICK_ID, _NAMED_PERSON, re.escape(bytes([2 * PERSON_DIGITS])), PERSON_DIGITS)
)
"""The headers as this site writes them: their number, identity and person, or person alone."""

_new = tuple.__new__
"""It takes half the time of calling the class, and each record pays for it."""

KEY_BYTES = 100
"""Of a longer key, which no record of ours has, only the beginning is looked at."""


class Batch(NamedTuple):
    """A batch: its bytes, and what its header says.

    `size` is the number of its records; times are milliseconds since the epoch.
    """

    data: memoryview
    base_offset: int
    last_offset: int
    leader_epoch: int = -1
    checksum: int = 0
    attributes: int = 0
    first_timestamp: int = -1
    max_timestamp: int = -1
    producer_id: int = -1
    size: int = 0

    @property
    def magic(self) -> int:
        """The version of the format."""
        return self.data[_MAGIC_AT] if len(self.data) > _MAGIC_AT else -1

    @property
    def is_transactional(self) -> bool:
        """Whether the batch belongs to a transaction."""
        return bool(self.attributes & _TRANSACTIONAL)

    @property
    def is_control(self) -> bool:
        """Whether the batch is a marker of a transaction and holds no record."""
        return bool(self.attributes & _CONTROL)

    def is_intact(self) -> bool:
        """Whether the bytes are those that the broker took."""
        if self.magic == 2:
            return bool(calc_crc32c(self.data[_CHECKED_FROM:]) == self.checksum)
        return self.magic not in {0, 1} or binascii.crc32(self.data[16:]) == self.checksum

    def until(self, last_offset: int) -> "Batch":
        """Return the batch as one that ends elsewhere."""
        return self._replace(last_offset=last_offset)

    def unreadable(self, reason: str, offset: int | None = None) -> Record:
        """Return a record in the place of one, by default of all up to the batch's last one."""
        time = self.max_timestamp / 1000
        return Record(self.last_offset if offset is None else offset, time, None, None, reason)

    def records(self, *, with_keys: bool = False) -> Iterator[Record]:
        """Return the records in their order, with a `problem` what cannot be read.

        Only `with_keys` they also have what decides nothing: keys and outlines.
        """
        last = self.base_offset - 1
        try:
            for record in self._read(with_keys):
                last = record.offset
                yield record
        except TooLarge:
            problem = TOO_LARGE
        except (NotDecodable, ValueError, IndexError, struct.error):
            problem = BROKEN
        else:
            return
        if last < self.last_offset:
            yield self.unreadable(problem)

    def _read(self, with_keys: bool) -> Iterator[Record]:
        if self.magic == 2:
            return _records(self, with_keys)
        if self.magic in {0, 1}:
            return read_message(self.data)
        raise NotDecodable(f"there is no format {self.magic}")

    def is_abort_marker(self) -> bool:
        """Return whether the batch says that a transaction was aborted."""
        try:
            body = bytes(self.data[_HEADER.size :])
            _, start = decode_varint(body)
            (length, start), _ = _key(body, start)
            return length == _MARKER.size and _MARKER.unpack_from(body, start)[1] == _ABORTED
        except (ValueError, IndexError, struct.error):
            return False


def split(fetched: bytes) -> Iterator[Batch]:
    """Return the whole batches in what was fetched; the last one is often cut off."""
    position = 0
    while position + _FRAME.size <= len(fetched):
        offset, length = _FRAME.unpack_from(fetched, position)
        end = position + _FRAME.size + length
        if length < 0 or end > len(fetched):
            return
        yield _batch(memoryview(fetched)[position:end], offset)
        position = end


def offset_at(fetched: bytes, position: int) -> int | None:
    """Return the first offset of the batch there, which may be cut off; None: there is none."""
    if position + _FRAME.size > len(fetched):
        return None
    return int(_FRAME.unpack_from(fetched, position)[0])


def _batch(data: memoryview, offset: int) -> Batch:
    magic = data[_MAGIC_AT] if len(data) > _MAGIC_AT else -1
    if magic == 2 and len(data) >= _HEADER.size:
        fields = _HEADER.unpack_from(data)
        _, _, epoch, _, checksum, attributes, last, first_time, max_time, producer, _, _, n = fields
        last_offset = max(offset, offset + last)
        return Batch(
            data,
            offset,
            last_offset,
            epoch,
            checksum,
            attributes,
            first_time,
            max_time,
            producer,
            n,
        )
    checksum = struct.unpack_from(">I", data, 12)[0] if magic in {0, 1} else 0
    return Batch(data, offset, offset, checksum=checksum)


def _records(batch: Batch, with_keys: bool) -> Iterator[Record]:
    """Return the records of a batch of version 2. Raises as `Batch.records` expects it."""
    buffer = bytes(batch.data[_HEADER.size :])
    if codec := batch.attributes & _CODEC:
        buffer = decompress(codec, buffer)
    base, latest = batch.base_offset, batch.last_offset
    is_append_time = batch.attributes & _LOG_APPEND_TIME
    last, position = base - 1, 0
    for _ in range(batch.size):
        length, start = decode_varint(buffer, position)
        position = start + length
        if length < 0 or position > len(buffer):
            raise ValueError(f"a record of {length} bytes")
        fields, problem = None, OUTSIDE
        try:
            fields = _fields(buffer, start, position)
        except (ValueError, IndexError):
            problem = BROKEN
        if fields is not None and last < base + fields.offset_delta <= latest:
            last = base + fields.offset_delta
            created = batch.first_timestamp + fields.time_delta
            time = batch.max_timestamp if is_append_time else created
            key = outline = None
            if with_keys:
                key = fields.key
                outline = None if fields.is_plain else read_outline(buffer, start)
            value, click_id, person = fields.value, fields.click_id, fields.person
            fields_of_record = (last, time / 1000, value, click_id, None, key, person, outline)
            record = _new(Record, fields_of_record)
            yield record if value is None or len(value) <= KEPT_VALUE_BYTES else hold(record)
        elif last < latest:
            last += 1
            yield batch.unreadable(problem, last)


def _key(buffer: bytes, position: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return length and place of the key of the record there, and its two deltas."""
    # Attributes are one byte, whatever it is; kafka-python reads a varint.
    time_delta, position = decode_varint(buffer, position + 1)
    delta, position = decode_varint(buffer, position)
    return decode_varint(buffer, position), (delta, time_delta)


class _Fields(NamedTuple):
    offset_delta: int
    time_delta: int
    value: bytes | None
    click_id: bytes | None
    person: bytes | None
    key: bytes | None
    is_plain: bool


def _fields(buffer: bytes, position: int, end: int) -> _Fields:
    """Return what the record between two places holds; too long a part of it is cut short.

    It is plain if nothing is cut or left out that somebody may want to see. Names of headers may be
    any bytes. Raises ValueError and IndexError.
    """
    (length, position), (delta, time_delta) = _key(buffer, position)
    key, is_plain = None, length <= KEY_BYTES
    if length >= 0:
        key = buffer[position : position + min(length, KEY_BYTES)]
        position += length
    length, position = decode_varint(buffer, position)
    value = None
    if length >= 0:
        value = buffer[position : position + min(length, LARGEST_VALUE_BYTES + 1)]
        position += length
    if position >= end:
        raise ValueError(f"a value ends at {position}, and its record at {end}")
    is_plain = is_plain and length <= KEPT_VALUE_BYTES
    click_id, person, has_more, position = _headers(buffer, position)
    # No part of a record moves back, so whoever ends at the end has read nothing else.
    if position != end:
        raise ValueError(f"a record ends at {position}, not at {end}")
    is_plain = is_plain and not has_more
    return _new(_Fields, (delta, time_delta, value, click_id, person, key, is_plain))


def _headers(buffer: bytes, position: int) -> tuple[bytes | None, bytes | None, bool, int]:
    """Return identity and person, cut short, whether there is more, and where the headers end.

    Of two persons there is none.
    """
    # Nearly all headers are these, which this finds four times as soon.
    if found := _OWN_HEADERS.match(buffer, position):
        size, click_id, person = found.groups()
        if size is None or size[0] == 2 * len(click_id):
            return click_id, person, False, found.end()
    count, position = decode_varint(buffer, position)
    click_id = person = None
    persons = identities = 0
    for _ in range(count):
        length, position = decode_varint(buffer, position)
        if length < 0:
            raise ValueError(f"a name of {length} bytes")
        name, position = buffer[position : position + length], position + length
        length, position = decode_varint(buffer, position)
        length = max(length, 0)
        if name == _CLICK_ID:
            identities += 1
            click_id = buffer[position : position + min(length, CLICK_ID_BYTES)]
        elif name == _PERSON:
            persons += 1
            person = buffer[position : position + min(length, PERSON_DIGITS + 1)]
        position += length
    has_more = (
        count != min(identities, 1) + min(persons, 1)
        or (click_id is not None and len(click_id) == CLICK_ID_BYTES)
        or (person is not None and len(person) > PERSON_DIGITS)
    )
    return click_id, person if persons == 1 else None, has_more, position
