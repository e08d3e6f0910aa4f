"""The totals that the processes of a site show, fetched through its public route."""

import functools
import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dash_app.counting.ledger import Statement
from dash_app.counting.talks import Range
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


class TalkUncounted(SiteUnreadable):
    """A site knows a talk and not its clicks; `statement` says when it was, and holds none."""

    def __init__(self, reason: str, statement: Statement) -> None:
        super().__init__(reason)
        self.statement = statement


_Key = Annotated[str, Field(pattern=f"^{KEY_PATTERN}$")]


_Totals = Annotated[dict[_Key, int], Field(min_length=1, max_length=MAX_REACTIONS)]


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True)

    # What is printed on a terminal has no control characters.
    log: Annotated[str, Field(pattern="^[!-~]{1,200}$")] | None
    as_of: dict[int, int]
    totals: _Totals | None


class _Timeline(_Answer):
    state: Annotated[str, Field(pattern="^[ -~]{1,40}$")]
    totals: _Totals
    results: Annotated[str, Field(pattern="^[a-z]{1,20}$")] = "shown"
    drawn_in: ClassVar[None] = None
    is_uncounted: ClassVar[bool] = False

    @property
    def is_hidden(self) -> bool:
        return self.results != "shown"

    @property
    def trouble(self) -> str:
        return "" if self.log else f"has no log to count yet, it is {self.state}; ask again later"


class _Reaction(BaseModel):
    key: _Key


class _Talk(_Answer):
    reactions: Annotated[list[_Reaction], Field(min_length=1, max_length=MAX_REACTIONS)]
    started_at: int
    ended_at: int | None

    @property
    def drawn_in(self) -> Range:
        return self.started_at, self.ended_at

    @property
    def is_hidden(self) -> bool:
        # Another talk may hide them, too.
        return self.totals is not None and {*self.totals} != {one.key for one in self.reactions}

    @property
    def is_uncounted(self) -> bool:
        return self.log is not None and self.totals is None

    @property
    def trouble(self) -> str:
        is_known = self.log and self.totals is not None
        return "" if is_known else "does not know the clicks of this talk: its totals are null"


def fetch_statements(url: str, code: str | None = None, talk: str | None = None) -> list[Statement]:
    """Return the different statements in many answers of the site at `url`, oldest first.

    Each answer comes over a connection of its own, so that each of several processes behind one
    URL gets a turn. `code` is the DASHBOARD_CODE of the site; with the id of a talk they are about
    its clicks. Raises SiteUnreadable, and TalkUncounted of a talk before the oldest clicks that
    the site has kept.
    """
    url = url.rstrip("/")
    fetch = functools.partial(_fetch, url, code, talk)
    deadline = time.monotonic() + CONNECT_SECONDS
    statements: set[Statement] = set()
    while True:
        # The first request alone finds out whether the site answers at all.
        answers = [fetch()]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            answers += pool.map(lambda _: fetch(), range(REQUESTS - 1))
        if any(answer.is_hidden for answer in answers):
            raise SiteUnreadable(
                f"{url} hides its results; ask again once its presenter shows them"
            )
        statements.update(_to_statement(url, answer) for answer in answers if not answer.trouble)
        troubled = [answer for answer in answers if answer.trouble]
        if not troubled:
            return sorted(statements, key=lambda one: (sum(offset for _, offset in one.as_of), one))
        if time.monotonic() >= deadline:
            raise _give_up(url, troubled[0])
        time.sleep(PAUSE_SECONDS)


def _give_up(url: str, answer: _Timeline | _Talk) -> SiteUnreadable:
    reason = f"{url} {answer.trouble}"
    if answer.is_uncounted:
        return TalkUncounted(reason, _to_statement(url, answer))
    return SiteUnreadable(reason)


def _to_statement(url: str, answer: _Timeline | _Talk) -> Statement:
    as_of = tuple(sorted(answer.as_of.items()))
    totals = tuple(sorted((answer.totals or {}).items()))
    return Statement(url, str(answer.log), as_of, totals, drawn_in=answer.drawn_in)


def _fetch(url: str, code: str | None, talk: str | None) -> _Timeline | _Talk:
    if not url.startswith(("http://", "https://")):
        raise SiteUnreadable(
            f"{url} is no URL of a site: it starts with neither http:// nor https://"
        )
    address = f"{url}/kafka/timeline" if talk is None else f"{url}/kafka/talks/{talk}"
    try:
        # A cache in between must not answer for the processes.
        headers = {"Cache-Control": "no-cache"}
        if code is not None:
            headers["Authorization"] = f"Bearer {code}"
        request = urllib.request.Request(address, headers=headers)  # noqa: S310
        with _opener(address).open(request, timeout=ANSWER_SECONDS) as answer:
            body = answer.read(LARGEST_ANSWER_BYTES)
        return (_Timeline if talk is None else _Talk).model_validate_json(body)
    except urllib.error.HTTPError as error:
        error.close()
        raise SiteUnreadable(
            f"{address} answered {error.code} {error.reason}; {_way_out(error, code)}"
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, ValidationError):
            raise SiteUnreadable(
                f"{address} answered something else than counts; is it a site of this program?"
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
        return "is the prefix of the site right, and is there such a talk?"
    return "ask again later"
