"""The `KAFKA_*` variables as settings of kafka-python's clients, typed by their defaults."""

import logging
from collections.abc import Mapping
from typing import Any

from dash_app.settings import PASSED_TO_KAFKA, BadSetting

log = logging.getLogger(__name__)

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


def options_for(defaults: Mapping[str, Any], variables: Mapping[str, str]) -> dict[str, Any]:
    """Return those of the variables that a client with these default settings knows, typed.

    Raises BadSetting.
    """
    options = {}
    for variable, value in variables.items():
        name = variable.removeprefix(PASSED_TO_KAFKA).lower()
        if name in defaults:
            options[name] = _typed(variable, value, defaults[name])
    return options


def warn_of_unknown(all_defaults: list[Mapping[str, Any]], variables: Mapping[str, str]) -> None:
    """Log which variables no client knows; a platform may have put them there."""
    for variable in variables:
        name = variable.removeprefix(PASSED_TO_KAFKA).lower()
        if not any(name in defaults for defaults in all_defaults):
            log.warning("%s is no setting of kafka-python and has no effect", variable)


def _typed(variable: str, value: str, default: Any) -> Any:
    try:
        if isinstance(default, bool):
            return _truth(value)
        if isinstance(default, int | float):
            return float(value) if "." in value else int(value)
    except ValueError as error:
        kind = "true or false" if isinstance(default, bool) else "a number"
        raise BadSetting(f"{variable} is {value!r}, which cannot work; allowed: {kind}.") from error
    if default is None or isinstance(default, str):
        return value
    raise BadSetting(f"{variable} is {value!r}, but cannot be set through the environment.")


def _truth(value: str) -> bool:
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ValueError(value)
