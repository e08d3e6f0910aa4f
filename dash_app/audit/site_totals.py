"""What the processes of a site say they counted, asked through its public route."""

import http.client
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from pydantic import BaseModel, ConfigDict, ValidationError

from dash_app.counting.ledger import Statement

ANSWERS = 40
AT_ONCE = 8
"""Connections at a time: one idle process must not get to answer all of them."""

ANSWER_SECONDS = 5
CONNECT_SECONDS = 10
"""How long a process that was just started may take to find its log."""

PAUSE_SECONDS = 0.2
MOST_BYTES = 1_000_000


class Unanswered(Exception):
    """A site did not say what it counted; the message names its URL."""


class _Totals(BaseModel):
    cheers: int
    hate: int


class _Timeline(BaseModel):
    model_config = ConfigDict(strict=True)

    log: str | None
    state: str
    as_of: dict[int, int]
    totals: _Totals


def ask(url: str, code: str | None = None) -> list[Statement]:
    """Return the different statements in many answers of the site at `url`, oldest first.

    Each answer comes over a connection of its own, so that several processes behind one URL get
    their turns. `code` is that of DASHBOARD_CODE there. Raises Unanswered.
    """
    url = url.rstrip("/")
    deadline = time.monotonic() + CONNECT_SECONDS
    stated: set[Statement] = set()
    while True:
        # A site that does not answer is asked once, not many times.
        timelines = [_timeline(url, code)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            timelines += pool.map(_timeline, [url] * (ANSWERS - 1), repeat(code))
        stated.update(_statement(url, timeline) for timeline in timelines if timeline.log)
        waiting = [timeline.state for timeline in timelines if not timeline.log]
        if not waiting:
            return sorted(stated, key=lambda one: (sum(offset for _, offset in one.as_of), one))
        if time.monotonic() >= deadline:
            raise Unanswered(f"{url} has no log to count yet, it is {waiting[0]}; ask again later")
        time.sleep(PAUSE_SECONDS)


def _statement(url: str, timeline: _Timeline) -> Statement:
    as_of = tuple(sorted(timeline.as_of.items()))
    return Statement(url, str(timeline.log), as_of, timeline.totals.cheers, timeline.totals.hate)


def _timeline(url: str, code: str | None) -> _Timeline:
    if not url.startswith(("http://", "https://")):
        raise Unanswered(f"{url} is no URL of a site: it starts with neither http:// nor https://")
    address = f"{url}/kafka/timeline"
    try:
        # A cache in between must not answer for the processes.
        headers = {"Cache-Control": "no-cache"}
        if code is not None:
            headers["Authorization"] = f"Bearer {code}"
        request = urllib.request.Request(address, headers=headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return _Timeline.model_validate_json(answer.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        error.close()
        raise Unanswered(
            f"{address} answered {error.code} {error.reason}; is the prefix of the site right?"
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, ValidationError):
            raise Unanswered(
                f"{address} answered something else than a timeline; is it a site of this program?"
            ) from error
        reason = getattr(error, "reason", error)
        raise Unanswered(f"{address} cannot be reached: {reason}") from error
