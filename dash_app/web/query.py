"""The parameters of a query: those that a route knows, once each."""

import re
from collections.abc import Sequence

from flask import request

from dash_app.counting.talk_values import LATEST_SECOND
from dash_app.errors import ApiError
from dash_app.web.requests import shorten


def reject_unknown_parameters(names: Sequence[str]) -> None:
    """Raise ApiError for other names: a misspelt one would silently mean the default."""
    for name, values in request.args.lists():
        if name not in names:
            known = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
            raise ApiError(400, f"{shorten(name)} is no parameter here; there are {known}")
        if len(values) > 1:
            raise ApiError(400, f"{name} is given {len(values)} times")


def whole_number(name: str, allowed: str, *, least: int = 0, most: int) -> int | None:
    """Return the number that is given as `name`; None: there is none.

    Raises ApiError, which says what is `allowed`.
    """
    text = request.args.get(name)
    if text is None:
        return None
    number = int(text) if re.fullmatch("[0-9]{1,12}", text) else -1
    if not least <= number <= most:
        raise ApiError(400, f"{name} is {shorten(text)}: it is {allowed}")
    return number


def one_of(name: str, allowed: Sequence[str], default: str) -> str:
    """Return the word that is given as `name`. Raises ApiError for one that is not allowed."""
    text = request.args.get(name, default)
    if text not in allowed:
        raise ApiError(400, f"{name} is {shorten(text)}: it is one of {', '.join(allowed)}")
    return text


def asked_range() -> tuple[int, int]:
    """Return the seconds of `from` and `to`. Raises ApiError."""
    allowed = "a time in whole seconds since 1970, such as 1800000000"
    since, until = (whole_number(name, allowed, most=LATEST_SECOND) for name in ("from", "to"))
    if since is None or until is None:
        raise ApiError(400, "from and to name a range, in seconds since 1970; both are needed")
    return since, until
