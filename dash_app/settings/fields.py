"""How a setting is declared: the values that it allows, its meaning, the form of its numbers."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def setting(allowed: str, meaning: str, *, generic: bool = False, **constraints: Any) -> Any:
    """Declare a field; docs/settings.md and `run --help` show both texts.

    Of a `generic` one a host's other programs may have a variable with the same name: a mounted
    site reads it with a prefix.
    """
    extra: dict[str, Any] = {"allowed": allowed, "generic": generic}
    return Field(description=meaning, json_schema_extra=extra, **constraints)


def _matching(pattern: str) -> BeforeValidator:
    """Accept a text only if it matches: Python would read 80_50 and 1e1 as numbers, too."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            raise ValueError(f"does not match {pattern}")
        return value

    return BeforeValidator(check)


WholeNumber = Annotated[int, _matching("[0-9]+")]
DecimalNumber = Annotated[float, _matching(r"[0-9]+(\.[0-9]+)?")]
