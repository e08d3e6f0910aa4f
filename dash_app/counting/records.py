"""A record of the log: the wire form of a click, and why a record is no click."""

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from dash_app.counting.clicks import MAX_INDEX, MAX_SEQ, Click, Identity
from dash_app.settings.reactions import HATE, HATE_ON_THE_WIRE, LONGEST_KEY, is_key

LATEST_TIMESTAMP = 1e11
"""Seconds since the epoch above which a timestamp must be milliseconds by mistake (year 5138)."""

CLICK_ID_HEADER = "click-id"
CLICK_ID_BYTES = 100
"""No header with an identity is so long."""

PERSON_HEADER = "person"
PERSON_DIGITS = 16
"""The hexadecimal digits of the header that says which clicks are of one person."""

LARGEST_VALUE_BYTES = 64 * 1024
"""A longer value is no click, whatever it says: as JSON it could take thirty times its size."""

KEPT_VALUE_BYTES = 4096
"""Of a longer value a record keeps what it says: a poll holds thousands of records."""

_new = tuple.__new__
"""It takes half the time of calling the class, and each record pays for it."""

_PERSON = re.compile(rb"[0-9A-Fa-f]{%d}" % PERSON_DIGITS)
_CLICK_ID = re.compile(rb"([A-Za-z0-9_-]{1,64}):(0|[1-9][0-9]{0,15}):(0|[1-9][0-9]{0,2})")


SHOWN_VALUE, SHOWN_NAME = 500, 100
"""So many characters of a value, and of a key or a header, are shown of any record."""


def beginning(part: bytes, characters: int) -> bytes:
    """Return so much of a part of a record that it holds these characters, and one more."""
    return part[: 4 * characters + 1]


class Outline(NamedTuple):
    """What a record of another program holds, each part no longer than it may be shown.

    `headers` are the first of `header_count`, in their order. `size` is how many bytes the whole
    key, value and values of headers have. It decides nothing.
    """

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[bytes, bytes | None]]
    header_count: int
    size: int


class Record(NamedTuple):
    """A record: its offset, the log's own time in epoch seconds, its value, its headers.

    `problem` is one of REASONS if the log holds no record there that can be read. The `key` decides
    nothing and may be left out; so does the `outline`, without which the other fields say all.
    """

    offset: int
    time: float
    value: bytes | None
    click_id: bytes | None
    problem: str | None = None
    key: bytes | None = None
    person: bytes | None = None
    outline: Outline | None = None


class Unreadable(ValueError):
    """A record is no click; `reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


NO_VALUE = "no value"
NOT_JSON = "not JSON"
NOT_AN_OBJECT = "not an object"
UNKNOWN_TYPE = "unknown type"
TOO_MANY_TYPES = "too many types"
BAD_TIMESTAMP = "bad timestamp"
NOT_SECONDS = "timestamp not in seconds"
TEXT_TIMESTAMP = "timestamp is text"
SCHEMA_REGISTRY = "schema registry bytes"
VALUE_REASONS = (
    NO_VALUE,
    SCHEMA_REGISTRY,
    NOT_JSON,
    NOT_AN_OBJECT,
    UNKNOWN_TYPE,
    TEXT_TIMESTAMP,
    NOT_SECONDS,
    BAD_TIMESTAMP,
)
"""Why the value of a record is no click."""

BROKEN = "broken"
TOO_LARGE = "too large"
OUTSIDE = "offset outside of its batch"
LOG_REASONS = (BROKEN, TOO_LARGE, OUTSIDE)
"""Why a record, or all that is left of a batch of records, cannot be read."""

REASONS = (*VALUE_REASONS, TOO_MANY_TYPES, *LOG_REASONS)


def wire_name_of(kind: str) -> str:
    """Return the name of a type in a record."""
    return HATE_ON_THE_WIRE if kind == HATE else kind


def type_of(wire_name: str) -> str:
    """Return the type of a name in a record or a request; both names of HATE are read."""
    return HATE if wire_name == HATE_ON_THE_WIRE else wire_name


@functools.lru_cache(maxsize=256)
def _find_type(wire_name: str) -> str | None:
    kind = type_of(wire_name)
    return kind if is_key(kind) else None


def encode(click: Click) -> bytes:
    """Return the value of the click's record."""
    return orjson.dumps({"type": wire_name_of(click.type), "timestamp": click.timestamp})


def decode(value: bytes | None) -> Click:
    """Return the click in a record's value, whose further fields do not matter.

    Raises Unreadable, and nothing else, whatever the value is.
    """
    if value is None:
        raise Unreadable(NO_VALUE)
    try:
        fields = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        # Serializers with a schema registry write a zero and four bytes of an id before the value.
        raise Unreadable(SCHEMA_REGISTRY if value[:1] == b"\0" else NOT_JSON) from error
    if type(fields) is not dict:
        raise Unreadable(NOT_AN_OBJECT)
    wire_name = fields.get("type")
    is_short = type(wire_name) is str and len(wire_name) <= LONGEST_KEY
    kind = _find_type(wire_name) if is_short else None
    if kind is None:
        raise Unreadable(UNKNOWN_TYPE)
    timestamp = fields.get("timestamp")
    if type(timestamp) is not float and type(timestamp) is not int:
        raise Unreadable(TEXT_TIMESTAMP if type(timestamp) is str else BAD_TIMESTAMP)
    if 0 <= timestamp <= LATEST_TIMESTAMP:
        return _new(Click, (kind, float(timestamp)))
    raise Unreadable(NOT_SECONDS if timestamp > LATEST_TIMESTAMP else BAD_TIMESTAMP)


def read(record: Record) -> Click:
    """Return the click in a record. Raises Unreadable, and nothing else, whatever it is."""
    if record.problem is not None:
        raise Unreadable(record.problem)
    return decode(record.value)


def hold(record: Record) -> Record:
    """Return a record that says the same and takes little memory, however long the value is."""
    value = record.value
    if value is None or len(value) <= KEPT_VALUE_BYTES:
        return record
    if len(value) > LARGEST_VALUE_BYTES:
        return record._replace(value=None, problem=TOO_LARGE)
    try:
        return record._replace(value=encode(decode(value)))
    except Unreadable as error:
        return record._replace(value=None, problem=error.reason)


def encode_identity(identity: Identity) -> bytes:
    """Return the value of the header `click-id`."""
    return f"{identity.client}:{identity.seq}:{identity.index_in_batch}".encode()


def decode_identity(header: bytes | None) -> Identity | None:
    """Return the identity in a header `click-id`; None if it is foreign or malformed."""
    match = _CLICK_ID.fullmatch(header) if header else None
    if match is None:
        return None
    client, digits, index_digits = match.groups()
    seq, index = int(digits), int(index_digits)
    if seq > MAX_SEQ or index > MAX_INDEX:
        return None
    return _new(Identity, (client.decode(), seq, index))


@functools.lru_cache(maxsize=4096)
def decode_person(header: bytes | None) -> int | None:
    """Return the number in a header `person`; None: the click is of nobody who is known."""
    return int(header, 16) if header and _PERSON.fullmatch(header) else None
