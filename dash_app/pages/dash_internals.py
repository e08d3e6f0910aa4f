"""The only module that uses private names of Dash: its globals and its set-up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dash import Dash, _callback, _get_app, _get_paths, _hooks, _pages
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


class _UnusedServer(Flask):
    """A server that serves nobody: it keeps views, and does not compile rules for their paths."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        del provide_automatic_options, options
        if view_func is not None:
            self.view_functions[endpoint or rule] = view_func


class HostedDash(Dash):
    """A Dash app for `base` on a server that it does not change, nor the other Dash apps on it.

    `base` is a path that ends with a slash. The app has no assets and runs no callbacks on the
    server; whoever serves its pages asks `view` for what Dash answers.
    """

    def __init__(self, server: Flask, base: str, title: str) -> None:
        # Dash adds routes, hooks and error handlers to its server: here to one that serves nobody.
        unused = _UnusedServer(__name__, static_folder=None)
        with _restore_globals():
            super().__init__(
                __name__,
                server=unused,  # type: ignore[arg-type]
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

        # Dash means to look through all installed packages once per process, and does so each time.
        _hooks.HooksManager._registered = True
        self._views = {
            path.removeprefix(base): view for path, view in unused.view_functions.items()
        }
        self.server = self.backend.server = server

    def view(self, path: str) -> Callable[..., Any]:
        """Return Dash's view of a path below `base`."""
        return self._views[path]

    def set_up(self) -> None:
        """Finish the app, once it has its layout and callbacks: Dash would in the first request.

        Then other threads would meet the globals that are hidden here.
        """
        with _restore_globals():
            self._setup_server()  # type: ignore[no-untyped-call]


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
