"""Reads request bodies, and leaves web threads free for readers when bodies do not arrive."""

import contextlib
import io
import logging
import socket
import sys
from typing import IO
from urllib.parse import urlencode

from flask import Request

from dash_app.errors import ApiError
from dash_app.slots import NoSlot, Slots

logger = logging.getLogger(__name__)

HINT = "it must use request.get_data() or put the body back into environ['wsgi.input']"

SOCKET_KEYS = ("gunicorn.socket", "werkzeug.socket")
"""The keys of a request's environ under which some servers store its connection."""

MAX_BODY_BYTES = 64 * 1024
MAX_READ_BYTES = 1024 * 1024
"""Of a body that is too large so much is read all the same, so that its client sees the 413."""


class TooLarge(ValueError):
    """The body has more than MAX_BODY_BYTES bytes."""


def read_body(stream: IO[bytes], slots: Slots) -> bytes:
    """Return the whole body, and hold a slot while it arrives.

    There is no deadline: only the client can end a read from granian, and a response that granian
    gets while another thread still reads the body stops the whole process. Raises TooLarge, what
    the stream raises, and NoSlot if bodies that do not arrive hold all slots.
    """
    with slots.hold():
        return _read(stream)


def _read(stream: IO[bytes]) -> bytes:
    body = stream.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        _drain(stream, MAX_READ_BYTES - len(body))
        raise TooLarge(f"The body is larger than {MAX_BODY_BYTES} bytes")
    return body


def _drain(stream: IO[bytes], left: int) -> None:
    while left > 0 and (chunk := stream.read(min(left, MAX_BODY_BYTES))):
        left -= len(chunk)


def request_body(request: Request, slots: Slots) -> bytes:
    """Return the body of a request, also one that a host's hook has read; see read_body.

    Raises ApiError.
    """
    # A host's own limit may be lower than a batch of taps, which would then never be taken.
    request.max_content_length = sys.maxsize
    try:
        body = read_body(request.stream, slots)
        # Flask keeps what `get_data` or `json` has read, and gives it without reading again.
        body = body or _read(io.BytesIO(request.get_data()))
    except TooLarge as error:
        raise ApiError(413, str(error), appended=False) from error
    except NoSlot as error:
        _stop_receiving(request)
        message = "Too many other requests are half sent"
        raise ApiError(503, message, appended=False) from error
    if not body and request.form:
        body = urlencode([*request.form.items(multi=True)]).encode()
    if not body and request.content_length:
        logger.error("a hook or middleware of this server reads bodies and keeps none: %s", HINT)
        raise ApiError(503, "The server read the body before", appended=False)
    return body


def json_body(request: Request, slots: Slots) -> bytes:
    """Return the body of a request that says that it is JSON; see request_body."""
    # Most say no more than that, and parsing what they say takes longer than all the rest.
    if request.content_type != "application/json" and request.mimetype != "application/json":
        message = f"The content type is {request.mimetype!r}, not application/json"
        raise ApiError(415, message, appended=False)
    return request_body(request, slots)


def _stop_receiving(request: Request) -> None:
    """End the body for servers that would wait for the rest of it after the response."""
    for name in SOCKET_KEYS:
        if connection := request.environ.get(name):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
