"""The limits of clicks for each visitor: by a signed anonymous id, or by address without one."""

from flask import request

from dash_app.security.buckets import Limit, RateLimited, TokenBuckets
from dash_app.security.client_address import client_address
from dash_app.security.visitors import Visitors
from dash_app.settings import Settings


class ClickLimits:
    """Limits the clicks of each visitor, unless RATE_LIMITS is off."""

    def __init__(self, settings: Settings, visitors: Visitors, buckets: TokenBuckets) -> None:
        self._is_on = settings.rate_limits == "on"
        self.visitors = visitors
        self._hops = settings.trusted_hops
        self._buckets = buckets
        per_id, per_address = settings.clicks_per_id, settings.clicks_per_address
        new_ids = settings.new_ids_per_address
        self._per_id = Limit("id", per_id, per_id * settings.burst_seconds)
        self._per_address = Limit("address", per_address, per_address)
        self._new_ids = Limit("new ids", new_ids, new_ids)

    def admit(self, clicks: int, client: str | None) -> str | None:
        """Count the clicks of the current request; return whose they are, or None: nobody knows.

        If there are too many, it counts none of them and raises RateLimited. A browser without an
        id gets one with the response, unless its address has got too many.
        """
        visitor = self.visitors.current()
        if not self._is_on:
            return visitor or (client and self.visitors.bring(client))
        if visitor is not None:
            seconds = self._buckets.take(self._per_id, visitor, clicks)
        else:
            address = client_address(request, self._hops)
            if not self._buckets.take(self._new_ids, address):
                visitor = self.visitors.bring(client)
            seconds = self._buckets.take(self._per_address, address, clicks)
        if seconds:
            raise RateLimited(seconds)
        return visitor
