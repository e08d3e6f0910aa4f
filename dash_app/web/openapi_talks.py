"""The answers of the routes of talks, as the OpenAPI document describes them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from dash_app.counting.people import MOST_PERSONS
from dash_app.counting.talks import ID_PATTERN, MAX_TALKS
from dash_app.settings.reactions import KEY_PATTERN
from dash_app.web.talk_requests import Id, Label, Second, Title

Key = Annotated[str, Field(pattern=f"^{KEY_PATTERN}$")]
Totals = dict[Key, Annotated[int, Field(ge=0)]]


class Offered(BaseModel):
    """A reaction that the buttons send: the type of its clicks, and how people call it."""

    key: Key
    label: str


class ShownMark(BaseModel):
    """A moment of a talk, in epoch seconds, and how it is called."""

    id: Id
    at: Second
    label: Label


class ShownTalk(BaseModel):
    """A talk; its totals are null where this process does not know them."""

    id: Id
    title: Title
    reactions: list[Offered]
    started_at: Second
    ended_at: Second | None
    taps: Literal["open", "closed"]
    results: Literal["shown", "hidden"]
    marks: list[ShownMark]
    totals: Totals | None


class People(BaseModel):
    """How many persons clicked; null where this process does not know them."""

    people: Annotated[int, Field(ge=0, le=MOST_PERSONS)] | None
    more_people: bool


class RunningTalk(ShownTalk, People):
    """The running talk, and how many persons clicked since its start."""


class CountedTalk(ShownTalk):
    """A talk whose totals are the clicks of the log before the offsets in `as_of`."""

    log: str | None
    as_of: dict[str, int]


class TalkList(BaseModel):
    """All talks, newest first; `problem` says why they can be neither read nor changed now."""

    talks: list[ShownTalk]
    may_change: bool
    problem: str | None


class CurrentTalk(BaseModel):
    """What a phone needs of a talk."""

    id: Id
    title: Title
    reactions: list[Offered]
    taps: Literal["open", "closed"]


class Current(BaseModel):
    """The running talk, or null."""

    talk: CurrentTalk | None


RESPONSES = (TalkList, ShownTalk, CountedTalk, ShownMark, Current)


def id_parameter(name: str) -> dict[str, Any]:
    """Describe the id of a talk or a mark in a path."""
    schema = {"type": "string", "pattern": f"^{ID_PATTERN}$"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def limit_parameter() -> dict[str, Any]:
    """Describe how many talks a list has."""
    schema = {"type": "integer", "minimum": 0, "maximum": MAX_TALKS, "default": MAX_TALKS}
    return {"name": "limit", "in": "query", "description": "How many talks.", "schema": schema}
