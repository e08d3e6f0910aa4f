"""The settings about who may do what, and how often."""

import re
from typing import Annotated

from pydantic import BaseModel, field_validator

from dash_app.setting_fields import setting

_ORIGIN = r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?"


def _origins(value: str) -> str:
    """Return the origins as browsers write them; raises ValueError."""
    origins = value.lower().replace(",", " ").split()
    if not origins or not all(re.fullmatch(_ORIGIN, origin) for origin in origins):
        raise ValueError("not a list of origins")
    return " ".join(origins)


class SecuritySettings(BaseModel):
    """What Settings says about security."""

    frame_ancestors: Annotated[
        str,
        setting(
            "none, self, or origins such as https://example.org, separated by commas",
            "Sites whose pages may show ours in a frame.",
        ),
    ] = "none"

    @field_validator("frame_ancestors")
    @classmethod
    def _are_frames(cls, value: str) -> str:
        return value if value in {"none", "self"} else _origins(value)
