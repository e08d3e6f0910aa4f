"""The settings of the program: its address, processes and log. A mounted site reads none."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, field_validator

from dash_app.settings.fields import WholeNumber, setting


class StandaloneSettings(BaseModel, defer_build=True):
    """The part of Settings that only the stand-alone program reads from the environment."""

    host: Annotated[
        str, setting("an address or host name", "Address to listen on; 0.0.0.0 is every network.")
    ] = "127.0.0.1"
    port: Annotated[
        WholeNumber, setting("1 to 65535", "TCP port to listen on.", ge=1, le=65535)
    ] = 8050
    join_host: Annotated[
        str | None,
        setting(
            "an address or host name, auto for this machine's likely address, or unset",
            "Host in the address that the audience opens while JOIN_URL is unset.",
        ),
    ] = None
    web_processes: Annotated[
        WholeNumber, setting("1 to 64", "Processes that answer requests.", ge=1, le=64)
    ] = 1
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        setting("DEBUG, INFO, WARNING or ERROR", "Least severe level that is logged."),
    ] = "INFO"
    log_format: Annotated[
        Literal["text", "json"],
        setting("text or json", "Form of the log: key=value or JSON, one line per event."),
    ] = "text"
    demo: Annotated[
        bool, setting("1 or 0", "Shows a banner that says that the clicks are simulated.")
    ] = False

    @field_validator("join_host")
    @classmethod
    def _check_host(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(
            r"[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:]{2,45}", value
        ):
            raise ValueError("not a host")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _to_upper_case(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value
