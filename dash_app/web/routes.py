"""The REST routes: one way to send clicks, one way to read the counts; every error is JSON."""

import functools

from flask import Response, request

from dash_app.consumer.service import Service
from dash_app.operations.telemetry import Telemetry
from dash_app.security import headers
from dash_app.security.access import CLICKER, DASHBOARD, anybody
from dash_app.security.gate import Gate
from dash_app.security.limits import ClickLimits
from dash_app.web import clicks, counts, responses, unknown
from dash_app.web.bodies import request_body


def mount(service: Service, telemetry: Telemetry, limits: ClickLimits, gate: Gate) -> None:
    """Serve the REST routes, and every path under the prefix that nothing else serves."""
    clicker, dashboard = gate.codes.require(CLICKER), gate.codes.require(DASHBOARD)
    reactions = service.settings.reactions
    timelines, lists = responses.TimelineResponses(reactions), responses.DataResponses(reactions)
    post = lambda: clicks.click(service, telemetry, limits)  # noqa: E731
    add = functools.partial(gate.add, cors=True)
    add("/kafka/click", post, access=clicker, method="POST")
    add("/kafka/repeat", lambda: counts.repeat(service), access=clicker)
    add(
        "/kafka/timeline",
        lambda: counts.timeline(service, telemetry, timelines),
        access=dashboard,
    )
    add("/kafka/timeline.csv", lambda: counts.timeline_csv(service), access=dashboard)
    add("/kafka/data", lambda: counts.data(service, lists), access=dashboard)
    gate.add("/openapi.json", lambda: openapi(gate.prefix), access=anybody)
    if gate.codes:
        submit = lambda: gate.codes.submit(request_body(request, service.code_slots))  # noqa: E731
        gate.add("/code", submit, access=anybody, method="POST")
    unknown.mount(gate)


def openapi(prefix: str) -> Response:
    """Return the OpenAPI document, with the paths of the routes as this client sees them."""
    from dash_app.web.openapi import document  # noqa: PLC0415 - rarely requested

    response = Response(document(f"{request.root_path}{prefix}"), mimetype="application/json")
    response.headers["Cache-Control"] = headers.FRESH
    return response
