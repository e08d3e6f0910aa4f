"""The settings of security: limits, proxies, origins and access codes."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, SecretStr, field_validator

from dash_app.settings.fields import WholeNumber, setting

_ORIGIN = r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?"

_CODE = r"[!-~]{4,100}"
_CODE_ALLOWED = "4 to 100 letters, digits and signs of ASCII, without spaces, or unset"


def _normalize_origins(value: str) -> str:
    """Return the origins in the form that browsers send; raises ValueError."""
    origins = value.lower().replace(",", " ").split()
    if not origins or not all(re.fullmatch(_ORIGIN, origin) for origin in origins):
        raise ValueError("not a list of origins")
    return " ".join(origins)


class SecuritySettings(BaseModel, defer_build=True):
    """The part of Settings about security; each limit holds for one process."""

    secret_key: Annotated[
        SecretStr | None,
        setting(
            "16 characters or more, or unset",
            "Signs cookies; the same in all processes. Unset: created once and stored in var/.",
            min_length=16,
            generic=True,
        ),
    ] = None
    rate_limits: Annotated[
        Literal["on", "off"],
        setting(
            "on or off",
            "Whether the limits below apply.",
            generic=True,
        ),
    ] = "on"
    clicks_per_id: Annotated[
        WholeNumber,
        setting("1 to 100000", "Clicks per second of one signed id.", ge=1, le=100_000),
    ] = 20
    burst_seconds: Annotated[
        WholeNumber,
        setting("1 to 60", "Seconds of CLICKS_PER_ID that may come at once.", ge=1, le=60),
    ] = 3
    clicks_per_address: Annotated[
        WholeNumber,
        setting(
            "1 to 1000000", "Clicks per second of one address without an id.", ge=1, le=1_000_000
        ),
    ] = 2000
    new_ids_per_address: Annotated[
        WholeNumber, setting("1 to 100000", "New ids per second for one address.", ge=1, le=100_000)
    ] = 50
    trusted_hops: Annotated[
        WholeNumber,
        setting(
            "0 to 10",
            "Proxies in front that each add to X-Forwarded-For; with 0 the site ignores it.",
            ge=0,
            le=10,
            generic=True,
        ),
    ] = 0
    frame_ancestors: Annotated[
        str,
        setting(
            "none, self, or origins such as https://example.org, separated by commas",
            "Sites whose pages may show these pages in a frame.",
            generic=True,
        ),
    ] = "none"
    cors_origins: Annotated[
        str | None,
        setting(
            "origins such as https://example.org, separated by commas, or unset",
            "Other sites whose pages may use the routes.",
            generic=True,
        ),
    ] = None

    clicker_code: Annotated[
        SecretStr | None,
        setting(_CODE_ALLOWED, "Code that the clicker and its routes ask for."),
    ] = None
    dashboard_code: Annotated[
        SecretStr | None,
        setting(_CODE_ALLOWED, "Code that the dashboard, its routes and /metrics ask for."),
    ] = None

    presenter_code: Annotated[
        SecretStr | None,
        setting(
            _CODE_ALLOWED,
            "Code of whoever starts and ends talks. Unset: created once and stored in var/.",
        ),
    ] = None

    @field_validator("frame_ancestors")
    @classmethod
    def _check_frame_ancestors(cls, value: str) -> str:
        return value if value in {"none", "self"} else _normalize_origins(value)

    @field_validator("cors_origins")
    @classmethod
    def _check_cors_origins(cls, value: str | None) -> str | None:
        return None if value is None else _normalize_origins(value)

    @field_validator("clicker_code", "dashboard_code", "presenter_code")
    @classmethod
    def _check_codes(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(_CODE, value.get_secret_value()):
            raise ValueError("not a code")
        return value
