"""The REST routes: one way to send clicks, one to read what was counted; every error is JSON."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from dash_app.consumer.service import Service
from dash_app.errors import answer_http_error
from dash_app.operations.telemetry import Telemetry
from dash_app.security import headers
from dash_app.security.access import CLICKER, DASHBOARD, Access, View, anybody
from dash_app.security.gate import Gate
from dash_app.security.limits import ClickLimits
from dash_app.web import clicks, counts, responses, unknown
from dash_app.web.bodies import body_of

NAME = "kafka_clicker"
"""The name of the blueprint, by which a host exempts the routes from what it does to its own."""


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

    tap, look = gate.codes.require(CLICKER), gate.codes.require(DASHBOARD)
    timelines, lists = responses.TimelineAnswers(), responses.DataAnswers()
    post = lambda: clicks.click(service, telemetry, limits)  # noqa: E731
    add("/kafka/click", post, access=tap, cors=True, method="POST")
    add("/kafka/repeat", lambda: counts.repeat(service), access=tap, cors=True)
    add(
        "/kafka/timeline",
        lambda: counts.timeline(service, telemetry, timelines),
        access=look,
        cors=True,
    )
    add("/kafka/timeline.csv", lambda: counts.timeline_csv(service), access=look, cors=True)
    add("/kafka/data", lambda: counts.data(service, lists), access=look, cors=True)
    add("/openapi.json", lambda: description(gate.prefix), access=anybody, cors=False)
    if gate.codes:
        submit = lambda: gate.codes.submit(body_of(request, service.body_slots))  # noqa: E731
        add("/code", submit, access=anybody, cors=False, method="POST")
    unknown.mount(routes, gate)
    # What a host's hooks abort with; other errors of a host are the host's to handle.
    routes.register_error_handler(HTTPException, answer_http_error)
    return routes


def description(prefix: str) -> Response:
    """Answer the document that describes the REST routes, as this client sees their paths."""
    from dash_app.web.openapi import document  # noqa: PLC0415 - few ask for it

    response = Response(document(f"{request.root_path}{prefix}"), mimetype="application/json")
    response.headers["Cache-Control"] = headers.FRESH
    return response
