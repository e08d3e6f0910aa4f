"""The routes for those who run the site: does it live, is it ready, what does it count."""

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
    for place in [gate, gate.at_root()] if at_root else [gate]:
        place.add("/healthz", healthz, access=anybody)
        place.add("/readyz", lambda: readyz(service), access=anybody)
        place.add("/metrics", lambda: exposition(telemetry), access=needs_code)
    if at_root:
        gate.at_root().add("/robots.txt", lambda: robots(gate.prefix), access=anybody)


def robots(prefix: str) -> Response:
    """Tell search engines that the landing page is all there is to read."""
    operators = ("healthz", "readyz", "metrics")
    paths = [f"{place}/{name}" for place in ("", prefix) for name in ("j", *operators)]
    closed = "".join(f"Disallow: {path}\n" for path in (f"{prefix}/kafka", *paths))
    return Response(f"User-agent: *\n{closed}", mimetype="text/plain")


def healthz() -> Response:
    """Answer 200 while this process answers at all."""
    return _json({"status": "alive"})


def readyz(service: Service) -> Response:
    """Answer 200 while clicks are counted, 503 while they are not, with each condition."""
    consumer = service.consumer
    if consumer is None:
        found = health.readiness(DISABLED, "kafka-python cannot be imported")
    else:
        # The state first: what explains it may only be newer.
        state = consumer.state
        incomplete = consumer.snapshot.incomplete
        found = health.readiness(state, consumer.problem, consumer.warnings, incomplete=incomplete)
    response = _json(found.fields(), 200 if found.ready else 503)
    if not found.ready:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def exposition(telemetry: Telemetry) -> Response:
    """Answer the numbers of all processes for Prometheus; 503 where their folder fails."""
    try:
        body = telemetry.metrics.exposition()
    except OSError as error:
        raise ApiError(503, f"The metrics cannot be kept or read: {error.strerror}") from error
    response = Response(body, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _json(fields: dict[str, Any], status: int = 200) -> Response:
    response = Response(orjson.dumps(fields), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
