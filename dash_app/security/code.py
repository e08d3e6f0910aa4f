"""One access code: compared within the limit of guesses, and remembered by a signed cookie."""

import functools
import hashlib
import hmac
from collections.abc import Callable

from flask import Response, request

from dash_app.security.cookies import may_be_framed, set_cookie
from dash_app.security.guessing import CodeGuesses
from dash_app.security.signing import Signing
from dash_app.settings import Settings

COOKIE_SECONDS = 7 * 24 * 3600

LONG_CODE_LENGTH = 12
"""A code with so many characters cannot be guessed, so it is compared without a limit."""


class Code:
    """A code for `name`, from which its cookie has its name; `supply` returns it when needed."""

    def __init__(
        self,
        name: str,
        supply: Callable[[], str],
        settings: Settings,
        signing: Signing,
        guesses: CodeGuesses,
    ) -> None:
        self._name = name
        self._supply = supply
        self._signing = signing
        self._guesses = guesses
        self._framed = may_be_framed(settings)
        self._cookie = f"{name.replace('-', '_')}_code"

    @functools.cached_property
    def _purpose(self) -> str:
        # It contains the code, so a new code makes the cookies of the old one invalid.
        return f"{self._name} {hashlib.sha256(self._supply().encode()).hexdigest()}"

    def has_valid_cookie(self) -> bool:
        """Return whether the request has a cookie of somebody who has entered the code."""
        cookies = request.cookies.getlist(self._cookie)
        if not cookies:
            return False
        return self._signing.verify_any(self._purpose, cookies, COOKIE_SECONDS) is not None

    def is_authorized(self) -> bool:
        """Return whether the request has the cookie, or the code itself. Raises RateLimited."""
        if self.has_valid_cookie():
            return True
        scheme, _, code = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self.check(code.strip())

    def check(self, code: str) -> bool:
        """Return whether the code is right; count a wrong one. Raises RateLimited."""
        expected = self._supply()
        if len(expected) < LONG_CODE_LENGTH:
            # Everybody at a guesser's address waits, or the guesser would find the code.
            self._guesses.check_allowed()
        is_correct = hmac.compare_digest(code.encode(errors="surrogatepass"), expected.encode())
        if not is_correct:
            self._guesses.record_wrong()
        return is_correct

    def remember(self, response: Response) -> Response:
        """Return the response with a cookie for whoever has entered the code."""
        signed = self._signing.sign(self._purpose, self._name)
        set_cookie(response, self._cookie, signed, framed=self._framed, seconds=COOKIE_SECONDS)
        response.headers["Cache-Control"] = "no-store"
        return response
