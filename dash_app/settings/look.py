"""The settings of the pages: where they are and what visitors see."""

import re
from typing import Annotated

from pydantic import BaseModel, field_validator

from dash_app.settings.fields import WholeNumber, setting

JOIN_URL_LIMIT = 300
"""Characters; a phone's camera cannot tell the points of a longer address's QR code apart."""


class LookSettings(BaseModel):
    """The part of Settings about the pages."""

    url_prefix: Annotated[
        str,
        setting(
            "a path such as /live, without a slash at the end, or /",
            "Path of all pages and routes.",
            generic=True,
        ),
    ] = "/visualization-tools-ii"
    join_url: Annotated[
        str | None,
        setting(
            "an http:// or https:// address of at most 300 characters, or unset",
            "Address that the audience opens; shown with a QR code.",
            max_length=JOIN_URL_LIMIT,
        ),
    ] = None
    cheers_label: Annotated[
        str | None,
        setting(
            "1 to 40 characters, or unset", "Text of the first button.", min_length=1, max_length=40
        ),
    ] = None
    hate_label: Annotated[
        str | None,
        setting(
            "1 to 40 characters, or unset",
            "Text of the second button.",
            min_length=1,
            max_length=40,
        ),
    ] = None
    refresh_ms: Annotated[
        WholeNumber,
        setting(
            "20 to 60000",
            "Milliseconds between two redraws of the dashboard.",
            ge=20,
            le=60_000,
            generic=True,
        ),
    ] = 1000

    @field_validator("url_prefix")
    @classmethod
    def _check_path(cls, value: str) -> str:
        if value == "/":
            return ""
        if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", value) or {".", ".."} & {*value.split("/")}:
            raise ValueError("not a path")
        return value

    @field_validator("join_url")
    @classmethod
    def _check_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        pattern = r'https?://[^\s/?#"<>]+([/?#][^\s"<>]*)?'
        if not value.isprintable() or not re.fullmatch(pattern, value):
            raise ValueError("not an address")
        return value
