"""The routes of reports and records, as the OpenAPI document describes them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from dash_app.counting.decisions import COUNTED, REPEAT, UNREADABLE, UNTIMELY
from dash_app.counting.talk_values import LATEST_SECOND
from dash_app.counting.talks import ID_PATTERN
from dash_app.settings.look import LANGUAGES
from dash_app.web.archive import LONGEST_BIN
from dash_app.web.openapi_parts import JSON, Count, Key, Schema, read, reference
from dash_app.web.record_lines import FORMS

NDJSON = FORMS["ndjson"].mimetype
TEXT: Schema = {"type": "string"}


class ReportLine(BaseModel):
    """How much is done, from 0 to 1; then the report, or why there is none. A line has one field.

    docs/report.schema.json describes the report.
    """

    done: Annotated[float, Field(ge=0, le=1)] | None = None
    report: dict[str, Any] | None = None
    error: str | None = None


class ExportedRecord(BaseModel):
    """A record of the log; `person` numbers who clicked, in the order of appearance."""

    partition: Count
    offset: Count
    record_time: float | None
    timestamp: float | None
    type: Key | None
    person: Annotated[int, Field(ge=1)] | None
    decided: Annotated[
        str, Field(json_schema_extra={"enum": [COUNTED, UNTIMELY, REPEAT, UNREADABLE]})
    ]
    drawn_at: float | None
    reason: str | None


class WrittenOffsets(BaseModel):
    """The offset of the first record of a partition that was written in a range, and the end."""

    partition: Count
    first: Count
    end: Count


class RangeOffsets(BaseModel):
    """Where in the log the records of a range are, and commands that print them."""

    log: str
    broker: Literal["kafka", "embedded"]
    partitions: list[WrittenOffsets]
    commands: list[str]


RESPONSES = (ReportLine, ExportedRecord, RangeOffsets)


def paths() -> dict[str, Schema]:
    """Return the paths of reports and records."""
    talk = _parameter("talk", {"type": "string", "pattern": f"^{ID_PATTERN}$"}, "A talk.")
    width = {"type": "integer", "minimum": 1, "maximum": LONGEST_BIN}
    bins = _parameter("bin", width, "The width of a bin in seconds.")
    range_ = [_second("from", "The first second."), _second("to", "The second after the last.")]
    file = [
        _parameter("format", {"enum": ["csv", "html", "json"]}, "As a file, once it is counted."),
        _parameter("zone", TEXT, "With a format: whose times it shows; by default UTC."),
        _parameter("lang", {"enum": [*LANGUAGES]}, "With a format: its language."),
    ]
    report = read(ReportLine, [talk, *range_, bins, *file], 400, 403, 404, 409)
    report |= {"operationId": "archive"}
    report["responses"]["200"]["content"] = {
        NDJSON: {"schema": TEXT, "x-item-schema": reference(ReportLine)},
        JSON: {"schema": {"type": "object"}},
        "text/csv": {"schema": TEXT},
        "text/html": {"schema": TEXT},
    }
    needed = [parameter | {"required": True} for parameter in range_]
    form = _parameter("format", {"enum": [*FORMS], "default": "csv"}, "The form of a line.")
    records = read(ExportedRecord, [*needed, form], 400, 403) | {"operationId": "records"}
    records["responses"]["200"]["content"] = {
        "text/csv": {"schema": TEXT},
        NDJSON: {"schema": TEXT, "x-item-schema": reference(ExportedRecord)},
    }
    offsets = read(RangeOffsets, needed, 400, 403) | {"operationId": "offsets"}
    return {
        "/kafka/archive": {"get": report},
        "/kafka/records": {"get": records},
        "/kafka/offsets": {"get": offsets},
    }


def _parameter(name: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _second(name: str, description: str) -> Schema:
    schema = {"type": "integer", "minimum": 0, "maximum": LATEST_SECOND}
    return _parameter(name, schema, f"{description} Epoch seconds.")
