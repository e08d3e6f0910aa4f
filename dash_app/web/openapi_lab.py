"""The routes of the laboratory, as the OpenAPI document describes them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from dash_app.consumer.published_state import STATES
from dash_app.web.lab import BrokenRecord
from dash_app.web.openapi_parts import Count, Key, Schema, Totals, change, read
from dash_app.web.openapi_talks import Offered

State = Annotated[str, Field(json_schema_extra={"enum": [*STATES]})]
Offsets = dict[str, Count]


class PlacedClick(BaseModel):
    """Where in the log a record stands; in a file, the partition is 0 and the offset its row."""

    partition: Count
    offset: Count


class Header(BaseModel):
    """A header of a record; the name `…` stands for all further ones."""

    name: str
    value: str | None


class SeenRecord(BaseModel):
    """A record as it is, what was decided about it, and when this process read and counted it.

    What is too long ends with `…`; for all but a presenter `…` stands in place of what may say
    whose click it is, and `type` is null where it is none of the site's. `repeat_of` is the offset
    of the click that counts; null: it is unknown, or this is no repeat. `total` is how many clicks
    of its type there were then. Times are epoch seconds.
    """

    partition: Count
    offset: Count
    time: float
    key: str | None
    headers: list[Header]
    value: str | None
    bytes: Count
    decision: Literal["counted", "untimely", "repeat", "unreadable"]
    reason: str | None
    repeat_of: Count | None
    type: Key | None
    timestamp: float | None
    drawn_at: float | None
    total: Count | None
    polled_at: float
    counted_at: float


class Read(BaseModel):
    """How much this process has read since somebody looks."""

    records: Count
    bytes: Count


class WrittenCheckpoint(BaseModel):
    """The last checkpoint that this process wrote, and when."""

    offsets: Offsets
    at: float


class Lab(BaseModel):
    """How far this process has read, and the newest records, newest first, for ten seconds each.

    Whose clicks they are and what other programs wrote is hidden from all but a presenter.
    `process` names the process that answers and its start.
    """

    log: str | None
    broker: Literal["kafka", "embedded"]
    counts_from: Literal["clicks", "flink"]
    process: str
    state: State
    as_of: Offsets
    ends: Offsets
    unreadable: dict[str, Count]
    duplicates: Count
    totals: Totals
    read: Read
    checkpoint: WrittenCheckpoint | None
    pause_left_s: float
    may_change: bool
    reactions: list[Offered]
    records: list[SeenRecord]
    server_time: float


class Paused(BaseModel):
    """This process counts nothing for some seconds; what comes meanwhile is counted afterwards."""

    status: Literal["success"]
    process: str
    pause_left_s: float


class AppendedRecord(BaseModel):
    """The record that is no click is durable."""

    status: Literal["success"]
    placed: list[PlacedClick]
    received_at: float
    acknowledged_at: float


REQUESTS = (BrokenRecord,)
RESPONSES = (Lab, Paused, AppendedRecord)


def paths() -> dict[str, Schema]:
    """Return the paths of the laboratory."""
    pause = change("pause", Paused, [], None)
    broken = change("append_broken", AppendedRecord, [], BrokenRecord)
    del broken["responses"]["201"]
    return {
        "/kafka/lab": {"get": read(Lab, [], 403)},
        "/kafka/lab/pause": {"post": pause},
        "/kafka/lab/broken": {"post": broken},
    }
