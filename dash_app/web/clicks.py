"""The route that receives clicks: it answers 200 once every click of a request is durable."""

import functools
import time
from collections.abc import Sequence
from typing import Any

import orjson
from flask import Response, request

from dash_app.brokers import Broker, NotAllowed, NotAppended, OutcomeUnknown, Outgoing, Place
from dash_app.consumer.consumer import Consumer
from dash_app.consumer.service import Service
from dash_app.errors import ApiError
from dash_app.operations.telemetry import Telemetry
from dash_app.security.buckets import RateLimited
from dash_app.security.limits import ClickLimits
from dash_app.web.bodies import json_body
from dash_app.web.counts import repeat_limit
from dash_app.web.requests import INVALID_TYPE, BadRequest, ClickRequest, UnknownType, parse

NOT_DONE = {"kafka": "Failed to send to Kafka", "embedded": "Failed to write the clicks"}
"""What a 503 says for each broker."""


def click(service: Service, telemetry: Telemetry, limits: ClickLimits) -> Response:
    """Append the clicks of the request; 200 once every one of them is durable.

    The time of a click is the time of receipt minus its age. The time of receipt is taken before
    the body is read, because the client measured the ages when it began to send. The broker's time
    limit starts after the body is read.
    """
    received, began = time.time(), time.monotonic()
    try:
        body = json_body(request, service.body_slots)
        click_request = parse(body, received, service.types)
    except UnknownType as error:
        raise _unknown_type(service, error.types) from error
    except BadRequest as error:
        raise ApiError(400, str(error), appended=False) from error
    if service.broker is None or service.consumer is None:
        raise ApiError(503, "Producer not loaded", appended=False)
    _require_conditions(service.consumer, click_request, time.monotonic() - began)
    _require_open_taps(service, click_request.batch)
    try:
        visitor = limits.admit(len(click_request.batch), click_request.client)
    except RateLimited as error:
        message = f"Too many clicks; try again in {error.seconds} s"
        raise ApiError(429, message, retry_seconds=error.seconds, appended=False) from error
    telemetry.on_received((outgoing.click.timestamp for outgoing in click_request.batch), received)
    batch = click_request.batch
    if visitor is not None:
        person = functools.partial(limits.visitors.person, visitor)
        batch = [Outgoing(click, identity, person) for click, identity, _ in batch]
    places = _append(service, telemetry, service.broker, batch)
    trace = _trace(places, received) if click_request.trace else {}
    if click_request.single_name is not None:
        return _success(f"Click {click_request.single_name} sent!", **trace)
    return _success(f"{len(batch)} clicks sent!", accepted=len(batch), **trace)


def _trace(places: Sequence[Place], received: float) -> dict[str, Any]:
    placed = [place._asdict() for place in places]
    return {"placed": placed, "received_at": received, "acknowledged_at": time.time()}


def _unknown_type(service: Service, types: Sequence[str]) -> ApiError:
    if service.talks is not None and service.talks.problem:
        # A talk that is not read yet may have such a button, and a phone gives up at a 400.
        return ApiError(503, "Not known yet which buttons there are", appended=False)
    return ApiError(400, INVALID_TYPE, appended=False, unknown=types)


def _require_conditions(
    consumer: Consumer, click_request: ClickRequest, body_seconds: float
) -> None:
    """Raise ApiError if the clicks are for another log, or too late to be known as a repeat.

    The client named the age of its first sending when it began to send, `body_seconds` ago.
    """
    current = consumer.log_id
    if click_request.log is not None and click_request.log != current:
        if current is None:
            raise ApiError(503, "Not known yet which log the clicks are for", appended=False)
        message = f"These clicks are for the log {click_request.log}, and this is {current}"
        raise ApiError(409, message, appended=False, log=current)
    if click_request.first_sent_ms is not None:
        limit = repeat_limit(consumer)
        age = click_request.first_sent_ms / 1000 + body_seconds
        if limit is not None and age > limit:
            message = f"Sent for the first time more than {limit} s ago: might count twice"
            raise ApiError(409, message, appended=False, repeat_s=limit)


def _require_open_taps(service: Service, batch: Sequence[Outgoing]) -> None:
    """Raise ApiError if all clicks were tapped while the presenter had closed the buttons."""
    talks = service.known_talks()
    # A request that also holds earlier taps counts whole.
    if all(talks.closes(outgoing.click.timestamp) for outgoing in batch):
        raise ApiError(409, "The presenter has closed the buttons", appended=False)


def _append(
    service: Service, telemetry: Telemetry, broker: Broker, batch: Sequence[Outgoing]
) -> Sequence[Place]:
    start, outcome = time.monotonic(), "failed"
    not_done = NOT_DONE[service.settings.broker]
    try:
        places = broker.append(batch, start + service.settings.answer_limit_ms / 1000)
        outcome = "acknowledged"
    except NotAllowed as error:
        outcome = "forbidden"
        raise ApiError(403, "Not allowed to write to the topic") from error
    except NotAppended as error:
        outcome = "refused"
        raise ApiError(503, not_done, appended=False) from error
    except OutcomeUnknown as error:
        outcome = "unknown"
        raise ApiError(503, not_done) from error
    finally:
        telemetry.on_append(outcome, time.monotonic() - start)
    return places


def _success(message: str, **fields: Any) -> Response:
    body = orjson.dumps({"status": "success", "message": message, **fields})
    return Response(body, mimetype="application/json")
