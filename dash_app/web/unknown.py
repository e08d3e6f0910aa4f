"""The rules for paths and methods under the prefix that no other rule handles."""

import functools

from flask import Response, current_app, request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import BaseConverter

from dash_app.errors import not_found
from dash_app.security.access import anybody
from dash_app.security.gate import Gate

METHODS = ["GET", "HEAD", "POST", "PATCH", "DELETE"]
"""The methods that some rule under the prefix handles."""

ANYTHING = "kafka_clicker_anything"
"""The name of the converter for any rest of a path, slashes and line ends included."""

REST = f"<{ANYTHING}:path>"


class Anything(BaseConverter):
    """Matches every rest of a path, after all other rules."""

    part_isolating = False
    regex = "(?s:.*)"
    weight = 1000


def mount(gate: Gate) -> None:
    """Handle every path and method under the prefix that has no rule of its own."""
    gate.routes.record(functools.partial(_add_rules, gate=gate))


def _add_rules(state: BlueprintSetupState, gate: Gate) -> None:
    state.app.url_map.converters[ANYTHING] = Anything
    for name, paths, cors in (
        ("unknown", ["", f"/{REST}"], False),
        ("unknown_kafka", [f"/kafka/{REST}"], True),
    ):
        endpoint = f"{state.blueprint.name}.{name}"
        for path in [path for path in paths if state.url_prefix or path]:
            # A rule without methods matches all methods, and Flask's add_url_rule cannot add one.
            rule = state.app.url_rule_class(f"{state.url_prefix}{path}", endpoint=endpoint)
            state.app.url_map.add(rule)
        guarded = gate.guard(unknown, route="unknown", access=anybody, cors=cors)
        state.app.view_functions[endpoint] = guarded


def unknown(**_: str) -> Response:
    """Answer OPTIONS with the methods of the path, and 405 for its other methods.

    A path without any method is answered with 404.
    """
    allowed = [method for method in METHODS if _has_rule(method)]
    if not allowed:
        return not_found()
    allowed.append("OPTIONS")
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": ", ".join(allowed)})
    raise MethodNotAllowed(valid_methods=allowed)


def _has_rule(method: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    try:
        rule, _ = adapter.match(method=method, return_rule=True) if adapter else (None, None)
    except HTTPException:
        return False
    # The rules of this module have no methods.
    return rule is not None and rule.methods is not None
