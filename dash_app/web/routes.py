"""The REST routes: one way to send clicks, one way to read the counts; every error is JSON."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from dash_app.consumer.service import Service
from dash_app.errors import http_error_response
from dash_app.operations.telemetry import Telemetry
from dash_app.security import headers
from dash_app.security.access import CLICKER, DASHBOARD, Access, View, anybody
from dash_app.security.gate import Gate
from dash_app.security.limits import ClickLimits
from dash_app.web import clicks, counts, responses, unknown
from dash_app.web.bodies import request_body

NAME = "kafka_clicker"
"""The name of the blueprint; with it a host exempts the routes from its own rules."""


def blueprint(service: Service, telemetry: Telemetry, limits: ClickLimits, gate: Gate) -> Blueprint:
    """Return the routes under `settings.url_prefix` as one blueprint."""
    routes = Blueprint(NAME, __name__, url_prefix=gate.prefix)

    def add(path: str, view: View, *, access: Access, cors: bool, method: str = "GET") -> None:
        guarded = gate.guard(view, route=path, access=access, cors=cors)
        endpoint = path.rpartition("/")[2].replace(".", "_")
        # The rule for all other methods answers OPTIONS.
        routes.add_url_rule(
            path, endpoint, guarded, methods=[method], provide_automatic_options=False
        )

    clicker, dashboard = gate.codes.require(CLICKER), gate.codes.require(DASHBOARD)
    timelines, lists = responses.TimelineResponses(), responses.DataResponses()
    post = lambda: clicks.click(service, telemetry, limits)  # noqa: E731
    add("/kafka/click", post, access=clicker, cors=True, method="POST")
    add("/kafka/repeat", lambda: counts.repeat(service), access=clicker, cors=True)
    add(
        "/kafka/timeline",
        lambda: counts.timeline(service, telemetry, timelines),
        access=dashboard,
        cors=True,
    )
    add("/kafka/timeline.csv", lambda: counts.timeline_csv(service), access=dashboard, cors=True)
    add("/kafka/data", lambda: counts.data(service, lists), access=dashboard, cors=True)
    gate.add("/openapi.json", lambda: openapi(gate.prefix), access=anybody)
    if gate.codes:
        submit = lambda: gate.codes.submit(request_body(request, service.code_slots))  # noqa: E731
        add("/code", submit, access=anybody, cors=False, method="POST")
    unknown.mount(routes, gate)
    # A host's hook may abort a request here; the host handles its other errors itself.
    routes.register_error_handler(HTTPException, http_error_response)
    return routes


def openapi(prefix: str) -> Response:
    """Return the OpenAPI document, with the paths of the routes as this client sees them."""
    from dash_app.web.openapi import document  # noqa: PLC0415 - rarely requested

    response = Response(document(f"{request.root_path}{prefix}"), mimetype="application/json")
    response.headers["Cache-Control"] = headers.FRESH
    return response
