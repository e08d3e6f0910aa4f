"""A reverse proxy in front of a site, as docs/mounting.md sets nginx up."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.exceptions import NotFound

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OUTSIDE = "/tools"


class Proxy:
    """Shows an application at `/tools/` of https://example.org, and nothing beside it."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Hand a request on without the path of the proxy, and say in its headers what it was."""
        path = environ["PATH_INFO"]
        if not path.startswith(f"{OUTSIDE}/"):
            return NotFound()(environ, start)
        headers = {
            "HTTP_X_FORWARDED_FOR": environ.get("REMOTE_ADDR", "127.0.0.1"),
            "HTTP_X_FORWARDED_PROTO": environ["wsgi.url_scheme"],
            "HTTP_X_FORWARDED_HOST": environ["HTTP_HOST"],
            "HTTP_X_FORWARDED_PREFIX": OUTSIDE,
        }
        inside = {"PATH_INFO": path.removeprefix(OUTSIDE), "HTTP_HOST": "127.0.0.1:8000"}
        return self._application({**environ, **inside, **headers}, start)
