"""How much may come from one visitor: by a signed anonymous id, and without one by address."""

import math
import secrets

from flask import Flask, Response, after_this_request, request
from flask_limiter import Limiter
from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond

from dash_app.security import buckets
from dash_app.security.client_address import address_of
from dash_app.security.signing import Signing
from dash_app.settings import Settings

COOKIE = "kafka_clicker_id"
ID_SECONDS = 24 * 3600
"""How long an id is taken for; after that its browser gets another one."""

_WRONG_CODES = RateLimitItemPerMinute(60)
"""For one address: few enough to guess for years, enough for a hall that types the code."""


class TooMany(Exception):
    """The limit is reached; `seconds` says after how many there is room again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many; there is room again in {seconds} s")
        self.seconds = seconds


class Limits:
    """The limits of one process."""

    def __init__(self, settings: Settings, signing: Signing) -> None:
        self._is_on = settings.rate_limits == "on"
        self._signing = signing
        self._hops = settings.trusted_hops
        burst = settings.burst_seconds
        self._per_id = RateLimitItemPerSecond(settings.clicks_per_id * burst, burst)
        self._per_address = RateLimitItemPerSecond(settings.clicks_per_address)
        self._new_ids = RateLimitItemPerSecond(settings.new_ids_per_address)
        # On a server of its own: it would look at each request of a host, and set the host's
        # configuration. Its decorators cost more than the rest of a click; its strategy does not.
        self._extension = Limiter(
            lambda: address_of(request, self._hops),
            app=Flask(__name__),
            storage_uri=f"{buckets.SCHEME}://",
            strategy="moving-window",
        )
        self._strategy = self._extension.limiter

    def admit(self, clicks: int) -> None:
        """Let so many clicks of the current request in; raises TooMany, and counts none then.

        A browser without an id gets one with the answer, if its address has not had too many.
        """
        if not self._is_on:
            return
        visitor = self._signing.checked("id", request.cookies.get(COOKIE), ID_SECONDS)
        if visitor is not None:
            self._take(self._per_id, "id", visitor, clicks)
            return
        address = address_of(request, self._hops)
        if self._strategy.hit(self._new_ids, "new ids", address):
            after_this_request(self._introduce)
        self._take(self._per_address, "address", address, clicks)

    def expect_code(self) -> None:
        """Say that an access code is to be compared; raises TooMany after too many wrong ones.

        Also where RATE_LIMITS is off: a guesser is no honest load.
        """
        if not self._strategy.test(_WRONG_CODES, "codes", address_of(request, self._hops)):
            raise self._too_many_codes()

    def count_wrong_code(self) -> None:
        """Count a wrong access code against its address; raises TooMany where it had too many."""
        if not self._strategy.hit(_WRONG_CODES, "codes", address_of(request, self._hops)):
            raise self._too_many_codes()

    @staticmethod
    def _too_many_codes() -> TooMany:
        return TooMany(math.ceil(_WRONG_CODES.get_expiry() / _WRONG_CODES.amount))

    def _take(self, limit: RateLimitItem, kind: str, who: str, amount: int) -> None:
        if not self._strategy.hit(limit, kind, who, cost=amount):
            left = self._strategy.get_window_stats(limit, kind, who).remaining
            missing = min(amount, limit.amount) - left
            raise TooMany(max(1, math.ceil(missing * limit.get_expiry() / limit.amount)))

    def _introduce(self, response: Response) -> Response:
        signed = self._signing.sign("id", secrets.token_urlsafe(12))
        # Without a path it is for the folder of the click route, wherever a proxy shows that.
        response.set_cookie(
            COOKIE, signed, path=None, secure=request.is_secure, httponly=True, samesite="Lax"
        )
        return response
