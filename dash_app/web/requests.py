"""The body of `POST /kafka/click`: its two shapes, and a message for each other shape."""

import reprlib
from collections.abc import Container, Iterable, Sequence
from typing import Annotated, Any, NamedTuple, NotRequired, Self

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.config import JsonDict
from typing_extensions import TypedDict

from dash_app.brokers import Outgoing
from dash_app.counting.clicks import MAX_INDEX, MAX_SEQ, Click, Identity
from dash_app.counting.records import type_of
from dash_app.settings.reactions import KEY_PATTERN

MAX_CLICKS = MAX_INDEX + 1
MAX_AGE_SECONDS = 24 * 3600

_SHORT = reprlib.Repr()
"""Python's own repr would fail at lists in lists in lists, and be as long as the body."""
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 60

INVALID_TYPE = "Invalid click type"


def int_if_whole(value: Any) -> Any:
    """Return 7 for 7.0: in JSON they are the same number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


TypeName = Annotated[str, Field(pattern=f"^{KEY_PATTERN}$")]
Client = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Seq = Annotated[int, Field(ge=0, le=MAX_SEQ), BeforeValidator(int_if_whole)]
LogId = Annotated[str, Field(min_length=1, max_length=300)]
FirstSent = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class BadRequest(ValueError):
    """The body is not a request with clicks; the message says what is wrong with it."""


class UnknownType(BadRequest):
    """Clicks have `types` that no button sends."""

    def __init__(self, types: Iterable[str]) -> None:
        super().__init__(INVALID_TYPE)
        self.types = sorted(types)


_SHAPE = ConfigDict(strict=True, extra="ignore")


_BOTH: JsonDict = {"client": {"type": "string"}, "seq": {"type": "integer"}}
_NEITHER: JsonDict = {"client": {"type": "null"}, "seq": {"type": "null"}}

BOTH_OR_NEITHER: JsonDict = {
    "anyOf": [
        {"required": ["client", "seq"], "properties": _BOTH},
        {"properties": _NEITHER},
    ]
}
"""The rule of the validator below as JSON Schema."""


def _without(field: str) -> ConfigDict:
    return ConfigDict(json_schema_extra=BOTH_OR_NEITHER | {"not": {"required": [field]}})


class _Sender(BaseModel):
    model_config = _SHAPE

    client: Client | None = None
    seq: Seq | None = None
    log: LogId | None = None
    first_sent_ms: FirstSent | None = None
    trace: bool = False

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.client is None) != (self.seq is None):
            raise ValueError("client and seq must come together, or neither")
        return self


class BatchedClick(TypedDict):
    """One click of a batch: its type, and its age in milliseconds when the batch was sent."""

    # A dictionary, because creating 500 objects would cost more than validating them.
    __pydantic_config__ = _SHAPE  # type: ignore[misc]

    type: TypeName
    age_ms: NotRequired[Annotated[float, Field(json_schema_extra={"default": 0})]]


class SingleClick(_Sender):
    """A request with one click."""

    model_config = _without("clicks")

    type: TypeName


class ClickBatch(_Sender):
    """A request with 1 to 500 clicks, in the order in which they were tapped."""

    model_config = _without("type")

    clicks: Annotated[list[BatchedClick], Field(min_length=1, max_length=MAX_CLICKS)]


class ClickRequest(NamedTuple):
    """The clicks of a request, ready for the log.

    `single_name` is the type as a single click named it, None for a batch.
    They are for the log `log` only, and count as repeated if a `first_sent_ms` says how long ago
    the client first sent them; None: for any log, or sent for the first time. Who wants a `trace`
    hears where they stand in the log.
    """

    batch: Sequence[Outgoing]
    single_name: str | None
    log: str | None = None
    first_sent_ms: float | None = None
    trace: bool = False

    @property
    def client(self) -> str | None:
        """The client that sends them, if they have identities."""
        identity = self.batch[0].identity
        return None if identity is None else identity.client


def read_object(body: bytes, example: str = "") -> dict[str, Any]:
    """Return the JSON object in a body. Raises BadRequest, with the example."""
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise BadRequest(f"The body must be a JSON object{example}")
    return fields


def parse(body: bytes, received: float, types: Container[str]) -> ClickRequest:
    """Return the clicks of a request that was received at `received` (epoch seconds).

    Raises BadRequest, also for a click of another type than `types`.
    """
    fields = read_object(body, ' such as {"type": "cheers"}')
    if "clicks" in fields and "type" in fields:
        raise BadRequest("type and clicks must not come together")
    try:
        if "clicks" in fields:
            request = _batch(ClickBatch.model_validate(fields), received)
        else:
            request = _single(SingleClick.model_validate(fields), received)
    except ValidationError as error:
        raise BadRequest(_message(error)) from error
    unknown = {each.click.type for each in request.batch if each.click.type not in types}
    if unknown:
        raise UnknownType(unknown)
    return request


def _single(request: SingleClick, received: float) -> ClickRequest:
    click = Click(type_of(request.type), received)
    batch = [Outgoing(click, _identity(request, 0))]
    return ClickRequest(batch, request.type, request.log, request.first_sent_ms, request.trace)


def _batch(request: ClickBatch, received: float) -> ClickRequest:
    batch = [
        Outgoing(
            Click(type_of(click["type"]), received - _age_seconds(click)),
            _identity(request, index),
        )
        for index, click in enumerate(request.clicks)
    ]
    return ClickRequest(batch, None, request.log, request.first_sent_ms, request.trace)


def _age_seconds(click: BatchedClick) -> float:
    return min(max(click.get("age_ms", 0) / 1000, 0), MAX_AGE_SECONDS)


def _identity(request: _Sender, index: int) -> Identity | None:
    if request.client is None or request.seq is None:
        return None
    return Identity(request.client, request.seq, index)


def _message(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False)
    if any(problem["loc"] and problem["loc"][-1] == "type" for problem in problems):
        return INVALID_TYPE
    problem = problems[0]
    if not problem["loc"]:
        return str(problem["msg"]).removeprefix("Value error, ")
    path = ".".join(str(part) for part in problem["loc"])
    return f"{path} is {shorten(problem['input'])}: {problem['msg']}"


def shorten(value: Any) -> str:
    """Return a value as a text that fits into a sentence."""
    text = _SHORT.repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
