"""The settings as a table of texts, for `--help` and for docs/settings.md."""

from typing import NamedTuple

from dash_app.settings.reactions import written as written_reactions
from dash_app.settings.security import SecuritySettings
from dash_app.settings.settings import Settings, variable_of

UNSET = "unset"


class Entry(NamedTuple):
    """One environment variable: its default as it would be written, and the texts about it."""

    variable: str
    default: str
    allowed: str
    meaning: str
    mounted: str | None
    """The variable that a mounted site reads in its place; None if it reads none."""


def entries() -> list[Entry]:
    """Return one entry per variable, those about security last."""
    security = SecuritySettings.model_fields
    names = [name for name in Settings.model_fields if name not in security]
    return [_entry(name) for name in [*names, *security] if variable_of(name, mounted=False)]


def _entry(name: str) -> Entry:
    field = Settings.model_fields[name]
    extra = field.json_schema_extra
    allowed = str(extra["allowed"]) if isinstance(extra, dict) else ""
    default = field.get_default()
    if isinstance(default, bool):
        default = int(default)
    if name == "reactions":
        default = written_reactions(default)
    written = UNSET if default is None else str(default)
    mounted = variable_of(name, mounted=True)
    return Entry(name.upper(), written, allowed, str(field.description), mounted)
