"""The gate that every route is registered through: access, origins, headers and metrics."""

import copy
import functools
from collections.abc import Callable
from typing import Any, Self

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from dash_app.errors import http_error_response, json_errors
from dash_app.security.access import Access, Codes, View
from dash_app.security.headers import SECURITY_HEADERS
from dash_app.security.origins import Origins
from dash_app.settings import Settings

NAME = "kafka_clicker"
"""The name of the blueprint; with it a host exempts all routes from its own rules."""

OnResponse = Callable[[str, str, int], None]
"""Called after each response with its route, the request's method and the status."""


class Gate:
    """Collects the routes of one site in a blueprint, which `register` puts on the server.

    Each route names its access, because no default may open a route. Pages of the origins in
    CORS_ORIGINS may read the routes with `cors`.
    """

    def __init__(
        self,
        server: Flask,
        settings: Settings,
        codes: Codes,
        on_response: OnResponse,
        name: str = NAME,
    ) -> None:
        self.server = server
        self.codes = codes
        self.prefix = settings.url_prefix
        self.routes = Blueprint(name, __name__, url_prefix=self.prefix)
        # A host's hook may abort a request here; the host handles its other errors itself.
        self.routes.register_error_handler(HTTPException, http_error_response)
        self._is_at_root = False
        self._endpoints: set[str] = set()
        self._origins = Origins(settings)
        self._on_response = on_response

    def at_root(self) -> Self:
        """Return a gate for the root of the server, outside the prefix and the blueprint."""
        gate = copy.copy(self)
        gate.prefix = ""
        gate._is_at_root = True
        return gate

    def register(self) -> None:
        """Put the routes on the server."""
        self.server.register_blueprint(self.routes)

    def add(
        self, path: str, view: View, *, access: Access, cors: bool = False, method: str = "GET"
    ) -> None:
        """Serve requests of a path under the prefix; a second method of it has another endpoint."""
        guarded = self.guard(view, route=path or "/", access=access, cors=cors)
        if self._is_at_root:
            self.server.add_url_rule(path, path, guarded, methods=[method])
        elif path or self.prefix:
            # The rule for all other methods, in web/unknown.py, answers OPTIONS.
            endpoint = _endpoint(path)
            if endpoint in self._endpoints:
                endpoint = f"{endpoint}_{method.lower()}"
            self._endpoints.add(endpoint)
            self.routes.add_url_rule(
                path, endpoint, guarded, methods=[method], provide_automatic_options=False
            )

    def guard(self, view: View, *, route: str, access: Access, cors: bool = False) -> View:
        """Return the view behind the gate; `route` is its name in the metrics.

        The returned view raises no error: it answers each error as JSON.
        """
        admitted = access(view)

        @json_errors
        def safe_view(**arguments: Any) -> ResponseReturnValue:
            self._origins.check()
            return admitted(**arguments)

        @functools.wraps(view)
        def guarded_view(**arguments: Any) -> Response:
            response: Response = current_app.make_response(safe_view(**arguments))
            if cors:
                self._origins.allow(response)
            for name, value in SECURITY_HEADERS.items():
                response.headers[name] = value
            self._on_response(route, request.method, response.status_code)
            return response

        return guarded_view


def _endpoint(path: str) -> str:
    """Return the name of a route for `url_for`; a dot would begin another blueprint's."""
    return path[1:].removeprefix("kafka/").replace(".", "_") or ("home" if path else "base")
