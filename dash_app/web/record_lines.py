"""The records of a range as lines of CSV or of JSON."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import orjson

from dash_app.counting.range_records import RangeRecord
from dash_app.web.csv_cells import key_cell


class Form(NamedTuple):
    """A form of an export: how it begins, how a record and an error look in it."""

    mimetype: str
    head: bytes
    line: Callable[[RangeRecord], bytes]
    error: Callable[[str], bytes]


def _csv_line(record: RangeRecord) -> bytes:
    # Keys, numbers and our reasons need no quotes.
    kind = None if record.type is None else key_cell(record.type)
    cells = ["" if value is None else str(value) for value in record._replace(type=kind)]
    return f"{','.join(cells)}\r\n".encode()


def _csv_error(message: str) -> bytes:
    quoted = message.replace('"', '""')
    return f'error,"{quoted}"\r\n'.encode()


_HEAD = f"{','.join(RangeRecord._fields)}\r\n".encode()

FORMS: Mapping[str, Form] = {
    "csv": Form("text/csv", _HEAD, _csv_line, _csv_error),
    "ndjson": Form(
        "application/x-ndjson",
        b"",
        lambda record: orjson.dumps(record._asdict(), option=orjson.OPT_APPEND_NEWLINE),
        lambda message: orjson.dumps({"error": message}, option=orjson.OPT_APPEND_NEWLINE),
    ),
}

HEARTBEAT = b" "
"""Before the first cell of a line, where neither form means anything by it."""
