"""Large bodies go to the server piece by piece, so that a slow client costs little memory."""

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Response, current_app
from flask.typing import ResponseReturnValue

PIECE_BYTES = 64 * 1024


def send_in_pieces(view: Callable[..., ResponseReturnValue]) -> Callable[..., Response]:
    """Return a view whose responses share the memory of their bodies.

    A server copies what it gets: given whole, each client that reads nothing would hold a copy.
    """

    @functools.wraps(view)
    def view_in_pieces(**arguments: Any) -> Response:
        response: Response = current_app.make_response(view(**arguments))
        if not response.is_sequence:
            return response
        parts = list(response.iter_encoded())
        size = sum(map(len, parts))
        if size > PIECE_BYTES:
            response.response = _pieces(parts)
            response.content_length = size
        elif len(parts) > 1:
            response.set_data(b"".join(parts))
        return response

    return view_in_pieces


def _pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    for part in parts:
        for start in range(0, len(part), PIECE_BYTES):
            yield part[start : start + PIECE_BYTES]
