"""Access codes: who may send clicks and who may see the counts, if the settings demand a code."""

import functools
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from flask import Response, current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue

from dash_app.errors import error_response
from dash_app.security.buckets import RateLimited
from dash_app.security.code import Code
from dash_app.security.cookies import may_be_framed
from dash_app.security.guessing import CodeGuesses
from dash_app.security.presenter import Presenter, too_many_codes
from dash_app.security.signing import Signing
from dash_app.settings import Settings

CLICKER = "kafka-clicker"
DASHBOARD = "kafka-dashboard"
REPORT = "kafka-report"
TALKS = "kafka-talks"
LAB = "kafka-lab"
"""The pages that can have a code, named by the last part of their paths."""

_RESULTS = (DASHBOARD, REPORT, TALKS, LAB)
"""The pages that show counts: the dashboard's code opens each of them."""

View = Callable[..., ResponseReturnValue]

Access = Callable[[View], View]
"""A decorator that admits some requests to a view: `anybody`, or what a method of Codes returns."""

CODE_REQUIRED = "This needs the access code"

WRONG_CODE = "wrong_code"
MANY_CODES = "many_codes"
NO_COOKIE = "no_cookie"
"""The reasons why the form is shown again; keys of the catalogue of texts."""

Form = Callable[[str, str, str], Response]
"""Returns the form for a page's code; the other arguments are one of the reasons above, or empty,
and the query of the page's address."""


def anybody(view: View) -> View:
    """Return the view as it is: the route needs no code."""
    return view


class Codes:
    """The access codes of one site; a signed cookie remembers who has entered one.

    The methods that return an Access check the code before they call the view. A page without a
    code is open. `presenter` tells who may change talks.
    """

    def __init__(
        self,
        settings: Settings,
        signing: Signing,
        guesses: CodeGuesses,
        form: Form,
        presenter: Presenter | None = None,
    ) -> None:
        self._form = form
        self._framed = may_be_framed(settings)
        self.presenter = Presenter() if presenter is None else presenter
        settings_by_page = {CLICKER: settings.clicker_code, DASHBOARD: settings.dashboard_code}
        self._codes: dict[str, Code] = {
            page: Code(page, code.get_secret_value, settings, signing, guesses)
            for page, code in settings_by_page.items()
            if code is not None
        }
        if DASHBOARD in self._codes:
            self._codes |= dict.fromkeys(_RESULTS, self._codes[DASHBOARD])

    def __bool__(self) -> bool:
        return bool(self._codes)

    def require(self, page: str) -> Access:
        """Return a decorator that answers 401 without the page's code."""

        def check() -> Response | None:
            return None if self._codes[page].is_authorized() else _unauthorized()

        return self._access(page, check, too_many_codes)

    def require_or_show_form(self, page: str) -> Access:
        """Return a decorator of the page itself: `?code=` logs in, no code shows the form.

        A page that shows counts takes the presenter's code from its address as well.
        """

        def check() -> Response | None:
            code = request.args.get("code")
            if code is None:
                return None if self._codes[page].is_authorized() else self._form_response(page)
            query = _without_code(request.args.items(multi=True))
            if self._codes[page].has_valid_cookie():
                return _redirect(page, query)
            if not code:
                return self._form_response(page, NO_COOKIE if self._framed else "")
            return self._log_in(page, code, query)

        access = self._access(page, check, functools.partial(self._too_many, page))
        if page not in _RESULTS:
            return access
        return lambda view: access(self.presenter.take_code(view))

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
            def checked_view(**arguments: Any) -> ResponseReturnValue:
                try:
                    refusal = check()
                except RateLimited as error:
                    refusal = too_many(error)
                if refusal is not None:
                    return refusal
                return _private(current_app.make_response(view(**arguments)))

            return checked_view

        return access

    def log_in_and_redirect(self, page: str) -> Access:
        """Return a decorator of a redirect to the page: a right `?code=` in its address logs in."""
        if page not in self._codes:
            return anybody

        def access(view: View) -> View:
            @functools.wraps(view)
            def checked_view(**arguments: Any) -> ResponseReturnValue:
                response = current_app.make_response(view(**arguments))
                try:
                    if "code" in request.args and not self._codes[page].has_valid_cookie():
                        self._remember_if_correct(page, response)
                except RateLimited as error:
                    return self._too_many(page, error)
                return response

            return checked_view

        return access

    def _remember_if_correct(self, page: str, response: Response) -> None:
        if self._codes[page].check(request.args["code"]):
            self._codes[page].remember(response)

    def submit(self, body: bytes) -> Response:
        """Handle the form: redirect to its page, or return the form again."""
        fields = parse_qs(body.decode(errors="replace"))
        page, code, query = (fields.get(name, [""])[0] for name in ("page", "code", "query"))
        if page not in self._codes:
            return error_response(400, "The form names no page that asks for a code")
        try:
            return self._log_in(page, code, _without_code(parse_qsl(query)))
        except RateLimited as error:
            return self._too_many(page, error)

    def _log_in(self, page: str, code: str, query: str) -> Response:
        if not self._codes[page].check(code):
            return self._form_response(page, WRONG_CODE, query)
        if self._framed:
            # Without its cookie the page sees by this that the browser did not keep it.
            query = f"{query}&code=" if query else "code="
        return self._codes[page].remember(_redirect(page, query))

    def _form_response(self, page: str, reason: str = "", query: str | None = None) -> Response:
        if query is None:
            query = _without_code(request.args.items(multi=True))
        response = self._form(page, reason, query)
        response.status_code = 401
        return response

    def _too_many(self, page: str, error: RateLimited) -> Response:
        response = self._form_response(page, MANY_CODES)
        response.status_code = 429
        response.headers["Retry-After"] = str(error.seconds)
        return response


def _without_code(query: Iterable[tuple[str, str]]) -> str:
    return urlencode([(name, value) for name, value in query if name != "code"])


def _redirect(page: str, query: str) -> Response:
    return make_response(redirect(f"{page}?{query}" if query else page, 303, Response))


def _unauthorized() -> Response:
    response = error_response(401, CODE_REQUIRED)
    response.headers["WWW-Authenticate"] = 'Bearer realm="clicker"'
    return response


def _private(response: Response) -> Response:
    """Forbid shared caches to store a response that a code protects."""
    directives = response.headers.get("Cache-Control", "no-cache").replace(" ", "").split(",")
    if "no-store" not in directives:
        shared = ("public", "s-maxage")
        others = [each for each in directives if not each.startswith(shared)]
        response.headers["Cache-Control"] = ", ".join(["private", *others])
    return response
