"""The limit of wrong access codes for each address."""

from flask import request

from dash_app.security.buckets import Limit, RateLimited, TokenBuckets
from dash_app.security.client_address import client_address
from dash_app.settings import Settings

WRONG_CODES = Limit("codes", per_second=1, burst=60)
"""For one address: guessing takes years, and a whole hall can still mistype the code."""


class CodeGuesses:
    """Counts wrong codes of each address, also if RATE_LIMITS is off."""

    def __init__(self, settings: Settings, buckets: TokenBuckets) -> None:
        self._hops = settings.trusted_hops
        self._buckets = buckets

    def check_allowed(self) -> None:
        """Raise RateLimited if the address of the request has sent too many wrong codes."""
        if seconds := self._buckets.wait(WRONG_CODES, client_address(request, self._hops)):
            raise RateLimited(seconds)

    def record_wrong(self) -> None:
        """Count a wrong code of the request's address; raises RateLimited after too many."""
        if seconds := self._buckets.take(WRONG_CODES, client_address(request, self._hops)):
            raise RateLimited(seconds)
