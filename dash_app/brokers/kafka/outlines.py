"""The outline of a record: what another program put into it, cut short, for whoever looks."""

from kafka.record.util import decode_varint

from dash_app.counting.records import SHOWN_NAME, SHOWN_VALUE, Outline, beginning

HEADERS_BYTES = 1000
"""Once the outline's headers have so many bytes it holds no more of them."""

MOST_HEADERS = 20
"""Nor more than so many: an empty one has no bytes, and takes memory as any other."""


def read_outline(buffer: bytes, position: int) -> Outline:
    """Return the outline of a record, well-formed, whose attributes are at this place."""
    _, position = decode_varint(buffer, position + 1)
    _, position = decode_varint(buffer, position)
    key, size, position = _part(buffer, position, SHOWN_NAME)
    value, length, position = _part(buffer, position, SHOWN_VALUE)
    size += length
    count, position = decode_varint(buffer, position)
    headers: list[tuple[bytes, bytes | None]] = []
    held = 0
    for _ in range(count):
        name, _, position = _part(buffer, position, SHOWN_NAME)
        of_name, length, position = _part(buffer, position, SHOWN_NAME)
        size += length
        if held < HEADERS_BYTES and len(headers) < MOST_HEADERS:
            headers.append((name or b"", of_name))
            held += len(name or b"") + len(of_name or b"")
    return Outline(key, value, headers, max(count, 0), size)


def _part(buffer: bytes, position: int, characters: int) -> tuple[bytes | None, int, int]:
    """Return the beginning of a part (None: it is null), its whole length, and where it ends."""
    length, position = decode_varint(buffer, position)
    if length < 0:
        return None, 0, position
    end = position + length
    return beginning(buffer[position:end], characters), length, end
