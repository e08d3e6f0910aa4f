"""The limits of clicks for each visitor: by a signed anonymous id, or by address without one."""

import secrets

from flask import Response, after_this_request, request

from dash_app.security.buckets import Limit, RateLimited, TokenBuckets
from dash_app.security.client_address import client_address
from dash_app.security.cookies import may_be_framed, set_cookie
from dash_app.security.signing import Signing
from dash_app.settings import Settings

COOKIE = "kafka_clicker_id"
ID_SECONDS = 24 * 3600
"""The time for which an id is valid; after it the browser gets a new one."""


class ClickLimits:
    """Limits the clicks of each visitor, unless RATE_LIMITS is off."""

    def __init__(self, settings: Settings, signing: Signing, buckets: TokenBuckets) -> None:
        self._is_on = settings.rate_limits == "on"
        self._signing = signing
        self._hops = settings.trusted_hops
        self._framed = may_be_framed(settings)
        self._buckets = buckets
        per_id, per_address = settings.clicks_per_id, settings.clicks_per_address
        new_ids = settings.new_ids_per_address
        self._per_id = Limit("id", per_id, per_id * settings.burst_seconds)
        self._per_address = Limit("address", per_address, per_address)
        self._new_ids = Limit("new ids", new_ids, new_ids)

    def admit(self, clicks: int) -> None:
        """Count the clicks of the current request; if there are too many, raise RateLimited.

        RateLimited means that none of them was counted. A browser without an id gets one with the
        response, unless its address has got too many.
        """
        if not self._is_on:
            return
        visitor = self._signing.verify_any("id", request.cookies.getlist(COOKIE), ID_SECONDS)
        if visitor is not None:
            seconds = self._buckets.take(self._per_id, visitor, clicks)
        else:
            address = client_address(request, self._hops)
            if not self._buckets.take(self._new_ids, address):
                after_this_request(self._set_id)
            seconds = self._buckets.take(self._per_address, address, clicks)
        if seconds:
            raise RateLimited(seconds)

    def _set_id(self, response: Response) -> Response:
        signed = self._signing.sign("id", secrets.token_urlsafe(12))
        set_cookie(response, COOKIE, signed, framed=self._framed)
        return response
