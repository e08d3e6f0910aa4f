"""Every setting: name, default, unit and help, read from the environment once."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import ConfigDict, ValidationError

from dash_app.settings.errors import BadSetting, bad_setting
from dash_app.settings.fields import WholeNumber, setting
from dash_app.settings.kafka import FIXED_KAFKA_VARIABLES, KAFKA_PREFIX, KafkaSettings
from dash_app.settings.look import LookSettings
from dash_app.settings.security import SecuritySettings
from dash_app.settings.standalone import StandaloneSettings

MOUNTED_PREFIX = "CLICKER_"
"""Begins the variables of a mounted site whose plain names the host may use itself."""


# The fields of the last base come first, in the documents as well.
class Settings(SecuritySettings, KafkaSettings, LookSettings, StandaloneSettings):
    """All settings of one application, validated and immutable.

    Each field is read from the variable with its name in capitals: `refresh_ms` from `REFRESH_MS`.
    An empty variable counts as absent. Raises BadSetting.
    """

    # pydantic's own error would show a secret that is too short.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    clicks_db: Annotated[
        Path,
        setting(
            "a new file or one with clicks, on a local disk, that can be written",
            "SQLite file of the embedded broker.",
        ),
    ] = Path("var/clicks.sqlite3")
    archive_folder: Annotated[
        Path | None,
        setting(
            "a folder that can be written, or unset",
            "Folder of counted ranges of time; unset: archive beside the file of the clicks.",
            generic=True,
        ),
    ] = None
    archive_records: Annotated[
        WholeNumber,
        setting(
            "1 to 100000000",
            "Records of the log that a report or an export may read.",
            ge=1,
            le=100_000_000,
            generic=True,
        ),
    ] = 5_000_000
    recent_capacity: Annotated[
        WholeNumber,
        setting("1 to 10000000", "Recent clicks kept for /kafka/data.", ge=1, le=10_000_000),
    ] = 100_000
    dedup_offsets: Annotated[
        WholeNumber,
        setting(
            "1 to 250000",
            "Offsets in a generation of the memory for repeats; the same in all processes.",
            ge=1,
            le=250_000,
        ),
    ] = 100_000
    answer_limit_ms: Annotated[
        WholeNumber,
        setting(
            "100 to 60000",
            "Milliseconds after which the site answers a click with 503.",
            ge=100,
            le=60_000,
        ),
    ] = 3000
    web_threads: Annotated[
        WholeNumber,
        setting(
            "4 to 256",
            "Threads per process that answer requests.",
            ge=4,
            le=256,
            generic=True,
        ),
    ] = 16

    if not TYPE_CHECKING:  # type checkers read the keywords from the fields

        def __init__(self, **values: Any) -> None:
            self._fill(values, mounted=False)

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] = os.environ, *, mounted: bool = False
    ) -> Self:
        """Read the settings from environment variables; `mounted`, by the names for a host's site.

        Raises BadSetting with one sentence that names the variable, its value and what is allowed.
        """
        variables = {name: variable_of(name, mounted=mounted) for name in cls.model_fields}
        values: dict[str, Any] = {
            name: environ[variable].strip()
            for name, variable in variables.items()
            if variable and environ.get(variable, "").strip()
        }
        # The host's own clients may be what a fixed variable is meant for.
        foreign = FIXED_KAFKA_VARIABLES if mounted else set()
        values["kafka_options"] = {
            name: value
            for name, value in environ.items()
            if name.startswith(KAFKA_PREFIX) and value and name.lower() not in cls.model_fields
            if name not in foreign
        }
        settings = cls.__new__(cls)
        settings._fill(values, mounted=mounted)
        return settings

    def _fill(self, values: dict[str, Any], *, mounted: bool) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_context=False)[0]
            raise _refusal(str(problem["loc"][0]), problem["input"], mounted=mounted) from error
        if self.counts_from == "flink" and not self.kafka_bootstrap_servers:
            raise bad_setting(
                "COUNTS_FROM", "flink", "clicks while KAFKA_BOOTSTRAP_SERVERS is unset"
            )
        for name in sorted(FIXED_KAFKA_VARIABLES & self.kafka_options.keys()):
            if self.kafka_bootstrap_servers:
                value = self.kafka_options[name]
                raise BadSetting(
                    f"{name} is {value!r}, but the site sets it itself, so that no click is lost "
                    "or counted twice; allowed: unset."
                )

    @property
    def counted_ranges(self) -> Path:
        """The folder of counted ranges of time."""
        return self.archive_folder or self.clicks_db.parent / "archive"

    @property
    def broker(self) -> str:
        """The broker in use: "kafka" or "embedded"."""
        return "kafka" if self.kafka_bootstrap_servers else "embedded"


def variable_of(name: str, *, mounted: bool) -> str | None:
    """Return the variable that a field is read from; None if it has none there."""
    if name == "kafka_options" or (mounted and name in StandaloneSettings.model_fields):
        return None
    extra = Settings.model_fields[name].json_schema_extra
    is_generic = isinstance(extra, dict) and extra["generic"]
    return f"{MOUNTED_PREFIX if mounted and is_generic else ''}{name.upper()}"


def bad_field(name: str, value: object, reason: object = "") -> BadSetting:
    """Return the error for the field `name` of Settings, with the values that it allows."""
    return _refusal(name, value, reason)


def _refusal(name: str, value: object, reason: object = "", *, mounted: bool = False) -> BadSetting:
    if name not in Settings.model_fields:
        return BadSetting(f"there is no setting {name!r}; docs/settings.md lists all.")
    extra = Settings.model_fields[name].json_schema_extra
    allowed = str(extra["allowed"]) if isinstance(extra, dict) else ""
    variable = variable_of(name, mounted=mounted) or name.upper()
    return bad_setting(variable, str(value), allowed, reason)
