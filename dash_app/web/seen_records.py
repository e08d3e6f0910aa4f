"""The newest records as the laboratory shows them: to a presenter all, to others what is ours."""

import codecs
from collections.abc import Collection, Sequence
from typing import Any

from dash_app.consumer.lab import Seen
from dash_app.counting.records import (
    CLICK_ID_HEADER,
    PERSON_HEADER,
    SHOWN_NAME,
    SHOWN_VALUE,
    Record,
    Unreadable,
    decode,
    encode,
)

HIDDEN = "…"
"""Stands for what is too long, and for what may say whose click it is where nobody may see that."""

_Headers = Sequence[tuple[bytes, bytes | None]]

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), 127) if chr(code) not in "\t\n"}
"""Signs that no page shows, and how Python writes them."""

_OURS = frozenset({CLICK_ID_HEADER.encode(), PERSON_HEADER.encode()})


def record_fields(seen: Seen, types: Collection[str] | None) -> dict[str, Any]:
    """Return a record as JSON has it; `types` are those of ours, of which alone everybody may know.

    None: who asks is a presenter, and sees all.
    """
    record, decision = seen.record, seen.decision
    key, value, headers = _parts(record)
    is_named, click = types is None, decision.click
    is_known = types is None or (click is not None and click.type in types)
    return {
        "partition": seen.partition,
        "offset": record.offset,
        "time": record.time,
        "key": _shown(key, SHOWN_NAME, is_named=is_named),
        "headers": [
            {
                "name": _shown(name, SHOWN_NAME, is_named=is_named or name in _OURS),
                "value": _shown(part, SHOWN_NAME, is_named=is_named),
            }
            for name, part in headers
        ],
        "value": _shown(value, SHOWN_VALUE, is_named=types is None or _is_ours(value, types)),
        "bytes": seen.size,
        "decision": decision.name,
        "reason": decision.reason,
        "repeat_of": seen.first_offset if decision.is_repeat else None,
        "type": click.type if click is not None and is_known else None,
        "timestamp": click and click.timestamp,
        "drawn_at": decision.at,
        "total": seen.total,
        "polled_at": seen.polled_at,
        "counted_at": seen.counted_at,
    }


def _parts(record: Record) -> tuple[bytes | None, bytes | None, _Headers]:
    """Return key, value and headers of a record, as far as they are known."""
    outline = record.outline
    if outline is not None:
        is_more = outline.header_count > len(outline.headers)
        more: _Headers = [(HIDDEN.encode(), None)] if is_more else []
        return outline.key, outline.value, [*outline.headers, *more]
    named = (CLICK_ID_HEADER, record.click_id), (PERSON_HEADER, record.person)
    headers = [(name.encode(), value) for name, value in named if value is not None]
    return record.key, record.value, headers


def _is_ours(value: bytes | None, types: Collection[str]) -> bool:
    """Return whether a value is as this site writes it: a type of its own, a time, and no more."""
    try:
        click = decode(value)
    except Unreadable:
        return False
    return click.type in types and encode(click) == value


def _shown(part: bytes | None, most: int, *, is_named: bool) -> str | None:
    """Return a part of a record as text of at most so many characters; one more stands for more."""
    if part is None or not is_named:
        return None if part is None else HIDDEN
    is_cut = len(part) > 4 * most
    # A sign whose last bytes were cut off is left out.
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    text = decoder.decode(part, final=not is_cut).translate(_CONTROLS)
    return f"{text[:most]}{HIDDEN}" if is_cut or len(text) > most else text
