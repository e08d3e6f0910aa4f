"""Errors as JSON, the same on every route of every host."""

import functools
import logging
from collections.abc import Callable
from typing import Any

import orjson
from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1


class ApiError(HTTPException):
    """An error that becomes a JSON response; `fields` are added to its status and message."""

    def __init__(
        self, code: int, message: str, *, retry_seconds: int = RETRY_SECONDS, **fields: Any
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retry_seconds = retry_seconds
        self.fields = fields


def error_response(
    code: int, message: str, *, retry_seconds: int = RETRY_SECONDS, **fields: Any
) -> Response:
    """Return an error as JSON; 429 and 503 carry Retry-After."""
    body = orjson.dumps({"status": "error", "message": message, **fields})
    response = Response(body, status=code, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    if code in {429, 503}:
        response.headers["Retry-After"] = str(retry_seconds)
    return response


def not_found() -> Response:
    """Return the 404 of an unknown path under the prefix."""
    return error_response(404, f"There is nothing at {request.path}")


def json_errors(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Return a view that answers each error as JSON, whatever error handlers the host has."""

    @functools.wraps(view)
    def safe_view(**arguments: Any) -> ResponseReturnValue:
        try:
            return view(**arguments)
        except HTTPException as error:
            return http_error_response(error)
        except Exception as error:  # noqa: BLE001 - the end of a request
            return unexpected_error_response(error)

    return safe_view


def http_error_response(error: HTTPException) -> Response:
    """Return an HTTP error as JSON, with its headers."""
    if isinstance(error, ApiError):
        return error_response(
            error.code or 500,
            error.description or "",
            retry_seconds=error.retry_seconds,
            **error.fields,
        )
    if isinstance(error, MethodNotAllowed):
        response = error_response(405, f"{request.method} is not possible at {request.path}")
    else:
        response = error_response(error.code or 500, error.description or error.name)
    for name, value in error.get_headers(request.environ):
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def unexpected_error_response(error: Exception) -> Response:
    """Log an unexpected error with its traceback, and return it as JSON."""
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return error_response(500, "Something went wrong here; the log of the server says what")
