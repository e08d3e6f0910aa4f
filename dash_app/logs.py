"""How the program logs: its format, and a limit for what would repeat itself."""

import logging
import threading
import time
from collections.abc import Callable

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def configure(level: str) -> None:
    """Log to standard error from `level` on; for our own command line, never for a host site."""
    logging.basicConfig(level=level, format=FORMAT)
    if level != "DEBUG":
        logging.getLogger("kafka").setLevel(logging.WARNING)


class Sparingly(logging.Filter):
    """Lets a message through `times` times in `seconds`, then says how many it held back.

    Messages are the same when their unformatted text is.
    """

    MOST_MESSAGES = 1000

    def __init__(
        self, times: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._times = times
        self._seconds = seconds
        self._clock = clock
        self._since: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record is logged."""
        now = self._clock()
        message = str(record.msg)
        with self._lock:
            began, count = self._since.get(message, (now, 0))
            held_back = 0
            if now - began >= self._seconds:
                held_back, began, count = max(0, count - self._times), now, 0
            if len(self._since) >= self.MOST_MESSAGES:
                self._since.clear()
            self._since[message] = (began, count + 1)
        if held_back:
            record.msg = f"{record.msg} (and {held_back} more like this before)"
        return count < self._times
