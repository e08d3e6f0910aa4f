"""The answers of the routes of talks, as the OpenAPI document describes them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from dash_app.counting.people import MOST_PERSONS
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
