"""The routes that read the counts."""

import time
from datetime import UTC, datetime

import orjson
from flask import Response, request

from dash_app.consumer.consumer import Consumer
from dash_app.consumer.service import Service
from dash_app.counting.windows import DEFAULT_WINDOW, WINDOWS
from dash_app.errors import ApiError
from dash_app.operations.telemetry import Telemetry
from dash_app.security import headers
from dash_app.web import responses
from dash_app.web.query import reject_unknown_parameters
from dash_app.web.talk_fields import shown_at
from dash_app.web.timeline_csv import csv_lines

_WINDOW_BY_QUERY = {b"": DEFAULT_WINDOW} | {
    f"window={window}&bin={width}".encode(): window for window, width in WINDOWS.items()
}
"""The window of each query that a page sends; every open page sends one each second."""

PARAMETERS = ("window", "bin")


def timeline(
    service: Service, telemetry: Telemetry, cached: responses.TimelineResponses
) -> Response:
    """Return the totals and the binned counts of a window."""
    consumer = service.consumer
    if consumer is None:
        raise ApiError(503, "Consumer not loaded")
    window = _WINDOW_BY_QUERY.get(request.query_string)
    if window is None:
        window = _window()
        reject_unknown_parameters(PARAMETERS)
    # Read the state first: no snapshot may be called live that is older than this state.
    state, snapshot = consumer.state, consumer.snapshot
    lag = sum(consumer.lag.values()) if consumer.lag else None
    measured = {"lag": lag, **telemetry.latency_summary._asdict()}
    skew = service.clock_skew
    return _revalidated(cached.render(snapshot, state, window, time.time(), measured, skew))


def repeat(service: Service) -> Response:
    """Return for how many seconds a batch may be repeated; the clicker asks before it repeats."""
    if service.consumer is None:
        raise ApiError(503, "Consumer not loaded")
    seconds = repeat_limit(service.consumer)
    answer = {"repeat_s": seconds, "log": service.consumer.snapshot.log_id}
    response = Response(orjson.dumps(answer), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def repeat_limit(consumer: Consumer) -> int | None:
    """Return for how many seconds after its first sending a batch may be repeated; None: any time.

    Raises ApiError while the counts have not caught up: what is forgotten by now is not known.
    """
    knows_repeats, snapshot = consumer.knows_repeats, consumer.snapshot
    if not knows_repeats:
        message = f"Not known yet whether a repeat would count twice: {consumer.state}"
        raise ApiError(503, message, appended=False)
    return snapshot.repeat_seconds(time.time())


def timeline_csv(service: Service) -> Response:
    """Return the bins of a window as a CSV file, line by line."""
    if service.consumer is None:
        raise ApiError(503, "Consumer not loaded")
    window = _window()
    reject_unknown_parameters(PARAMETERS)
    now = time.time()
    shown = shown_at(service.known_talks(), service.settings.reactions, now)
    lines = csv_lines(service.consumer.snapshot, window, now, shown)
    response = Response(lines, mimetype="text/csv")
    name = f"clicks-{window}s-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def data(service: Service, cached: responses.DataResponses) -> Response:
    """Return the totals and the recent clicks one by one."""
    consumer = service.consumer
    if consumer is None:
        raise ApiError(503, "Consumer not loaded")
    state, snapshot = consumer.state, consumer.snapshot
    return _revalidated(cached.render(consumer.recent, snapshot, state, time.time()))


def _revalidated(current: responses.TaggedJson) -> Response:
    if request.if_none_match.contains_weak(current.etag):
        response = Response(status=304)
    else:
        response = Response(current.body, mimetype="application/json")
    response.set_etag(current.etag, weak=True)
    response.headers["Cache-Control"] = headers.FRESH
    return response


def _window() -> int:
    requested = request.args.get("window", str(DEFAULT_WINDOW))
    for window, width in WINDOWS.items():
        if requested == str(window) and request.args.get("bin", str(width)) == str(width):
            return window
    bin_ = request.args.get("bin")
    requested_pair = f"window={requested}" + ("" if bin_ is None else f" and bin={bin_}")
    pairs = ", ".join(f"{window}/{width}" for window, width in WINDOWS.items())
    raise ApiError(400, f"{requested_pair}: window/bin must be one of {pairs}")
