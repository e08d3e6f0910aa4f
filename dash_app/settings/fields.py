"""How a setting is declared: what is allowed, what it means, and how a number is written."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def setting(allowed: str, meaning: str, **constraints: Any) -> Any:
    """Return the declaration of a field; the document of the settings repeats both texts."""
    return Field(description=meaning, json_schema_extra={"allowed": allowed}, **constraints)


def _written(pattern: str) -> BeforeValidator:
    """Accept a text only if it is written like this: Python reads 80_50 and 1e1 as numbers too."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            raise ValueError("written in another way")
        return value

    return BeforeValidator(check)


Whole = Annotated[int, _written("[0-9]+")]
Decimal = Annotated[float, _written(r"[0-9]+(\.[0-9]+)?")]
