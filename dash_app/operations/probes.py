"""The routes for those who run the site: does it live, is it ready, what does it count."""

import functools
from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue

from dash_app.consumer.reading import DISABLED
from dash_app.consumer.service import Service
from dash_app.errors import RETRY_SECONDS, Failure
from dash_app.operations import health
from dash_app.operations.metrics import CONTENT_TYPE
from dash_app.security import headers


def mount(server: Flask, service: Service, *, at_root: bool) -> None:
    """Serve the probes under the prefix; with at_root also at the root."""
    prefix = service.settings.url_prefix
    views = {
        "/healthz": healthz,
        "/readyz": lambda: readyz(service),
        "/metrics": lambda: exposition(service),
        "/openapi.json": lambda: described(prefix),
    }
    for path, view in views.items():
        for place in [prefix, ""] if at_root and path != "/openapi.json" else [prefix]:
            server.add_url_rule(f"{place}{path}", f"{place}{path}", view)
    if at_root:
        server.add_url_rule("/robots.txt", "/robots.txt", lambda: robots(prefix))


def counted(
    view: Callable[..., ResponseReturnValue], route: str, service: Service
) -> Callable[..., Response]:
    """Return the view with its answers counted under the name of its route."""

    @functools.wraps(view)
    def answer(**arguments: Any) -> Response:
        response: Response = current_app.make_response(view(**arguments))
        service.answered(route, request.method, response.status_code)
        return response

    return answer


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


def exposition(service: Service) -> Response:
    """Answer the numbers of all processes for Prometheus; 503 where their folder fails."""
    try:
        body = service.metrics.exposition()
    except OSError as error:
        raise Failure(503, f"The metrics cannot be kept or read: {error.strerror}") from error
    response = Response(body, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def described(prefix: str) -> Response:
    """Answer the document that describes the REST routes, as this client sees their paths."""
    from dash_app.web.openapi import document  # noqa: PLC0415 - few ask for it

    response = Response(document(f"{request.root_path}{prefix}"), mimetype="application/json")
    response.headers["Cache-Control"] = headers.FRESH
    return response


def _json(fields: dict[str, Any], status: int = 200) -> Response:
    response = Response(orjson.dumps(fields), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
