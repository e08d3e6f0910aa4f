"""The REST routes: one way to send clicks, one to read what was counted; every error is JSON."""

import contextlib
import re
import socket
import time
from collections.abc import Sequence
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import BaseConverter

from dash_app.brokers import Broker, NotAllowed, NotAppended, OutcomeUnknown, Outgoing
from dash_app.consumer.service import Service
from dash_app.counting.records import WIRE_NAMES
from dash_app.counting.timeline import WINDOWS
from dash_app.errors import Failure, answer_http_error, not_found
from dash_app.security import headers
from dash_app.security.access import Access
from dash_app.security.limits import Limits, TooMany
from dash_app.slots import NoSlot
from dash_app.web import responses as answers
from dash_app.web.bodies import Bodies, TooLarge
from dash_app.web.requests import BadRequest, parse

NAME = "kafka_clicker"
UNKNOWN = f"{NAME}.unknown"

SOCKETS = ("gunicorn.socket", "werkzeug.socket")
"""Where some servers put the connection of a request."""


METHODS = ["GET", "HEAD", "POST"]
"""What some path under the prefix answers."""

_PAGES_ASK = {b"": answers.DEFAULT_WINDOW} | {
    f"window={window}&bin={width}".encode(): window for window, width in WINDOWS.items()
}
"""The window of each query that a page sends: whoever looks on asks one of them each second."""

ANYTHING = f"{NAME}_anything"
"""The converter for the rest of a path, whatever it is: slashes and line ends included."""


class Anything(BaseConverter):
    """Matches every rest of a path, after all other rules."""

    part_isolating = False
    regex = "(?s:.*)"
    weight = 1000


def blueprint(service: Service, limits: Limits, access: Access) -> Blueprint:
    """Return the routes under `settings.url_prefix` as one blueprint."""
    routes = Blueprint(NAME, __name__, url_prefix=service.settings.url_prefix)
    routes.add_url_rule("/kafka/click", "click", lambda: click(service, limits), methods=["POST"])
    timelines, lists = answers.TimelineAnswers(), answers.DataAnswers()
    routes.add_url_rule("/kafka/timeline", "timeline", lambda: timeline(service, timelines))
    routes.add_url_rule("/kafka/timeline.csv", "timeline_csv", lambda: timeline_csv(service))
    routes.add_url_rule("/kafka/repeat", "repeat", lambda: repeat(service))
    if access:
        check = lambda: access.submitted(_body(service.bodies))  # noqa: E731
        routes.add_url_rule("/code", "code", check, methods=["POST"])
    routes.add_url_rule("/kafka/data", "data", lambda: data(service, lists))
    routes.record(_answer_everything_else)
    # What a host's hooks abort with; other errors of a host are the host's to handle.
    routes.register_error_handler(HTTPException, answer_http_error)
    return routes


def _answer_everything_else(state: BlueprintSetupState) -> None:
    # A rule without methods takes each of them, which Flask's own way to add one cannot say.
    state.app.url_map.converters[ANYTHING] = Anything
    for path in ("", f"/<{ANYTHING}:path>"):
        rule = state.app.url_rule_class(f"{state.url_prefix}{path}", endpoint=UNKNOWN)
        state.app.url_map.add(rule)
    state.app.view_functions[UNKNOWN] = unknown


def click(service: Service, limits: Limits) -> Response:
    """Append the clicks of the request; 200 once every one of them is durable.

    The receipt that ages are counted back from is the moment before the body is read: the client
    took the ages when it began to send. The broker's time starts once the body is there.
    """
    received = time.time()
    if request.mimetype != "application/json":
        raise Failure(415, f"The content type is {request.mimetype!r}, not application/json")
    try:
        asked = parse(_body(service.bodies), received)
    except BadRequest as error:
        raise Failure(400, str(error)) from error
    if service.broker is None:
        raise Failure(503, "Producer not loaded")
    try:
        limits.admit(len(asked.batch))
    except TooMany as error:
        message = f"Too many clicks; try again in {error.seconds} s"
        raise Failure(429, message, retry_seconds=error.seconds, appended=False) from error
    service.latency.received((sent.click.timestamp for sent in asked.batch), received)
    _append(service, service.broker, asked.batch)
    if asked.single is not None:
        return _sent(f"Click {WIRE_NAMES[asked.single]} sent!")
    return _sent(f"{len(asked.batch)} clicks sent!", accepted=len(asked.batch))


def _append(service: Service, broker: Broker, batch: Sequence[Outgoing]) -> None:
    began, outcome = time.monotonic(), "failed"
    try:
        broker.append(batch, began + service.settings.answer_limit_ms / 1000)
        outcome = "acknowledged"
    except NotAllowed as error:
        outcome = "forbidden"
        raise Failure(403, "Not allowed to write to the topic") from error
    except NotAppended as error:
        outcome = "refused"
        raise Failure(503, "Failed to send to Kafka", appended=False) from error
    except OutcomeUnknown as error:
        outcome = "unknown"
        raise Failure(503, "Failed to send to Kafka") from error
    finally:
        service.appended(outcome, time.monotonic() - began)


def _sent(message: str, **fields: Any) -> Response:
    body = orjson.dumps({"status": "success", "message": message, **fields})
    return Response(body, mimetype="application/json")


def _body(bodies: Bodies) -> bytes:
    try:
        return bodies.read(request.stream)
    except TooLarge as error:
        raise Failure(413, str(error)) from error
    except NoSlot as error:
        _receive_no_more()
        message = "Too many other requests are half sent"
        raise Failure(503, message, appended=False) from error


def _receive_no_more() -> None:
    """Have a server that would wait for the rest of the body after the answer find its end."""
    for name in SOCKETS:
        if connection := request.environ.get(name):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)


def timeline(service: Service, made: answers.TimelineAnswers) -> Response:
    """Answer the totals and the binned counts of a window."""
    consumer = service.consumer
    if consumer is None:
        raise Failure(503, "Consumer not loaded")
    window = _PAGES_ASK.get(request.query_string)
    if window is None:
        window = _window()
        _expect("window", "bin")
    # The state first: a snapshot newer than its state is harmless, an older one called live is not.
    state, snapshot = consumer.state, consumer.snapshot
    lag = sum(consumer.lag.values()) if consumer.lag else None
    measured = {"lag": lag, **service.measured._asdict()}
    return _fresh(made.answer(snapshot, state, window, time.time(), measured))


def repeat(service: Service) -> Response:
    """Answer for how long a batch may be repeated: what the clicker has to know of the counts."""
    if service.consumer is None:
        raise Failure(503, "Consumer not loaded")
    seconds = answers.repeat_seconds(service.consumer.snapshot, time.time())
    response = Response(orjson.dumps({"repeat_s": seconds}), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def timeline_csv(service: Service) -> Response:
    """Answer the bins of a window as a CSV file, line by line."""
    if service.consumer is None:
        raise Failure(503, "Consumer not loaded")
    window, start = _window(), _whole_number("start", 11)
    zero = answers.Zero(
        _whole_number("since", 11) or 0, _whole_number("cheers", 16), _whole_number("hate", 16)
    )
    _expect("window", "bin", "start", "since", "cheers", "hate")
    lines = answers.csv_lines(
        service.consumer.snapshot, window, time.time(), start=start, zero=zero
    )
    response = Response(lines, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="clicks-{window}s.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _whole_number(name: str, digits: int) -> int | None:
    asked = request.args.get(name)
    if asked is not None and not re.fullmatch(f"[0-9]{{1,{digits}}}", asked):
        raise Failure(
            400, f"{name}={asked}: {name} must be a whole number of at most {digits} digits"
        )
    return None if asked is None else int(asked)


def _expect(*names: str) -> None:
    """Refuse what else is asked for: a misspelt name would be answered with the default."""
    for name, values in request.args.lists():
        if name not in names:
            raise Failure(400, f"{name} is no parameter here; there are {' and '.join(names)}")
        if len(values) > 1:
            raise Failure(400, f"{name} is given {len(values)} times")


def _window() -> int:
    asked = request.args.get("window", str(answers.DEFAULT_WINDOW))
    for window, width in WINDOWS.items():
        if asked == str(window) and request.args.get("bin", str(width)) == str(width):
            return window
    pairs = ", ".join(f"{window}/{width}" for window, width in WINDOWS.items())
    raise Failure(
        400, f"window={asked} and bin={request.args.get('bin')}: window/bin must be one of {pairs}"
    )


def data(service: Service, made: answers.DataAnswers) -> Response:
    """Answer the totals and the recent clicks one by one."""
    consumer = service.consumer
    if consumer is None:
        raise Failure(503, "Consumer not loaded")
    state, snapshot = consumer.state, consumer.snapshot
    return _fresh(made.answer(consumer.recent, snapshot, state, time.time()))


def _fresh(answer: answers.Answer) -> Response:
    if request.if_none_match.contains_weak(answer.etag):
        response = Response(status=304)
    else:
        response = Response(answer.body, mimetype="application/json")
    response.set_etag(answer.etag, weak=True)
    response.headers["Cache-Control"] = headers.FRESH
    return response


def unknown(**_: str) -> Response:
    """Answer what no other rule under the prefix does: OPTIONS, 405 where another method would.

    404 where none would.
    """
    allowed = [method for method in METHODS if _is_answered(method)]
    if not allowed:
        return not_found()
    allowed.append("OPTIONS")
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": ", ".join(allowed)})
    raise MethodNotAllowed(valid_methods=allowed)


def _is_answered(method: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    try:
        rule, _ = adapter.match(method=method, return_rule=True) if adapter else (None, None)
    except HTTPException:
        return False
    return rule is not None and rule.endpoint != UNKNOWN and not rule.rule.endswith("/<path:path>")
