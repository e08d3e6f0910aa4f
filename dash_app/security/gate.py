"""The gate that every route is registered through: access, origins, headers and metrics."""

import copy
import functools
from collections.abc import Callable
from typing import Any, Self

from flask import Flask, Response, current_app, request
from werkzeug.routing import Rule

from dash_app.errors import json_errors
from dash_app.security.access import Access, Codes, View
from dash_app.security.headers import with_security_headers
from dash_app.security.origins import Origins
from dash_app.security.pieces import send_in_pieces
from dash_app.settings import Settings

OnResponse = Callable[[str, str, int], None]
"""Called after each response with its route, the request's method and the status."""


class Gate:
    """Registers the routes of one site on a Flask server.

    Each route names its access, because no default may open a route. Pages of the origins in
    CORS_ORIGINS may read the routes with `cors`.
    """

    def __init__(
        self, server: Flask, settings: Settings, codes: Codes, on_response: OnResponse
    ) -> None:
        self.server = server
        self.codes = codes
        self.prefix = settings.url_prefix
        self._origins = Origins(settings)
        self._on_response = on_response

    def at_root(self) -> Self:
        """Return a gate for the root of the server, without the prefix."""
        gate = copy.copy(self)
        gate.prefix = ""
        return gate

    def add(self, path: str, view: View, *, access: Access) -> None:
        """Serve GET requests of a path under the prefix."""
        guarded = self.guard(view, route=path or "/", access=access)
        rule = f"{self.prefix}{path}"
        # Under the prefix the rule in web/unknown.py answers OPTIONS, elsewhere Flask does.
        automatic = False if self.prefix else None
        self.server.add_url_rule(rule, rule, guarded, provide_automatic_options=automatic)

    def adopt(self, rule: Rule, view: View, *, access: Access) -> None:
        """Replace the view of a rule that Dash has added."""
        guarded = self.guard(view, route=rule.rule.removeprefix(self.prefix), access=access)
        self.server.view_functions[rule.endpoint] = guarded
        # Flask's answer to OPTIONS would name no method, since web/unknown.py takes all of them.
        if rule.methods is not None:
            rule.methods.discard("OPTIONS")
            rule.provide_automatic_options = False  # type: ignore[attr-defined]

    def guard(self, view: View, *, route: str, access: Access, cors: bool = False) -> View:
        """Return the view behind the gate; `route` is its name in the metrics.

        The returned view raises no error: it answers each error as JSON.
        """
        guarded = json_errors(self._origins.reject_cross_origin_posts(access(view)))
        guarded = send_in_pieces(guarded)
        if cors:
            guarded = self._origins.with_cors(guarded)
        return self._with_request_metrics(with_security_headers(guarded), route)

    def _with_request_metrics(self, view: View, route: str) -> View:
        @functools.wraps(view)
        def measured_view(**arguments: Any) -> Response:
            response: Response = current_app.make_response(view(**arguments))
            self._on_response(route, request.method, response.status_code)
            return response

        return measured_view
