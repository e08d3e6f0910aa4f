"""The form of the log, one line per event, and a throttle for messages that repeat."""

import contextlib
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

TEXT = "text"
JSON = "json"

_BARE = re.compile(r"[\w./:+-]+")


class OneLineFormatter(logging.Formatter):
    """Writes each event as one line of key=value or JSON; no text in it can begin a second line."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._write = _as_json if kind == JSON else _as_text

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of the event; a traceback becomes one of its fields."""
        time_text = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {
            "time": time_text.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return self._write(fields, record)


def _as_json(fields: Mapping[str, str], record: logging.LogRecord) -> str:
    # Letters beyond ASCII stay readable; some programs take an unprintable character for a line
    # end, so only those are escaped.
    return _escape_unprintable(json.dumps({**fields, "pid": record.process}, ensure_ascii=False))


def _as_text(fields: Mapping[str, str], _: logging.LogRecord) -> str:
    return " ".join(f"{key}={_quote_if_needed(value)}" for key, value in fields.items())


def _quote_if_needed(value: str) -> str:
    if _BARE.fullmatch(value):
        return value
    return _escape_unprintable(json.dumps(value, ensure_ascii=False))


def _escape_unprintable(text: str) -> str:
    """Return the text with its unprintable characters escaped as in JSON."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else json.dumps(character)[1:-1] for character in text
    )


def configure(level: str, kind: str = TEXT) -> None:
    """Log to standard error from `level` on: for the command line, never on a host's site."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLineFormatter(kind))
    logging.basicConfig(level=level, handlers=[handler])
    if level != "DEBUG":
        logging.getLogger("kafka").setLevel(logging.WARNING)


def config_for(logger: str, kind: str) -> dict[str, Any]:
    """Return a logging configuration that has `logger` of a library write the same lines."""
    return {
        "formatters": {"one line": {"()": OneLineFormatter, "kind": kind}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "one line"}},
        "loggers": {logger: {"handlers": ["stderr"], "propagate": False}},
    }


class LogThrottle(logging.Filter):
    """Lets a message pass `times` times in `seconds`, and later says how many it dropped.

    Two messages are the same if their texts are before the arguments are filled in.
    """

    MAX_MESSAGES = 1000

    def __init__(
        self, times: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._times = times
        self._seconds = seconds
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is logged."""
        now = self._clock()
        message = str(record.msg)
        with self._lock:
            start, count = self._windows.get(message, (now, 0))
            dropped = 0
            if now - start >= self._seconds:
                dropped, start, count = max(0, count - self._times), now, 0
            if len(self._windows) >= self.MAX_MESSAGES:
                self._windows.clear()
            self._windows[message] = (start, count + 1)
        if dropped:
            record.msg = f"{record.msg} (and {dropped} more like this before)"
        return count < self._times


@contextlib.contextmanager
def silenced(logger: str) -> Iterator[None]:
    """Keep what a library would log away while inside, and its levels as they were."""
    library = logging.getLogger(logger)
    level = library.level
    library.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        library.setLevel(level)
