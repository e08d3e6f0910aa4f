"""Who clicks: a browser by the signed anonymous id in its cookie, and its persons in the log."""

import functools
import secrets

from flask import Response, after_this_request, request

from dash_app.counting.records import PERSON_DIGITS
from dash_app.security.cookies import may_be_framed, set_cookie
from dash_app.security.signing import MAX_CACHED, Signing
from dash_app.settings import Settings

COOKIE = "kafka_clicker_id"
ID_SECONDS = 24 * 3600
"""The time for which an id is valid; after it the browser gets a new one."""

_ID_DIGITS = 24


class Visitors:
    """Knows browsers by their ids, gives them new ones, and hides ids from who reads the log."""

    def __init__(self, settings: Settings, signing: Signing) -> None:
        self._signing = signing
        self._framed = may_be_framed(settings)
        # A phone has the same id with each click.
        self._cached_digest = functools.lru_cache(MAX_CACHED)(signing.digest)

    def current(self) -> str | None:
        """Return the id in a cookie of the current request; None: it has none that is valid."""
        return self._signing.verify_any("id", request.cookies.getlist(COOKIE), ID_SECONDS)

    def bring(self, client: str | None) -> str | None:
        """Give the browser an id with the response, and return it if it is the client's for good.

        The id follows from the client, so a browser that never got the response or keeps no
        cookies gets the same one again. Without a client nobody is told from anybody else.
        """
        visitor = None if client is None else self._signing.digest("client", client)[:_ID_DIGITS]
        signed = self._signing.sign("id", visitor or secrets.token_urlsafe(12))

        def set_id(response: Response) -> Response:
            set_cookie(response, COOKIE, signed, framed=self._framed)
            return response

        after_this_request(set_id)
        return visitor

    def person(self, visitor: str, log_id: str) -> str:
        """Return what stands for the visitor in a log, and in no other."""
        return self._cached_digest("person", f"{log_id}/{visitor}")[:PERSON_DIGITS]
