"""Cross-origin requests: pages of this site and of CORS_ORIGINS may use the routes."""

import logging
from urllib.parse import urlsplit

from flask import Response, request

from dash_app.errors import ApiError
from dash_app.logs import LogThrottle
from dash_app.settings import Settings

PREFLIGHT_SECONDS = 600

logger = logging.getLogger(__name__)
logger.addFilter(LogThrottle(times=1, seconds=60))


class Origins:
    """The origins whose pages may use the routes of one site."""

    def __init__(self, settings: Settings) -> None:
        self._allowed_origins = frozenset((settings.cors_origins or "").split())
        self._join_host = _host_of(settings.join_url or "")

    def check(self) -> None:
        """Raise ApiError if the current request writes and comes from a page of another site."""
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        origin = request.headers.get("Origin")
        # Only browsers send an origin, and no page can set either of these two headers.
        if origin is None or request.headers.get("Sec-Fetch-Site") == "same-origin":
            return
        if origin not in self._allowed_origins and _host_of(origin) not in self._own_hosts():
            message = _describe_refusal(origin, request.host)
            logger.warning("%s", message)
            raise ApiError(403, message)

    def _own_hosts(self) -> set[str]:
        # A page that set X-Forwarded-Host would need a preflight request, which is refused.
        proxied = request.headers.get("X-Forwarded-Host", "").split(",")[0].strip()
        return {request.host, proxied, self._join_host} - {""}

    def allow(self, response: Response) -> None:
        """Let pages of the origins in CORS_ORIGINS read the response to the current request."""
        if not self._allowed_origins:
            return
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin not in self._allowed_origins:
            return
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        if request.method == "OPTIONS" and "Allow" in response.headers:
            response.headers["Access-Control-Allow-Methods"] = response.headers["Allow"]
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)


def _describe_refusal(origin: str, host: str) -> str:
    if origin == "null":
        return (
            "Pages without an origin may not post here; a frame with the attribute `sandbox` needs"
            " `allow-same-origin` in it"
        )
    return (
        f"Pages of {origin[:100]} may not post here, since the request is for {host[:100]}; a proxy"
        " in between must send the address of the page, with its port, as Host or X-Forwarded-Host"
        " (nginx: proxy_set_header Host $http_host), and CORS_ORIGINS names other sites that may"
    )


def _host_of(address: str) -> str:
    """Return the host and port of a URL, or an empty text if it has none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
