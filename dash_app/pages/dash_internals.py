"""The one module that touches private names of Dash: its globals and its set-up."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dash import Dash, _callback, _get_app, _get_paths, _pages
from flask import Flask

_GLOBALS = (
    (_get_app, "APP"),
    (_get_paths, "CONFIG"),
    (_pages, "CONFIG"),
    (_callback, "GLOBAL_CALLBACK_LIST"),
    (_callback, "GLOBAL_CALLBACK_MAP"),
    (_callback, "GLOBAL_INLINE_SCRIPTS"),
    (_callback, "GLOBAL_API_PATHS"),
)
"""Where Dash keeps its newest app and the callbacks that no app has claimed yet."""


class HostedDash(Dash):
    """A Dash app at `base` that leaves the Flask server and the other Dash apps on it as they were.

    `base` is a path that ends with a slash. The app serves no assets and runs no callbacks on the
    server.
    """

    def __init__(self, server: Flask, base: str, title: str) -> None:
        self._is_set_up = False
        with _keep_globals(), _keep_error_handlers(server):
            super().__init__(
                __name__,
                server=server,  # type: ignore[arg-type]
                title=title,
                update_title=None,  # type: ignore[arg-type]
                routes_pathname_prefix=base,
                requests_pathname_prefix=base,
                assets_folder="none",
                include_assets_files=False,
                use_pages=False,
                compress=False,
                enable_mcp=False,
                add_log_handler=False,
            )

    def _setup_server(self) -> None:
        # Dash calls it before each request, of whatever page.
        if self._is_set_up:
            return
        with _keep_globals():
            super()._setup_server()  # type: ignore[no-untyped-call]
        self._is_set_up = True


@contextmanager
def _keep_error_handlers(server: Flask) -> Iterator[None]:
    """Undo what Dash registers for its own exceptions: how to answer those is the host's choice."""
    handlers = server.error_handler_spec[None][None]
    kept = dict(handlers)
    try:
        yield
    finally:
        handlers.clear()
        handlers.update(kept)


@contextmanager
def _keep_globals() -> Iterator[None]:
    """Hide the host's callbacks from Dash inside, and give its globals back afterwards."""
    kept: list[tuple[Any, str, Any]] = [
        (module, name, getattr(module, name)) for module, name in _GLOBALS
    ]
    for module, name, value in kept:
        if module is _callback:
            setattr(module, name, type(value)())
    try:
        yield
    finally:
        for module, name, value in kept:
            setattr(module, name, value)
