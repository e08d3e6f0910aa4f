"""The totals that the processes of a site show, fetched through its public route."""

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dash_app.counting.ledger import Statement
from dash_app.redirects import NoRedirects
from dash_app.settings.reactions import KEY_PATTERN, MAX_REACTIONS

REQUESTS = 40
CONNECTIONS = 8
"""So many requests are under way at a time, lest one idle process answers all of them."""

ANSWER_SECONDS = 5
CONNECT_SECONDS = 10
"""How long a process that has just started may take to find its log."""

PAUSE_SECONDS = 0.2
LARGEST_ANSWER_BYTES = 1_000_000


class SiteUnreadable(Exception):
    """The totals of a site cannot be read; the message names its URL."""


_Key = Annotated[str, Field(pattern=f"^{KEY_PATTERN}$")]


class _Timeline(BaseModel):
    model_config = ConfigDict(strict=True)

    # Both are printed on a terminal.
    log: Annotated[str, Field(pattern="^[!-~]{1,200}$")] | None
    state: Annotated[str, Field(pattern="^[ -~]{1,40}$")]
    as_of: dict[int, int]
    totals: Annotated[dict[_Key, int], Field(min_length=1, max_length=MAX_REACTIONS)]
    results: Annotated[str, Field(pattern="^[a-z]{1,20}$")] = "shown"


def fetch_statements(url: str, code: str | None = None) -> list[Statement]:
    """Return the different statements in many answers of the site at `url`, oldest first.

    Each answer comes over a connection of its own, so that each of several processes behind one
    URL gets a turn. `code` is the DASHBOARD_CODE of the site. Raises SiteUnreadable.
    """
    url = url.rstrip("/")
    deadline = time.monotonic() + CONNECT_SECONDS
    statements: set[Statement] = set()
    while True:
        # The first request alone finds out whether the site answers at all.
        timelines = [_fetch_timeline(url, code)]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            timelines += pool.map(_fetch_timeline, [url] * (REQUESTS - 1), repeat(code))
        if any(timeline.results != "shown" for timeline in timelines):
            raise SiteUnreadable(
                f"{url} hides its results; ask again once its presenter shows them"
            )
        statements.update(_to_statement(url, timeline) for timeline in timelines if timeline.log)
        states = [timeline.state for timeline in timelines if not timeline.log]
        if not states:
            return sorted(statements, key=lambda one: (sum(offset for _, offset in one.as_of), one))
        if time.monotonic() >= deadline:
            raise SiteUnreadable(
                f"{url} has no log to count yet, it is {states[0]}; ask again later"
            )
        time.sleep(PAUSE_SECONDS)


def _to_statement(url: str, timeline: _Timeline) -> Statement:
    as_of = tuple(sorted(timeline.as_of.items()))
    return Statement(url, str(timeline.log), as_of, tuple(sorted(timeline.totals.items())))


def _fetch_timeline(url: str, code: str | None) -> _Timeline:
    if not url.startswith(("http://", "https://")):
        raise SiteUnreadable(
            f"{url} is no URL of a site: it starts with neither http:// nor https://"
        )
    address = f"{url}/kafka/timeline"
    try:
        # A cache in between must not answer for the processes.
        headers = {"Cache-Control": "no-cache"}
        if code is not None:
            headers["Authorization"] = f"Bearer {code}"
        request = urllib.request.Request(address, headers=headers)  # noqa: S310
        with _opener(address).open(request, timeout=ANSWER_SECONDS) as answer:
            return _Timeline.model_validate_json(answer.read(LARGEST_ANSWER_BYTES))
    except urllib.error.HTTPError as error:
        error.close()
        raise SiteUnreadable(
            f"{address} answered {error.code} {error.reason}; {_way_out(error, code)}"
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, ValidationError):
            raise SiteUnreadable(
                f"{address} answered something else than a timeline; is it a site of this program?"
            ) from error
        reason = getattr(error, "reason", error)
        raise SiteUnreadable(f"{address} cannot be reached: {reason}") from error


def _opener(address: str) -> urllib.request.OpenerDirector:
    # A proxy for the web, named by the environment, cannot reach this machine's loopback.
    is_here = urllib.parse.urlsplit(address).hostname in {"localhost", "127.0.0.1", "::1"}
    proxies = [urllib.request.ProxyHandler({})] if is_here else []
    return urllib.request.build_opener(NoRedirects, *proxies)


def _way_out(error: urllib.error.HTTPError, code: str | None) -> str:
    if location := error.headers.get("Location"):
        # What a stranger wrote must not steer the terminal.
        return f"it leads to {location[:200]!r}: name the site that counts"
    if error.code == 401 and code is None:
        return "it asks for an access code: set DASHBOARD_CODE to that of the site"
    if error.code in {401, 429}:
        return "is DASHBOARD_CODE that of the site?"
    if error.code == 404:
        return "is the prefix of the site right?"
    return "ask again later"
