"""Which pages may use the routes: those of this site, and those that CORS_ORIGINS names."""

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from dash_app.errors import ApiError
from dash_app.settings import Settings

PREFLIGHT_SECONDS = 600


class Origins:
    """The origins of one site."""

    def __init__(self, settings: Settings) -> None:
        self._named = frozenset((settings.cors_origins or "").split())
        self._join_host = _host_of(settings.join_url or "")

    def reject_cross_origin_posts(
        self, view: Callable[..., ResponseReturnValue]
    ) -> Callable[..., ResponseReturnValue]:
        """Return the view for all requests but those that pages of other sites post.

        It raises ApiError for these.
        """

        @functools.wraps(view)
        def answer(**arguments: Any) -> ResponseReturnValue:
            if request.method == "POST":
                self._refuse_foreign()
            return view(**arguments)

        return answer

    def _refuse_foreign(self) -> None:
        origin = request.headers.get("Origin")
        # Only browsers send an origin, and no page can write either of these two headers.
        if origin is None or request.headers.get("Sec-Fetch-Site") == "same-origin":
            return
        if origin not in self._named and _host_of(origin) not in self._own_hosts():
            raise ApiError(403, f"Pages of {origin} may not post here; CORS_ORIGINS names who may")

    def _own_hosts(self) -> set[str]:
        # A page that wrote X-Forwarded-Host would have to ask first, and be refused.
        proxied = request.headers.get("X-Forwarded-Host", "").split(",")[0].strip()
        return {request.host, proxied, self._join_host} - {""}

    def with_cors(self, view: Callable[..., ResponseReturnValue]) -> Callable[..., Response]:
        """Return the view with its responses opened to pages of the origins in CORS_ORIGINS."""

        @functools.wraps(view)
        def answer(**arguments: Any) -> Response:
            response: Response = current_app.make_response(view(**arguments))
            if self._named:
                self._share(response)
            return response

        return answer

    def _share(self, response: Response) -> None:
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin not in self._named:
            return
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        if request.method == "OPTIONS" and "Allow" in response.headers:
            response.headers["Access-Control-Allow-Methods"] = response.headers["Allow"]
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)


def _host_of(address: str) -> str:
    """Return the host and port in an address; nothing where it has none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
