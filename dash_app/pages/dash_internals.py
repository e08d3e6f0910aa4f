"""The only module that uses private names of Dash: its globals and its set-up."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dash import Dash, _callback, _get_app, _get_paths, _pages
from flask import Flask

GLOBALS = (
    (_get_app, "APP"),
    (_get_paths, "CONFIG"),
    (_pages, "CONFIG"),
    (_callback, "GLOBAL_CALLBACK_LIST"),
    (_callback, "GLOBAL_CALLBACK_MAP"),
    (_callback, "GLOBAL_INLINE_SCRIPTS"),
    (_callback, "GLOBAL_API_PATHS"),
)
"""The modules and names under which Dash stores its newest app and the unclaimed callbacks."""


class HostedDash(Dash):
    """A Dash app at `base` that changes neither the Flask server nor the other Dash apps on it.

    `base` is a path that ends with a slash. The app serves no assets and runs no callbacks on the
    server.
    """

    def __init__(self, server: Flask, base: str, title: str) -> None:
        self._is_set_up = False
        with _restore_globals(), _restore_error_handlers(server):
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
        # Dash calls it before each request to the server, whatever its path.
        if self._is_set_up:
            return
        with _restore_globals():
            super()._setup_server()  # type: ignore[no-untyped-call]
        self._is_set_up = True


@contextmanager
def _restore_error_handlers(server: Flask) -> Iterator[None]:
    """Remove the handlers that Dash registers for its exceptions: they are the host's to handle."""
    handlers = server.error_handler_spec[None][None]
    before = dict(handlers)
    try:
        yield
    finally:
        handlers.clear()
        handlers.update(before)


@contextmanager
def _restore_globals() -> Iterator[None]:
    """Hide the host's callbacks from Dash inside the block, and restore Dash's globals after it."""
    before: list[tuple[Any, str, Any]] = [
        (module, name, getattr(module, name)) for module, name in GLOBALS
    ]
    for module, name, value in before:
        if module is _callback:
            setattr(module, name, type(value)())
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
