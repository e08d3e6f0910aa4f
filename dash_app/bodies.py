"""Reading the bodies of requests, so that those that never end leave web threads for readers."""

import threading
import time
from typing import IO

LARGEST_BODY = 64 * 1024
DRAINED = 1024 * 1024
"""Bytes of a body that is too large read all the same, so that the client sees the answer."""

STUCK_SECONDS = 0.3
"""When no read began or ended for so long, requests beyond the slots are refused at once."""


class TooLarge(ValueError):
    """The body has more than LARGEST_BODY bytes."""


class TooMany(TimeoutError):
    """All slots are taken by bodies that do not come; nothing of this one was read."""


class Bodies:
    """Reads at most `slots` bodies at once.

    There is no deadline: only the client can end a read of granian's, and a request answered
    while another thread still reads its body stops the whole process.
    """

    def __init__(self, slots: int) -> None:
        self._changed = threading.Condition()
        self._free_slots = slots
        self._moved_at = time.monotonic()

    def read(self, stream: IO[bytes]) -> bytes:
        """Return the whole body. Raises TooLarge, TooMany, and what the stream raises."""
        self._take_slot()
        try:
            return _whole(stream)
        finally:
            with self._changed:
                self._free_slots += 1
                self._moved_at = time.monotonic()
                self._changed.notify()

    def _take_slot(self) -> None:
        with self._changed:
            while not self._free_slots:
                left = self._moved_at + STUCK_SECONDS - time.monotonic()
                if left <= 0:
                    raise TooMany("Too many other requests are half sent")
                self._changed.wait(left)
            self._free_slots -= 1
            self._moved_at = time.monotonic()


def _whole(stream: IO[bytes]) -> bytes:
    body = stream.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        left = DRAINED - len(body)
        while left > 0 and (chunk := stream.read(min(left, LARGEST_BODY))):
            left -= len(chunk)
        raise TooLarge(f"The body is larger than {LARGEST_BODY} bytes")
    return body
