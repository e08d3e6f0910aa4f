"""Access codes: who may click, and who may see the counts, where a setting asks for a code."""

import functools
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from flask import Response, current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue

from dash_app.errors import failed
from dash_app.pages import clicker, code_form, dashboard
from dash_app.security.limits import Limits, TooMany
from dash_app.security.signing import Signing
from dash_app.settings import Settings

NEEDED = "This needs the access code"
COOKIE_SECONDS = 7 * 24 * 3600

LONG_CODE = 12
"""Characters of a code that nobody guesses, however often: it may be compared without end."""

SHORT_WAY = "/j"
"""Leads to the clicker, and may bring its code along."""

_ROUTES = {
    clicker.NAME: ("/kafka/click", "/kafka/repeat"),
    dashboard.NAME: ("/kafka/timeline", "/kafka/timeline.csv", "/kafka/data", "/metrics"),
}

View = Callable[..., ResponseReturnValue]


def page_of(path: str) -> str | None:
    """Return the page whose code a path under the prefix needs; None: nobody asks for one."""
    for page, routes in _ROUTES.items():
        # With nothing but a slash more the page's address leads to the page.
        is_below = path.startswith(f"/{page}/") and path != f"/{page}/"
        if path in routes or path == f"/{page}" or is_below:
            return page
    return clicker.NAME if path == SHORT_WAY else None


class Access:
    """The codes of one site; a code is given once and remembered by a signed cookie."""

    def __init__(self, settings: Settings, signing: Signing, limits: Limits) -> None:
        self._settings = settings
        self._signing = signing
        self._limits = limits
        given = {clicker.NAME: settings.clicker_code, dashboard.NAME: settings.dashboard_code}
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

    def keeping(self, view: View, path: str) -> View:
        """Return the view of that path for those who know its code; itself where none is asked."""
        page = page_of(path)
        if page is None or page not in self._codes:
            return view

        @functools.wraps(view)
        def answer(**arguments: Any) -> ResponseReturnValue:
            is_page = path == f"/{page}"
            is_seen = is_page or path == SHORT_WAY
            try:
                if is_page and "code" in request.args:
                    return self._enter(page, request.args["code"], _without_code(page))
                if path == SHORT_WAY:
                    return self._pass_on(page, current_app.make_response(view(**arguments)))
                if not self._may(page):
                    return self._refused(page) if is_page else _unauthorized()
            except TooMany as error:
                return self._too_many(page if is_seen else None, error)
            return _private(current_app.make_response(view(**arguments)))

        return answer

    def submitted(self, body: bytes) -> Response:
        """Answer the form of the code_form: the page that it was for, or the form once more."""
        fields = parse_qs(body.decode(errors="replace"))
        page, code = (fields.get(name, [""])[0] for name in ("page", "code"))
        if page not in self._codes:
            return failed(400, "The form names no page that asks for a code")
        try:
            return self._enter(page, code, page)
        except TooMany as error:
            return self._too_many(page, error)

    def _enter(self, page: str, code: str, location: str) -> Response:
        if not self._is_right(page, code):
            return self._refused(page, "wrong_code")
        return self._remember(page, make_response(redirect(location, 303, Response)))

    def _pass_on(self, page: str, response: Response) -> Response:
        code = request.args.get("code")
        if code is None or self._is_known(page) or not self._is_right(page, code):
            return response
        return self._remember(page, response)

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

    def _is_known(self, page: str) -> bool:
        cookie = request.cookies.get(_cookie(page))
        return self._signing.checked(self._purposes[page], cookie, COOKIE_SECONDS) is not None

    def _may(self, page: str) -> bool:
        if self._is_known(page):
            return True
        scheme, _, code = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._is_right(page, code.strip())

    def _is_right(self, page: str, code: str) -> bool:
        wanted = self._codes[page]
        if len(wanted) < LONG_CODE:
            # Whoever shares the address waits with who guesses: else it would be found.
            self._limits.expect_code()
        given = code.encode(errors="surrogatepass")
        is_right = hmac.compare_digest(given, wanted.encode())
        if not is_right:
            self._limits.count_wrong_code()
        return is_right

    def _refused(self, page: str, reason: str = "") -> Response:
        response = code_form.form(self._settings, page, reason, self._base())
        response.status_code = 401
        return response

    def _base(self) -> str:
        """Return what leads from the address that was asked for to the prefix."""
        prefix = self._settings.url_prefix
        return "" if request.path.startswith(f"{prefix}/") else f"{prefix.removeprefix('/')}/"

    def _too_many(self, page: str | None, error: TooMany) -> Response:
        if page is None:
            message = f"Too many wrong codes; try again in {error.seconds} s"
            return failed(429, message, retry_seconds=error.seconds)
        response = code_form.form(self._settings, page, "many_codes", self._base())
        response.status_code = 429
        response.headers["Retry-After"] = str(error.seconds)
        return response


def _cookie(page: str) -> str:
    return f"{page.replace('-', '_')}_code"


def _without_code(page: str) -> str:
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "code"]
    return f"{page}?{urlencode(rest)}" if rest else page


def _unauthorized() -> Response:
    response = failed(401, NEEDED)
    response.headers["WWW-Authenticate"] = 'Bearer realm="clicker"'
    return response


def _private(response: Response) -> Response:
    kept = response.headers.get("Cache-Control", "no-cache")
    if "no-store" not in kept:
        own = [part.strip() for part in kept.split(",")]
        own = [part for part in own if part != "public" and not part.startswith("s-maxage")]
        response.headers["Cache-Control"] = ", ".join(["private", *own])
    return response
