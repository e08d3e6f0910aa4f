"""The REST routes as an OpenAPI 3.1 document, built from the models that validate requests."""

import functools
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from dash_app import __version__
from dash_app.counting.windows import BINS_PER_WINDOW, DEFAULT_WINDOW, WINDOWS
from dash_app.web import openapi_archive, openapi_lab, openapi_talks
from dash_app.web.openapi_lab import PlacedClick, State
from dash_app.web.openapi_parts import (
    ERRORS,
    JSON,
    Count,
    Error,
    Key,
    Schema,
    operation,
    read,
    reference,
    response,
    retry,
)
from dash_app.web.openapi_talks import Offered
from dash_app.web.requests import ClickBatch, SingleClick
from dash_app.web.talk_requests import MarkStart, TalkChange, TalkStart

Bins = Annotated[list[Count], Field(min_length=BINS_PER_WINDOW, max_length=BINS_PER_WINDOW)]

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
    """Every click of the request is durable; `accepted` says how many there were in a batch.

    Who asked for a trace hears where each click stands, and when the site received and had them
    acknowledged (epoch seconds).
    """

    status: Literal["success"]
    message: str
    accepted: Annotated[int, Field(ge=1)] = 1
    placed: list[PlacedClick] = []
    received_at: float = 0
    acknowledged_at: float = 0


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


REQUESTS = (SingleClick, ClickBatch, TalkStart, TalkChange, MarkStart, *openapi_lab.REQUESTS)
COUNTS = (Timeline, Repeat, Data, Sent, Error)
RESPONSES = (
    *COUNTS,
    *(Join, Alive, Ready),
    *openapi_talks.RESPONSES,
    *openapi_lab.RESPONSES,
    *openapi_archive.RESPONSES,
)


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
    ready = operation("readyz", Ready)
    ready["responses"]["503"] = retry(response("Not ready", Ready))
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
            "/kafka/timeline": {"get": read(Timeline, [_window()], 400)},
            "/kafka/timeline.csv": {"get": _csv()},
            "/kafka/repeat": {"get": read(Repeat, [])},
            "/kafka/data": {"get": read(Data, [], 403)},
            **openapi_talks.paths(),
            **openapi_lab.paths(),
            **openapi_archive.paths(),
            "/join": {"get": operation("join", Join, 401, 404, 429)},
            "/healthz": {"get": operation("healthz", Alive)},
            "/readyz": {"get": ready},
        },
        "components": {"schemas": generated["$defs"]},
    }
    return orjson.dumps(content)


def _click() -> Schema:
    described = operation("click", Sent, *(ERRORS.keys() - {404}))
    schema = {"oneOf": [reference(model) for model in (SingleClick, ClickBatch)]}
    described["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return described


def _csv() -> Schema:
    described = read(Timeline, [_window()], 400) | {"operationId": "timeline_csv"}
    described["summary"] = "The bins of a window, a line each."
    text = {"description": described["summary"], "content": {"text/csv": {"schema": TEXT}}}
    described["responses"]["200"] = text
    return described


def _window() -> Schema:
    return {
        "name": "window",
        "in": "query",
        # `bin` is not described as a parameter: OpenAPI cannot say that it depends on `window`.
        "description": "Seconds. A second parameter, `bin`, may repeat the width that follows: "
        + ", ".join(f"{window}/{width}" for window, width in WINDOWS.items()),
        "schema": {"type": "integer", "enum": [*WINDOWS], "default": DEFAULT_WINDOW},
    }
