"""Requests that follow no redirect."""

import urllib.request
from typing import Any


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Makes a redirect an error: a request's secret and trust in its answer are for one host."""

    def redirect_request(self, *_: Any) -> None:
        """Return None, as urllib wants it."""
