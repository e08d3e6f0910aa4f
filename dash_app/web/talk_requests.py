"""The bodies of the routes of talks, and one sentence for each that has another shape."""

import re
import secrets
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from dash_app.counting.talk_changes import NewMark, NewTalk
from dash_app.counting.talk_values import (
    LATEST_SECOND,
    MARK_LIMIT,
    TITLE_LIMIT,
    check_label,
    check_title,
)
from dash_app.counting.talks import ID_PATTERN
from dash_app.settings.reactions import (
    KEY_PATTERN,
    LABEL_LIMIT,
    MAX_REACTIONS,
    Reaction,
    Reactions,
    check_reactions,
)
from dash_app.web.requests import BadRequest, int_if_whole, read_object, shorten

Id = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]
Second = Annotated[int, Field(ge=0, le=LATEST_SECOND), BeforeValidator(int_if_whole)]
Title = Annotated[
    str,
    Field(min_length=1, max_length=TITLE_LIMIT),
    AfterValidator(check_title),
]
Label = Annotated[str, Field(max_length=MARK_LIMIT), AfterValidator(check_label)]

_SHAPE = ConfigDict(strict=True, extra="forbid")

_NEW_ID_BYTES = 6

_NAME = re.compile("[a-z_]+|[0-9]+")


class Button(BaseModel):
    """A reaction: the type of its clicks, and how people call it."""

    model_config = _SHAPE

    key: Annotated[str, Field(pattern=f"^{KEY_PATTERN}$")]
    label: Annotated[str, Field(min_length=1, max_length=LABEL_LIMIT)]


class TalkStart(BaseModel):
    """A talk to be started; with an end that is over it is made of a range of time."""

    model_config = _SHAPE

    id: Id | None = None
    title: Title
    reactions: Annotated[list[Button], Field(min_length=1, max_length=MAX_REACTIONS)] | None = None
    started_at: Second | None = None
    ended_at: Second | None = None

    def talk(self, default: Reactions) -> NewTalk:
        """Return the talk; without reactions of its own it has the default. Raises BadRequest."""
        reactions = default
        if self.reactions is not None:
            try:
                reactions = check_reactions(
                    tuple(Reaction(one.key, one.label) for one in self.reactions)
                )
            except ValueError as error:
                raise BadRequest(f"reactions: {error}") from error
        talk_id = self.id or new_id()
        return NewTalk(talk_id, self.title, reactions, self.started_at, self.ended_at)


class TalkChange(BaseModel):
    """What is to change of a talk; what is not named stays."""

    model_config = ConfigDict(**_SHAPE, json_schema_extra={"minProperties": 1})

    title: Title = ""
    taps: Literal["open", "closed"] = "open"
    results: Literal["shown", "hidden"] = "shown"
    started_at: Second = 0
    ended_at: Second | Literal["now"] = 0

    def fields(self) -> dict[str, Any]:
        """Return what the body names. Raises BadRequest if it is nothing."""
        fields = self.model_dump(exclude_unset=True)
        if not fields:
            names = ", ".join(type(self).model_fields)
            raise BadRequest(f"The body must name what to change: {names}")
        return fields


class MarkStart(BaseModel):
    """A mark to be set, now or at a time."""

    model_config = _SHAPE

    id: Id | None = None
    label: Label = ""
    at: Second | None = None

    def mark(self) -> NewMark:
        """Return the mark."""
        return NewMark(self.id or new_id(), self.label, self.at)


def new_id() -> str:
    """Return an id that nobody has."""
    return secrets.token_hex(_NEW_ID_BYTES)


Model = TypeVar("Model", bound=BaseModel)


def parse(model: type[Model], body: bytes) -> Model:
    """Return the body as a model. Raises BadRequest, with one sentence."""
    fields = read_object(body)
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise BadRequest(_message(error)) from error


def _message(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_context=False)[0]
    # Of an alternative pydantic names the branch as well.
    parts = [str(part) for part in problem["loc"]]
    path = ".".join(part for part in parts if _NAME.fullmatch(part))
    if problem["type"] == "missing":
        return f"{path} is missing"
    if problem["type"] == "extra_forbidden":
        return f"There is no field {shorten(path)} here"
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"{path} is {shorten(problem['input'])}: {message}"
