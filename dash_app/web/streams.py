"""Answers of a job that go on while it works, and end with it or when their client leaves."""

import contextlib
import itertools
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from flask import Response, request
from werkzeug.exceptions import HTTPException

from dash_app.brokers import BrokerError
from dash_app.consumer.archive import ArchiveBusy, ArchiveStopped
from dash_app.counting.archive import TooManyRecords
from dash_app.counting.ranges import BadRange
from dash_app.errors import ApiError

logger = logging.getLogger(__name__)

LINE_SECONDS = 0.1
"""A stream says something so often: a server notices only by that that its client has left."""

BUSY_SECONDS = 5
"""After so long somebody who was refused may ask again."""

Step = TypeVar("Step")


def stream(
    steps: Iterator[Step],
    chunks: Callable[[Iterable[Step]], Iterator[bytes]],
    error_line: Callable[[str], bytes],
    mimetype: str,
) -> Response:
    """Return an answer of the chunks that are made of a job's steps; it closes the job.

    Raises ApiError if the job does not begin. A later error is the last line.
    """
    with job_errors():
        first = next(steps)

    def lines() -> Iterator[bytes]:
        with contextlib.closing(steps):  # type: ignore[type-var]
            try:
                yield from chunks(itertools.chain([first], steps))
            except Exception as error:  # noqa: BLE001 - the end of a request
                yield error_line(_explain(error))

    if request.method == "HEAD":
        # The server does not close what it does not send.
        steps.close()  # type: ignore[attr-defined]
    # Whoever drops the answer before its first line drops the job with it, which ends it.
    response = Response(lines(), mimetype=mimetype)
    response.headers["Cache-Control"] = "no-store"
    return response


@contextlib.contextmanager
def job_errors() -> Iterator[None]:
    """Raise ApiError in place of what keeps somebody from reading a range of the log."""
    try:
        yield
    except ArchiveBusy as error:
        raise ApiError(503, str(error), retry_seconds=BUSY_SECONDS) from error
    except (BadRange, TooManyRecords) as error:
        raise ApiError(400, str(error)) from error
    except (BrokerError, ArchiveStopped) as error:
        raise ApiError(503, str(error)) from error
    except ImportError as error:
        raise ApiError(503, "Consumer not loaded") from error


def _explain(error: Exception) -> str:
    if isinstance(error, HTTPException):
        return error.description or error.name
    if isinstance(error, BrokerError | ArchiveStopped | TooManyRecords):
        return str(error)
    logger.error("a report or an export failed", exc_info=error)
    return "Something went wrong here; the log of the server says what"


class Beat:
    """Says when a stream is due to say something."""

    def __init__(self) -> None:
        self._next = time.monotonic()

    def is_due(self) -> bool:
        """Say whether LINE_SECONDS have gone by since this was last true."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + LINE_SECONDS
        return True
