"""The answers of the routes of talks, as the OpenAPI document describes them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from dash_app.counting.people import MOST_PERSONS
from dash_app.counting.talks import ID_PATTERN, MAX_TALKS
from dash_app.web.openapi_parts import Key, Schema, Totals, change, read
from dash_app.web.talk_requests import (
    Id,
    Label,
    MarkStart,
    Second,
    TalkChange,
    TalkStart,
    Title,
)


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


def _id_parameter(name: str) -> Schema:
    """Describe the id of a talk or a mark in a path."""
    schema = {"type": "string", "pattern": f"^{ID_PATTERN}$"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _limit_parameter() -> Schema:
    """Describe how many talks a list has."""
    schema = {"type": "integer", "minimum": 0, "maximum": MAX_TALKS, "default": MAX_TALKS}
    return {"name": "limit", "in": "query", "description": "How many talks.", "schema": schema}


def paths() -> dict[str, Schema]:
    """Return the paths of the talks."""
    talk, mark = _id_parameter("talk_id"), _id_parameter("mark_id")
    deleted = {"204": {"description": "It is deleted"}}
    delete_talk = change("delete_talk", ShownTalk, [talk], None)
    delete_mark = change("delete_mark", ShownMark, [talk, mark], None)
    for operation in (delete_talk, delete_mark):
        operation["summary"] = "Delete it, and no click."
        del operation["responses"]["200"]
        operation["responses"] |= deleted
    return {
        "/kafka/talks": {
            "get": read(TalkList, [_limit_parameter()], 400),
            "post": change("start_talk", ShownTalk, [], TalkStart),
        },
        "/kafka/talks/current": {"get": read(Current, [])},
        "/kafka/talks/{talk_id}": {
            "get": read(CountedTalk, [talk], 404),
            "patch": change("change_talk", ShownTalk, [talk], TalkChange),
            "delete": delete_talk,
        },
        "/kafka/talks/{talk_id}/marks": {"post": change("mark", ShownMark, [talk], MarkStart)},
        "/kafka/talks/{talk_id}/marks/{mark_id}": {"delete": delete_mark},
    }
