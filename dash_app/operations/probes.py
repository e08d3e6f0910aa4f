"""The routes for operators: liveness, readiness and metrics."""

from typing import Any

import orjson
from flask import Response

from dash_app.consumer.published_state import DISABLED
from dash_app.consumer.service import Service
from dash_app.errors import RETRY_SECONDS, ApiError
from dash_app.operations import health
from dash_app.operations.metrics import CONTENT_TYPE
from dash_app.operations.telemetry import Telemetry
from dash_app.security.access import DASHBOARD, anybody
from dash_app.security.gate import Gate


def mount(service: Service, telemetry: Telemetry, gate: Gate, *, at_root: bool) -> None:
    """Serve the probes under the prefix; with at_root also at the root."""
    needs_code = gate.codes.require(DASHBOARD)
    for each in [gate, gate.at_root()] if at_root and gate.prefix else [gate]:
        each.add("/healthz", healthz, access=anybody)
        each.add("/readyz", lambda: readyz(service), access=anybody)
        each.add("/metrics", lambda: exposition(telemetry), access=needs_code)
    if at_root:
        gate.at_root().add("/robots.txt", lambda: robots(gate.prefix), access=anybody)


def robots(prefix: str) -> Response:
    """Tell search engines to read only the landing page."""
    operators = ("healthz", "readyz", "metrics")
    paths = [f"{base}/{name}" for base in ("", prefix) for name in ("j", *operators)]
    disallowed = "".join(f"Disallow: {path}\n" for path in (f"{prefix}/kafka", *paths))
    return Response(f"User-agent: *\n{disallowed}", mimetype="text/plain")


def healthz() -> Response:
    """Return 200 while this process can answer requests."""
    return _json({"status": "alive"})


def readyz(service: Service) -> Response:
    """Return 200 while clicks are counted and 503 while they are not, with each condition."""
    consumer = service.consumer
    if consumer is None:
        readiness = health.readiness(DISABLED, "kafka-python cannot be imported")
    else:
        # The state first: its explanation may be newer, but never older.
        state, problem = consumer.state, consumer.problem
        incomplete = consumer.snapshot.incomplete
        if not problem and (left := consumer.lab.pause_left):
            problem = f"a presenter paused the counting; it goes on in {left:.0f} s"
        readiness = health.readiness(
            state,
            problem,
            service.warnings,
            incomplete=incomplete,
            clock_skew=service.clock_skew,
        )
    response = _json(readiness.fields(), 200 if readiness.ready else 503)
    if not readiness.ready:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def exposition(telemetry: Telemetry) -> Response:
    """Return the metrics of all processes for Prometheus, or 503 if their folder fails."""
    try:
        body = telemetry.metrics.exposition()
    except OSError as error:
        raise ApiError(503, f"The metrics cannot be written or read: {error.strerror}") from error
    response = Response(body, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _json(fields: dict[str, Any], status: int = 200) -> Response:
    response = Response(orjson.dumps(fields), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
