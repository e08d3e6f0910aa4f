"""The routes that tell what was counted."""

import re
import time

import orjson
from flask import Response, request

from dash_app.consumer.service import Service
from dash_app.counting.windows import DEFAULT_WINDOW, WINDOWS
from dash_app.errors import ApiError
from dash_app.operations.telemetry import Telemetry
from dash_app.security import headers
from dash_app.web import responses
from dash_app.web.timeline_csv import Zero, csv_lines

_PAGES_ASK = {b"": DEFAULT_WINDOW} | {
    f"window={window}&bin={width}".encode(): window for window, width in WINDOWS.items()
}
"""The window of each query that a page sends: each page that is open asks once a second."""


def timeline(service: Service, telemetry: Telemetry, made: responses.TimelineAnswers) -> Response:
    """Answer the totals and the binned counts of a window."""
    consumer = service.consumer
    if consumer is None:
        raise ApiError(503, "Consumer not loaded")
    window = _PAGES_ASK.get(request.query_string)
    if window is None:
        window = _window()
        _expect("window", "bin")
    # The state first: a snapshot newer than its state is harmless, an older one called live is not.
    state, snapshot = consumer.state, consumer.snapshot
    lag = sum(consumer.lag.values()) if consumer.lag else None
    measured = {"lag": lag, **telemetry.measured._asdict()}
    return _fresh(made.answer(snapshot, state, window, time.time(), measured))


def repeat(service: Service) -> Response:
    """Answer for how long a batch may be repeated: what the clicker has to know of the counts."""
    if service.consumer is None:
        raise ApiError(503, "Consumer not loaded")
    seconds = service.consumer.snapshot.repeat_seconds(time.time())
    response = Response(orjson.dumps({"repeat_s": seconds}), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def timeline_csv(service: Service) -> Response:
    """Answer the bins of a window as a CSV file, line by line."""
    if service.consumer is None:
        raise ApiError(503, "Consumer not loaded")
    window, start = _window(), _whole_number("start", 11)
    zero = Zero(
        _whole_number("since", 11) or 0, _whole_number("cheers", 16), _whole_number("hate", 16)
    )
    _expect("window", "bin", "start", "since", "cheers", "hate")
    lines = csv_lines(service.consumer.snapshot, window, time.time(), start=start, zero=zero)
    response = Response(lines, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="clicks-{window}s.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def data(service: Service, made: responses.DataAnswers) -> Response:
    """Answer the totals and the recent clicks one by one."""
    consumer = service.consumer
    if consumer is None:
        raise ApiError(503, "Consumer not loaded")
    state, snapshot = consumer.state, consumer.snapshot
    return _fresh(made.answer(consumer.recent, snapshot, state, time.time()))


def _fresh(answer: responses.Answer) -> Response:
    if request.if_none_match.contains_weak(answer.etag):
        response = Response(status=304)
    else:
        response = Response(answer.body, mimetype="application/json")
    response.set_etag(answer.etag, weak=True)
    response.headers["Cache-Control"] = headers.FRESH
    return response


def _whole_number(name: str, digits: int) -> int | None:
    asked = request.args.get(name)
    if asked is not None and not re.fullmatch(f"[0-9]{{1,{digits}}}", asked):
        raise ApiError(
            400, f"{name}={asked}: {name} must be a whole number of at most {digits} digits"
        )
    return None if asked is None else int(asked)


def _expect(*names: str) -> None:
    """Refuse what else is asked for: a misspelt name would be answered with the default."""
    for name, values in request.args.lists():
        if name not in names:
            raise ApiError(400, f"{name} is no parameter here; there are {' and '.join(names)}")
        if len(values) > 1:
            raise ApiError(400, f"{name} is given {len(values)} times")


def _window() -> int:
    asked = request.args.get("window", str(DEFAULT_WINDOW))
    for window, width in WINDOWS.items():
        if asked == str(window) and request.args.get("bin", str(width)) == str(width):
            return window
    pairs = ", ".join(f"{window}/{width}" for window, width in WINDOWS.items())
    raise ApiError(
        400, f"window={asked} and bin={request.args.get('bin')}: window/bin must be one of {pairs}"
    )
