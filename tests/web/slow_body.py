"""A body that takes its time to arrive."""

import io
import time
from typing import Any

from tests.waiting import eventually


class SlowBody(io.BytesIO):
    """A body that arrives as a whole, so many seconds after somebody begins to read it."""

    def __init__(self, body: bytes, *, seconds: float) -> None:
        super().__init__(body)
        self._seconds = seconds

    def readinto(self, buffer: Any, /) -> int:
        if not self.tell():
            began = time.monotonic()
            eventually(
                lambda: time.monotonic() - began >= self._seconds,
                self._seconds + 10,
                "time stands still",
            )
        return super().readinto(buffer)
