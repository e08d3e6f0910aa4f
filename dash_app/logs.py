"""How the program logs: one line per event, and a limit for what would repeat itself."""

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

TEXT = "text"
JSON = "json"

_BARE = re.compile(r"[\w./:+-]+")


class OneLine(logging.Formatter):
    """Writes each event as one line of key=value, or of JSON; nothing in it can begin another."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._write = _as_json if kind == JSON else _as_text

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of the event; a traceback is one of its fields."""
        made = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {
            "time": made.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return self._write(fields)


def _as_json(fields: Mapping[str, str]) -> str:
    # Escaped beyond ASCII only where something would take it for the end of a line.
    return _ends_escaped(json.dumps(fields, ensure_ascii=False))


def _as_text(fields: Mapping[str, str]) -> str:
    return " ".join(f"{key}={_quoted(value)}" for key, value in fields.items())


def _quoted(value: str) -> str:
    if _BARE.fullmatch(value):
        return value
    return _ends_escaped(json.dumps(value, ensure_ascii=False))


def _ends_escaped(text: str) -> str:
    """Return the text with what is not printable written as JSON does, beside the plain space."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else json.dumps(character)[1:-1] for character in text
    )


def configure(level: str, kind: str = TEXT) -> None:
    """Log to standard error from `level` on; for our own command line, never for a host site."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(kind))
    logging.basicConfig(level=level, handlers=[handler])
    if level != "DEBUG":
        logging.getLogger("kafka").setLevel(logging.WARNING)


def config_for(logger: str, kind: str) -> dict[str, Any]:
    """Return what has another program's logger write its lines as ours are."""
    return {
        "formatters": {"one line": {"()": OneLine, "kind": kind}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "one line"}},
        "loggers": {logger: {"handlers": ["stderr"], "propagate": False}},
    }


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
