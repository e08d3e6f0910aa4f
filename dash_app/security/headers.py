"""The headers that tell a browser what it may do with a response."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, current_app
from flask.typing import ResponseReturnValue

FRESH = "public, max-age=0, s-maxage=1"
"""The Cache-Control of responses that a proxy may reuse for everybody for one second."""

POLICY = (
    "default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'self';"
    " form-action 'self'; frame-ancestors {frames}"
)


def policy(frame_ancestors: str, script_hashes: Sequence[str] = ()) -> str:
    """Return the Content-Security-Policy of a page; it allows inline scripts by their hashes."""
    frames = f"'{frame_ancestors}'" if frame_ancestors in {"none", "self"} else frame_ancestors
    return POLICY.format(scripts=" ".join(["'self'", *script_hashes]), frames=frames)


def with_security_headers(view: Callable[..., ResponseReturnValue]) -> Callable[..., Response]:
    """Return the view with the headers that every response carries."""

    @functools.wraps(view)
    def view_with_headers(**arguments: Any) -> Response:
        response: Response = current_app.make_response(view(**arguments))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return view_with_headers
