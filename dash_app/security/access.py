"""Access codes: who may tap, and who may see the counts, where a setting asks for a code."""

import functools
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from flask import Response, current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue

from dash_app.errors import error_response
from dash_app.security.buckets import RateLimited
from dash_app.security.guessing import CodeGuesses
from dash_app.security.signing import Signing
from dash_app.settings import Settings

CLICKER = "kafka-clicker"
DASHBOARD = "kafka-dashboard"
"""The pages that may have a code, by the last part of their addresses."""

View = Callable[..., ResponseReturnValue]

Access = Callable[[View], View]
"""Returns the view for those who may ask: `anybody`, or what a method of Codes returns."""

CODE_REQUIRED = "This needs the access code"
COOKIE_SECONDS = 7 * 24 * 3600

LONG_CODE = 12
"""Characters of a code that nobody guesses, however often: it may be compared without end."""

WRONG_CODE = "wrong_code"
MANY_CODES = "many_codes"
"""Why the form is shown again."""

Form = Callable[[str, str], Response]
"""Returns the form that asks for a page's code; the second text is one of the reasons, or empty."""


def anybody(view: View) -> View:
    """Return the view as it is: the route asks nobody for a code."""
    return view


class Codes:
    """The access codes of one site; who has given one is remembered by a signed cookie.

    The methods that return an Access put it in front of a view. A page without a code is open.
    """

    def __init__(
        self, settings: Settings, signing: Signing, guesses: CodeGuesses, form: Form
    ) -> None:
        self._signing = signing
        self._guesses = guesses
        self._form = form
        given = {CLICKER: settings.clicker_code, DASHBOARD: settings.dashboard_code}
        self._codes: Mapping[str, str] = {
            page: code.get_secret_value() for page, code in given.items() if code is not None
        }
        # What is signed for one code is worth nothing once there is another.
        self._purposes = {
            page: f"{page} {hashlib.sha256(code.encode()).hexdigest()}"
            for page, code in self._codes.items()
        }

    def __bool__(self) -> bool:
        return bool(self._codes)

    def require(self, page: str) -> Access:
        """Return the access of a route that asks for the page's code: others get 401 as JSON."""

        def check() -> Response | None:
            return None if self._is_authorized(page) else _unauthorized()

        return self._access(page, check, _too_many_as_json)

    def ask(self, page: str) -> Access:
        """Return the access of the page itself: others get the form; `?code=` logs in."""

        def check() -> Response | None:
            if "code" in request.args:
                return self._log_in(page, request.args["code"], _without_code(page))
            return None if self._is_authorized(page) else self._show_form(page)

        return self._access(page, check, functools.partial(self._too_many, page))

    def _access(
        self,
        page: str,
        check: Callable[[], Response | None],
        too_many: Callable[[RateLimited], Response],
    ) -> Access:
        if page not in self._codes:
            return anybody

        def access(view: View) -> View:
            @functools.wraps(view)
            def answer(**arguments: Any) -> ResponseReturnValue:
                try:
                    refusal = check()
                except RateLimited as error:
                    refusal = too_many(error)
                if refusal is not None:
                    return refusal
                return _private(current_app.make_response(view(**arguments)))

            return answer

        return access

    def pass_on(self, page: str) -> Access:
        """Return the access of a short way to the page, which may bring the code along."""
        if page not in self._codes:
            return anybody

        def access(view: View) -> View:
            @functools.wraps(view)
            def answer(**arguments: Any) -> ResponseReturnValue:
                response = current_app.make_response(view(**arguments))
                try:
                    if "code" in request.args and not self._has_valid_cookie(page):
                        self._remember_if_right(page, response)
                except RateLimited as error:
                    return self._too_many(page, error)
                return response

            return answer

        return access

    def _remember_if_right(self, page: str, response: Response) -> None:
        if self._is_right(page, request.args["code"]):
            self._remember(page, response)

    def submit(self, body: bytes) -> Response:
        """Answer the form: with the page that it was for, or with the form again."""
        fields = parse_qs(body.decode(errors="replace"))
        page, code = (fields.get(name, [""])[0] for name in ("page", "code"))
        if page not in self._codes:
            return error_response(400, "The form names no page that asks for a code")
        try:
            return self._log_in(page, code, page)
        except RateLimited as error:
            return self._too_many(page, error)

    def _log_in(self, page: str, code: str, location: str) -> Response:
        if not self._is_right(page, code):
            return self._show_form(page, WRONG_CODE)
        return self._remember(page, make_response(redirect(location, 303, Response)))

    def _remember(self, page: str, response: Response) -> Response:
        # Without a path it is for the folder of the pages, wherever a proxy shows that.
        response.set_cookie(
            _cookie(page),
            self._signing.sign(self._purposes[page], page),
            max_age=COOKIE_SECONDS,
            path=None,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    def _has_valid_cookie(self, page: str) -> bool:
        cookie = request.cookies.get(_cookie(page))
        return self._signing.checked(self._purposes[page], cookie, COOKIE_SECONDS) is not None

    def _is_authorized(self, page: str) -> bool:
        if self._has_valid_cookie(page):
            return True
        scheme, _, code = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._is_right(page, code.strip())

    def _is_right(self, page: str, code: str) -> bool:
        wanted = self._codes[page]
        if len(wanted) < LONG_CODE:
            # Whoever shares the address of a guesser waits, too: else the code would be found.
            self._guesses.check_allowed()
        is_right = hmac.compare_digest(code.encode(errors="surrogatepass"), wanted.encode())
        if not is_right:
            self._guesses.record_wrong()
        return is_right

    def _show_form(self, page: str, reason: str = "") -> Response:
        response = self._form(page, reason)
        response.status_code = 401
        return response

    def _too_many(self, page: str, error: RateLimited) -> Response:
        response = self._form(page, MANY_CODES)
        response.status_code = 429
        response.headers["Retry-After"] = str(error.seconds)
        return response


def _too_many_as_json(error: RateLimited) -> Response:
    message = f"Too many wrong codes; try again in {error.seconds} s"
    return error_response(429, message, retry_seconds=error.seconds)


def _cookie(page: str) -> str:
    return f"{page.replace('-', '_')}_code"


def _without_code(page: str) -> str:
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "code"]
    return f"{page}?{urlencode(rest)}" if rest else page


def _unauthorized() -> Response:
    response = error_response(401, CODE_REQUIRED)
    response.headers["WWW-Authenticate"] = 'Bearer realm="clicker"'
    return response


def _private(response: Response) -> Response:
    """Let no cache between server and browser keep what a code protects."""
    kept = response.headers.get("Cache-Control", "no-cache")
    if "no-store" not in kept:
        own = [part.strip() for part in kept.split(",")]
        own = [part for part in own if part != "public" and not part.startswith("s-maxage")]
        response.headers["Cache-Control"] = ", ".join(["private", *own])
    return response
