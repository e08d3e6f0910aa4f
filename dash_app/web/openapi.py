"""The REST routes as an OpenAPI 3.1 document, built from the models that validate requests."""

import functools
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from dash_app import __version__
from dash_app.consumer.published_state import STATES
from dash_app.counting.windows import BINS_PER_WINDOW, DEFAULT_WINDOW, WINDOWS
from dash_app.web import openapi_talks
from dash_app.web.openapi_talks import (
    CountedTalk,
    Current,
    Key,
    Offered,
    ShownMark,
    ShownTalk,
    TalkList,
    id_parameter,
    limit_parameter,
)
from dash_app.web.requests import ClickBatch, SingleClick
from dash_app.web.talk_requests import MarkStart, TalkChange, TalkStart

Schema = dict[str, Any]

Count = Annotated[int, Field(ge=0)]
Bins = Annotated[list[Count], Field(min_length=BINS_PER_WINDOW, max_length=BINS_PER_WINDOW)]
State = Annotated[str, Field(json_schema_extra={"enum": [*STATES]})]

JSON = "application/json"
TEXT: Schema = {"type": "string"}
DESCRIPTION = "One way to send clicks, one to read what was counted; every error is JSON."


class RecentClick(BaseModel):
    """One counted click, by its name on the topic, and its time in epoch seconds."""

    type: Key
    timestamp: float


class _Counted(BaseModel):
    log: str | None
    as_of: dict[str, Count]
    state: State
    incomplete: bool
    server_time: float


Quantiles = Annotated[list[float], Field(min_length=2, max_length=2)] | None


class Measured(BaseModel):
    """What this process measured in the last minute: p50 and p95 of each leg, in milliseconds."""

    lag: Count | None
    clicks: Count | None
    age_ms: Quantiles
    counted_ms: Quantiles
    tap_to_counted_ms: Quantiles


class Timeline(_Counted, openapi_talks.People):
    """For each reaction its clicks in the log, and 60 bins, oldest first, the last unfinished."""

    window: int
    bin: int
    start: int
    reactions: list[Offered]
    results: Literal["shown", "hidden"]
    totals: dict[Key, Count]
    series: dict[Key, Bins]
    talk: openapi_talks.RunningTalk | None
    complete_since: float | None
    unreadable: dict[str, Count]
    clock_skew_s: float | None
    repeat_s: Count | None
    measured: Measured


class Repeat(BaseModel):
    """For how many seconds after its first sending a batch may be repeated; null: any time."""

    repeat_s: Count | None
    log: str | None


class Data(_Counted):
    """Totals and the clicks of the last 120 s one by one, oldest first, as on the topic."""

    totals: dict[Key, Count]
    recent_history: list[RecentClick]
    truncated: bool


class Sent(BaseModel):
    """Every click of the request is durable; `accepted` says how many there were in a batch."""

    status: Literal["success"]
    message: str
    accepted: Annotated[int, Field(ge=1)] = 1


class Error(BaseModel):
    """What went wrong; `appended` is false where nothing was handed to the broker.

    A 409 says which log counts, or how long repeats are safe; a 400 which types no button sends.
    """

    status: Literal["error"]
    message: str
    appended: Literal[False] = False
    log: str = ""
    repeat_s: Count = 0
    unknown: list[str] = []


class Join(BaseModel):
    """The address that the audience opens now, its QR code, and where a line may break it."""

    url: str
    picture: str
    parts: list[str]


class Alive(BaseModel):
    """This process answers."""

    status: Literal["alive"]


class Condition(BaseModel):
    """Something that must hold for the process to be ready, and why it does or does not."""

    name: Literal["broker", "consumer"]
    ok: bool
    reason: str


class Ready(BaseModel):
    """Whether clicks are counted, and why not."""

    status: Literal["ready", "not ready"]
    conditions: list[Condition]
    warnings: list[str]


REQUESTS = (SingleClick, ClickBatch, TalkStart, TalkChange, MarkStart)
COUNTS = (Timeline, Repeat, Data, Sent, Error)
RESPONSES = (*COUNTS, Join, Alive, Ready, *openapi_talks.RESPONSES)

ERRORS = {
    400: "The request has another shape, or names what does not exist",
    401: "The access code is missing or wrong, if the site has one",
    403: "Not allowed: to write to the topic, for who is no presenter, or from another site's page",
    404: "It does not exist",
    409: "The clicks are for another log, come too late or after the closing; or times conflict",
    413: "The body has more than 64 KiB",
    415: "The content type is not application/json",
    429: "Too many clicks, or wrong access codes; `Retry-After` says when to try again",
    503: "Not done; `Retry-After` says when to try again",
}


@functools.lru_cache(maxsize=8)
def document(site: str, types: tuple[str, ...]) -> bytes:
    """Return the document as JSON; `site` is the path under which the routes are.

    `types` are the names that a click may have. A running talk adds those of its own buttons.
    """
    modes: list[Any] = [(model, "validation") for model in REQUESTS]
    modes += [(model, "serialization") for model in RESPONSES]
    _, generated = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    for click in ("SingleClick", "BatchedClick"):
        generated["$defs"][click]["properties"]["type"] = {"type": "string", "enum": [*types]}
    ready = _operation("readyz", Ready)
    ready["responses"]["503"] = _retry(_response("Not ready", Ready))
    content = {
        "openapi": "3.1.0",
        "info": {
            "title": "Kafka Real-Time Clicker & Dashboard",
            "version": __version__,
            "description": DESCRIPTION,
        },
        "servers": [{"url": site}],
        "paths": {
            "/kafka/click": {"post": _click()},
            "/kafka/timeline": {"get": _read(Timeline, [_window()], 400)},
            "/kafka/timeline.csv": {"get": _csv()},
            "/kafka/repeat": {"get": _read(Repeat, [])},
            "/kafka/data": {"get": _read(Data, [], 403)},
            **_talks(),
            "/join": {"get": _operation("join", Join, 401, 404, 429)},
            "/healthz": {"get": _operation("healthz", Alive)},
            "/readyz": {"get": ready},
        },
        "components": {"schemas": generated["$defs"]},
    }
    return orjson.dumps(content)


def _click() -> Schema:
    operation = _operation("click", Sent, *(ERRORS.keys() - {404}))
    schema = {"oneOf": [_reference(model) for model in (SingleClick, ClickBatch)]}
    operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return operation


def _read(model: type[BaseModel], parameters: Sequence[Schema], *errors: int) -> Schema:
    operation = _operation(model.__name__.lower(), model, *errors, 401, 429, 503)
    operation["parameters"] = [*parameters]
    return operation


def _csv() -> Schema:
    operation = _read(Timeline, [_window()], 400) | {"operationId": "timeline_csv"}
    operation["summary"] = "The bins of a window, a line each."
    text = {"description": operation["summary"], "content": {"text/csv": {"schema": TEXT}}}
    operation["responses"]["200"] = text
    return operation


def _talks() -> dict[str, Schema]:
    """Return the paths of the talks."""
    talk, mark = id_parameter("talk_id"), id_parameter("mark_id")
    deleted = {"204": {"description": "It is deleted"}}
    delete_talk = _change("delete_talk", ShownTalk, [talk], None)
    delete_mark = _change("delete_mark", ShownMark, [talk, mark], None)
    for operation in (delete_talk, delete_mark):
        operation["summary"] = "Delete it, and no click."
        del operation["responses"]["200"]
        operation["responses"] |= deleted
    return {
        "/kafka/talks": {
            "get": _read(TalkList, [limit_parameter()], 400),
            "post": _change("start_talk", ShownTalk, [], TalkStart),
        },
        "/kafka/talks/current": {"get": _read(Current, [])},
        "/kafka/talks/{talk_id}": {
            "get": _read(CountedTalk, [talk], 404),
            "patch": _change("change_talk", ShownTalk, [talk], TalkChange),
            "delete": delete_talk,
        },
        "/kafka/talks/{talk_id}/marks": {"post": _change("mark", ShownMark, [talk], MarkStart)},
        "/kafka/talks/{talk_id}/marks/{mark_id}": {"delete": delete_mark},
    }


def _change(
    name: str,
    answer: type[BaseModel],
    parameters: Sequence[Schema],
    body: type[BaseModel] | None,
) -> Schema:
    """Return an operation of the presenter; with a body of a new thing it answers 201, too."""
    operation = _operation(name, answer, 400, 403, 404, 409, 413, 415, 429, 503)
    operation["parameters"] = [*parameters]
    if body is not None:
        content = {JSON: {"schema": _reference(body)}}
        operation["requestBody"] = {"required": True, "content": content}
        operation["responses"]["201"] = _response("It is new", answer)
    return operation


def _window() -> Schema:
    return {
        "name": "window",
        "in": "query",
        # `bin` is not described as a parameter: OpenAPI cannot say that it depends on `window`.
        "description": "Seconds. A second parameter, `bin`, may repeat the width that follows: "
        + ", ".join(f"{window}/{width}" for window, width in WINDOWS.items()),
        "schema": {"type": "integer", "enum": [*WINDOWS], "default": DEFAULT_WINDOW},
    }


def _operation(name: str, model: type[BaseModel], *errors: int) -> Schema:
    summary = (model.__doc__ or "").strip()
    responses = {"200": _response(summary, model)}
    for error in errors:
        response = _response(ERRORS[error], Error)
        responses[str(error)] = _retry(response) if error in {429, 503} else response
    return {"operationId": name, "summary": summary, "responses": responses}


def _response(description: str, model: type[BaseModel]) -> Schema:
    return {"description": description, "content": {JSON: {"schema": _reference(model)}}}


def _retry(response: Schema) -> Schema:
    header = {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds"}
    return {**response, "headers": {"Retry-After": header}}


def _reference(model: type[BaseModel]) -> Mapping[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
