"""What the descriptions of all routes are made of: operations, answers, errors."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from dash_app.settings.reactions import KEY_PATTERN

Schema = dict[str, Any]

Count = Annotated[int, Field(ge=0)]
Key = Annotated[str, Field(pattern=f"^{KEY_PATTERN}$")]
Totals = dict[Key, Count]

JSON = "application/json"

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


def read(model: type[BaseModel], parameters: Sequence[Schema], *errors: int) -> Schema:
    """Return an operation that reads; every one may answer 401, 429 and 503."""
    described = operation(model.__name__.lower(), model, *errors, 401, 429, 503)
    described["parameters"] = [*parameters]
    return described


def change(
    name: str,
    answer: type[BaseModel],
    parameters: Sequence[Schema],
    body: type[BaseModel] | None,
) -> Schema:
    """Return an operation of the presenter; with a body of a new thing it answers 201, too."""
    described = operation(name, answer, 400, 403, 404, 409, 413, 415, 429, 503)
    described["parameters"] = [*parameters]
    if body is not None:
        content = {JSON: {"schema": reference(body)}}
        described["requestBody"] = {"required": True, "content": content}
        described["responses"]["201"] = response("It is new", answer)
    return described


def operation(name: str, model: type[BaseModel], *errors: int) -> Schema:
    """Return an operation with this answer, whose docstring says what it is, and these errors."""
    summary = (model.__doc__ or "").strip()
    responses = {"200": response(summary, model)}
    for error in errors:
        answer = response(ERRORS[error], Error)
        responses[str(error)] = retry(answer) if error in {429, 503} else answer
    return {"operationId": name, "summary": summary, "responses": responses}


def response(description: str, model: type[BaseModel]) -> Schema:
    """Return an answer as JSON."""
    return {"description": description, "content": {JSON: {"schema": reference(model)}}}


def retry(described: Schema) -> Schema:
    """Return the answer with the header that says when to try again."""
    header = {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds"}
    return {**described, "headers": {"Retry-After": header}}


def reference(model: type[BaseModel]) -> Mapping[str, str]:
    """Return a reference to the model among the document's components."""
    return {"$ref": f"#/components/schemas/{model.__name__}"}
