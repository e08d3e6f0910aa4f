"""The presenter's right: who may start, change and end talks."""

import functools
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from dash_app.errors import error_response
from dash_app.security.buckets import RateLimited
from dash_app.security.code import Code
from dash_app.security.guessing import CodeGuesses
from dash_app.security.secret import presenter_code
from dash_app.security.signing import Signing
from dash_app.settings import Settings

logger = logging.getLogger(__name__)

NAME = "kafka-presenter"
"""The cookie has its name from it."""

PARAMETER = "presenter"
"""Brings the code along in the address of the dashboard, once."""

REFUSAL = "Only the presenter may do this"

View = Callable[..., ResponseReturnValue]


class Presenter:
    """Tells who has the right: whoever has the code, and whom `may_present` says, in the request.

    Without either nobody has it. `code` returns the code when it is first needed; None: there is
    none.
    """

    def __init__(
        self,
        code: Callable[[], Code | None] = lambda: None,
        may_present: Callable[[], bool] | None = None,
    ) -> None:
        self._find_code = functools.cache(code)
        self._may_present = may_present

    def require(self, view: View) -> View:
        """Return a view for the presenter only, an Access: all others get the same 403."""

        @functools.wraps(view)
        def checked_view(**arguments: Any) -> ResponseReturnValue:
            try:
                is_authorized = self._is_allowed_by_host() or self._has_code()
            except RateLimited as error:
                return too_many_codes(error)
            return view(**arguments) if is_authorized else error_response(403, REFUSAL)

        return checked_view

    def take_code(self, view: View) -> View:
        """Return a view of a page that takes the code in its address into a cookie, an Access."""

        @functools.wraps(view)
        def checked_view(**arguments: Any) -> ResponseReturnValue:
            given = request.args.get(PARAMETER)
            code = None if given is None else self._find_code()
            if given is None or code is None:
                return view(**arguments)
            try:
                is_new = not code.has_valid_cookie() and code.check(given)
            except RateLimited as error:
                return too_many_codes(error)
            response = _without_code()
            return code.remember(response) if is_new else response

        return checked_view

    def is_here(self) -> bool:
        """Return whether the request comes from a browser that has the right."""
        if self._is_allowed_by_host():
            return True
        has_cookies = bool(request.cookies)
        code = self._find_code() if has_cookies else None
        return code is not None and code.has_valid_cookie()

    def _is_allowed_by_host(self) -> bool:
        if self._may_present is None:
            return False
        try:
            return bool(self._may_present())
        except Exception:
            logger.exception("may_present failed; nobody has the presenter's right by it")
            return False

    def _has_code(self) -> bool:
        # Whoever shows nothing costs nothing: no file is read.
        if not request.cookies and "Authorization" not in request.headers:
            return False
        code = self._find_code()
        return code is not None and code.is_authorized()


def presenter_of(
    settings: Settings,
    signing: Signing,
    guesses: CodeGuesses,
    *,
    at_root: bool,
    may_present: Callable[[], bool] | None,
) -> Presenter:
    """Return the presenter's right of a site; a code is created for a stand-alone one only."""

    def code() -> Code | None:
        if settings.presenter_code is None and not at_root:
            return None
        text = presenter_code(settings)
        return None if text is None else Code(NAME, lambda: text, settings, signing, guesses)

    return Presenter(code, may_present)


def too_many_codes(error: RateLimited) -> Response:
    """Return the 429 after too many wrong codes."""
    message = f"Too many wrong codes; try again in {error.seconds} s"
    return error_response(429, message, retry_seconds=error.seconds)


def _without_code() -> Response:
    """Return a redirect to the same address without the code."""
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    page = request.path.rsplit("/", 1)[-1]
    response = make_response(
        redirect(f"{page}?{urlencode(pairs)}" if pairs else page, 303, Response)
    )
    response.headers["Cache-Control"] = "no-store"
    return response
