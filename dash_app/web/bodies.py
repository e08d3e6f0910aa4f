"""Reading the bodies of requests, so that those that never end leave web threads for readers."""

from typing import IO

from dash_app.slots import Slots

LARGEST_BODY = 64 * 1024
DRAINED = 1024 * 1024
"""Bytes of a body that is too large read all the same, so that the client sees the answer."""


class TooLarge(ValueError):
    """The body has more than LARGEST_BODY bytes."""


class Bodies:
    """Reads at most `slots` bodies at once.

    There is no deadline: only the client can end a read of granian's, and a request answered
    while another thread still reads its body stops the whole process.
    """

    def __init__(self, slots: int) -> None:
        self._slots = Slots(slots)

    def read(self, stream: IO[bytes]) -> bytes:
        """Return the whole body.

        Raises TooLarge, what the stream raises, and NoSlot where nothing was read, since all
        slots are taken by bodies that do not come.
        """
        with self._slots.held():
            return _whole(stream)


def _whole(stream: IO[bytes]) -> bytes:
    body = stream.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        left = DRAINED - len(body)
        while left > 0 and (chunk := stream.read(min(left, LARGEST_BODY))):
            left -= len(chunk)
        raise TooLarge(f"The body is larger than {LARGEST_BODY} bytes")
    return body
