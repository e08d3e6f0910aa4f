"""Reading the bodies of requests, so that those that never end leave web threads for readers."""

import contextlib
import socket
from typing import IO

from flask import Request

from dash_app.errors import ApiError
from dash_app.slots import NoSlot, Slots

SOCKETS = ("gunicorn.socket", "werkzeug.socket")
"""Where some servers put the connection of a request."""

LARGEST_BODY = 64 * 1024
DRAINED = 1024 * 1024
"""Bytes of a body that is too large read all the same, so that the client sees the answer."""


class TooLarge(ValueError):
    """The body has more than LARGEST_BODY bytes."""


def read_body(stream: IO[bytes], slots: Slots) -> bytes:
    """Return the whole body, and hold a slot while it comes.

    There is no deadline: only the client can end a read of granian's, and a request that is
    answered while another thread still reads its body stops the whole process. Raises TooLarge,
    what the stream raises, and NoSlot where bodies that do not come hold all slots.
    """
    with slots.hold():
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            _drain(stream, DRAINED - len(body))
            raise TooLarge(f"The body is larger than {LARGEST_BODY} bytes")
    return body


def _drain(stream: IO[bytes], left: int) -> None:
    while left > 0 and (chunk := stream.read(min(left, LARGEST_BODY))):
        left -= len(chunk)


def body_of(request: Request, slots: Slots) -> bytes:
    """Return the body of a request; see read_body. Raises ApiError."""
    try:
        return read_body(request.stream, slots)
    except TooLarge as error:
        raise ApiError(413, str(error)) from error
    except NoSlot as error:
        _receive_no_more(request)
        message = "Too many other requests are half sent"
        raise ApiError(503, message, appended=False) from error


def _receive_no_more(request: Request) -> None:
    """Have a server that would wait for the rest of the body after the answer find its end."""
    for name in SOCKETS:
        if connection := request.environ.get(name):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
