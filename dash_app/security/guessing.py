"""How many wrong access codes an address may send."""

from flask import request

from dash_app.security.buckets import Limit, RateLimited, TokenBuckets
from dash_app.security.client_address import address_of
from dash_app.settings import Settings

WRONG_CODES = Limit("codes", per_second=1, burst=60)
"""For one address: few enough to guess for years, enough for a hall that types the code."""


class CodeGuesses:
    """Counts wrong codes, also where RATE_LIMITS is off: a guesser is no honest load."""

    def __init__(self, settings: Settings, buckets: TokenBuckets) -> None:
        self._hops = settings.trusted_hops
        self._buckets = buckets

    def check_allowed(self) -> None:
        """Raise RateLimited if the address of the request has sent too many wrong codes."""
        if seconds := self._buckets.wait(WRONG_CODES, address_of(request, self._hops)):
            raise RateLimited(seconds)

    def record_wrong(self) -> None:
        """Count a wrong code against the address of the request; raises RateLimited if too many."""
        if seconds := self._buckets.take(WRONG_CODES, address_of(request, self._hops)):
            raise RateLimited(seconds)
