"""The routes of the laboratory: what is counted, record by record, and experiments with it."""

import time
from collections.abc import Mapping
from typing import Any, Literal

import orjson
from flask import Response, request
from pydantic import BaseModel, ConfigDict

from dash_app.brokers import BrokerError, NotAllowed, OutcomeUnknown
from dash_app.consumer.consumer import Consumer
from dash_app.consumer.lab import Written
from dash_app.consumer.service import Service
from dash_app.errors import ApiError
from dash_app.security.presenter import Presenter
from dash_app.web.bodies import json_body
from dash_app.web.requests import BadRequest
from dash_app.web.seen_records import record_fields
from dash_app.web.talk_fields import shown_at
from dash_app.web.talk_requests import parse

Kind = Literal["empty", "not-json", "not-an-object", "no-type", "bad-timestamp", "milliseconds"]

BROKEN: Mapping[Kind, bytes | None] = {
    "empty": None,
    "not-json": b"cheers!",
    "not-an-object": b"[1,2,3]",
    "no-type": b'{"timestamp":1800000000}',
    "bad-timestamp": b'{"type":"cheers","timestamp":"noon"}',
    "milliseconds": b'{"type":"cheers","timestamp":1800000000000}',
}
"""Values of records that are no click, each for another reason."""


class BrokenRecord(BaseModel):
    """Which of the records that are no click is to be appended."""

    model_config = ConfigDict(strict=True, extra="forbid")

    kind: Kind


def show(service: Service, presenter: Presenter) -> Response:
    """Return how far this process has read, and the newest records as they are.

    Only a presenter sees whose clicks they are and what other programs wrote, and nobody what a
    talk hides.
    """
    consumer, may_change = _consumer(service), presenter.is_here()
    shown = shown_at(service.known_talks(), service.settings.reactions, time.time())
    shown.require_shown()
    looked, snapshot = consumer.lab.look(), consumer.snapshot
    fields = {
        "log": snapshot.log_id,
        "broker": service.settings.broker,
        "counts_from": service.settings.counts_from,
        "process": consumer.process,
        "state": consumer.state,
        "as_of": snapshot.as_of,
        "ends": {str(number): end for number, end in consumer.ends.items()},
        "unreadable": snapshot.counts.unreadable,
        "totals": {
            key: clicks
            for key, clicks in snapshot.counts.clicks.items()
            if may_change or key in service.types
        },
        "duplicates": snapshot.counts.duplicates,
        "read": {"records": looked.read_records, "bytes": looked.read_bytes},
        "checkpoint": _checkpoint(service, consumer.lab.checkpoint),
        "pause_left_s": consumer.lab.pause_left,
        "may_change": may_change,
        "reactions": [reaction._asdict() for reaction in shown.reactions],
        "records": [
            record_fields(seen, None if may_change else service.types) for seen in looked.records
        ],
        "server_time": time.time(),
    }
    return _json(fields)


def _checkpoint(service: Service, written: Written | None) -> dict[str, Any] | None:
    # The totals of a file are part of it, and nothing is written beside them.
    if written is None or service.settings.broker == "embedded":
        return None
    offsets = {str(number): offset for number, offset in written.offsets.items()}
    return {"offsets": offsets, "at": written.at}


def pause(service: Service) -> Response:
    """Let this process count nothing for ten seconds; its lag rises, and no click is lost."""
    consumer = _consumer(service)
    lab = consumer.lab
    if service.settings.counts_from == "flink":
        raise ApiError(
            409, "Flink counts the clicks, so a pause of this process would show nothing"
        )
    lab.pause()
    fields = {"process": consumer.process, "pause_left_s": lab.pause_left}
    return _json({"status": "success", **fields})


def append_broken(service: Service) -> Response:
    """Append a record that is no click."""
    try:
        kind = parse(BrokenRecord, json_body(request, service.body_slots)).kind
    except BadRequest as error:
        raise ApiError(400, str(error)) from error
    broker = service.broker
    if broker is None:
        raise ApiError(503, "Producer not loaded")
    if service.settings.broker == "embedded":
        raise ApiError(409, "A file has columns for clicks alone, so no broken record fits into it")
    received = time.time()
    deadline = time.monotonic() + service.settings.answer_limit_ms / 1000
    try:
        place = broker.append_value(BROKEN[kind], deadline)
    except NotAllowed as error:
        raise ApiError(403, f"Not allowed to write to the topic: {error}") from error
    except OutcomeUnknown as error:
        raise ApiError(503, f"Nobody knows whether the record was written: {error}") from error
    except BrokerError as error:
        message = f"The record was not written: {error}"
        raise ApiError(503, message, appended=False) from error
    times = {"received_at": received, "acknowledged_at": time.time()}
    return _json({"status": "success", "placed": [place._asdict()], **times})


def _consumer(service: Service) -> Consumer:
    if service.consumer is None:
        raise ApiError(503, "Consumer not loaded")
    return service.consumer


def _json(fields: Mapping[str, Any]) -> Response:
    response = Response(orjson.dumps(fields), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
