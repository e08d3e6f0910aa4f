"""The settings of the pages: where they are and what visitors see."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, field_validator

from dash_app.settings.colors import BLACK, READABLE, color_of, contrast
from dash_app.settings.fields import WholeNumber, setting
from dash_app.settings.reactions import (
    ALLOWED,
    SEED,
    Reactions,
    check_reactions,
    split_reactions,
)

LANGUAGES = ("en", "es")
"""Those of the pages; the first is that of a page whose viewer prefers none of them."""

JOIN_URL_LIMIT = 300
"""Characters; a phone's camera cannot tell the points of a longer address's QR code apart."""


class LookSettings(BaseModel, defer_build=True):
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
    reactions: Annotated[
        Reactions,
        BeforeValidator(split_reactions),
        AfterValidator(check_reactions),
        setting(ALLOWED, "What the buttons send, and how each is called."),
    ] = SEED
    title: Annotated[
        str | None,
        setting(
            "1 to 80 characters, or unset",
            "Title of the pages, and heading on the wall.",
            min_length=1,
            max_length=80,
            generic=True,
        ),
    ] = None
    theme: Annotated[
        str | None,
        setting(
            "three colours #rrggbb, separated by commas, the first two different, each so light"
            " that black text on it has a contrast of 4.5; or unset",
            "Colours of the first button, of the second one, and of links.",
            generic=True,
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

    @field_validator("theme")
    @classmethod
    def _check_theme(cls, value: str | None) -> str | None:
        if value is None:
            return None
        names = [name.strip().lower() for name in value.split(",")]
        colors = [color_of(name) for name in names]
        # The chart is nearly black, too: a colour that is too dark for text would be no line there.
        if any(contrast(color, BLACK) < READABLE for color in colors):
            raise ValueError("a colour is too dark")
        cheers, hate, _ = colors
        if cheers == hate:
            raise ValueError("both buttons have one colour")
        return ",".join(names)
