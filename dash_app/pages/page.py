"""A page: a Dash app without server callbacks, on a Flask server that may be a host's."""

import json
import re
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from dash import ClientsideFunction
from dash.exceptions import DependencyException, InvalidResourceError
from dash.fingerprint import build_fingerprint, check_fingerprint
from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from dash_app.errors import not_found
from dash_app.pages import catalogue, files, theme
from dash_app.pages.dash_internals import HostedDash
from dash_app.pages.document import WHOLE_SCREEN, Head, document, script_tags, without_script
from dash_app.security import headers
from dash_app.security.access import anybody
from dash_app.security.gate import Gate
from dash_app.settings import Settings

_BODY = """<div class="without-script" role="main">
{without_script}
</div>
{initial_html}
<div id="react-entry-point"><div class="_dash-loading">…</div></div>
{config}
{scripts}
{renderer}"""

DASH_SUITES = ("dash/deps", "dash/dash-renderer/build", "dash/html")
"""The suites that every page needs: React, the renderer and the HTML elements."""

RENDERER_PATHS = ("_dash-layout", "_dash-dependencies")
"""The first requests of Dash's renderer; their responses change with the page's variant only."""

_SUITES = "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"


class Contents(NamedTuple):
    """The parts of one page; scripts and styles are named by their path in assets/.

    `suites` are the folders of Dash's component suites that the page uses. `initial_html` returns
    the HTML that the browser shows until Dash has rendered. `section` holds the page's texts.
    `variant` returns what HTML and layout show and may change while the site runs.
    """

    name: str
    title: str
    description: str
    suites: Sequence[str]
    styles: Sequence[str]
    head_scripts: Sequence[str] = ()
    body_scripts: Sequence[str] = ()
    initial_html: Callable[[], Markup] = Markup
    section: catalogue.Section = MappingProxyType({})
    variant: Callable[[], Hashable] = lambda: None


class _Served(NamedTuple):
    variant: Hashable
    file: files.File
    policy: str


class Page(HostedDash):
    """A Dash app at `<prefix>/<name>` that loads nothing from another host.

    The server runs no callback of it. Every address in it is relative, so it also works behind a
    proxy that adds a prefix.
    """

    def __init__(self, settings: Settings, gate: Gate, contents: Contents) -> None:
        self._contents = contents
        self._demo = settings.demo
        self._theme = theme.address(settings)
        self._frame_ancestors = settings.frame_ancestors
        self._path = f"{settings.url_prefix}/{contents.name}"
        self._served: _Served | None = None
        self._suite_files: dict[tuple[str, str], files.File] = {}
        super().__init__(gate.server, f"{self._path}/", contents.title)
        self._add_routes(gate)

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        """Return the page's HTML around the parts that Dash passes."""
        contents = self._contents
        head = Head(
            title=parts["title"],
            texts=catalogue.by_language(contents.section, demo=self._demo),
            styles=contents.styles,
            scripts=contents.head_scripts,
            description=contents.description,
            viewport=WHOLE_SCREEN,
            theme=self._theme,
        )
        body = _BODY.format(
            without_script=without_script(),
            initial_html=contents.initial_html(),
            config=self._config_tag(parts["config"]),
            scripts=f"{script_tags(contents.body_scripts)}\n{self._suite_tags(parts['scripts'])}",
            renderer=parts["renderer"],
        )
        return document(head, body)

    def add_clientside_callback(
        self, function: tuple[str, str], *wiring: Any, run_at_load: bool
    ) -> None:
        """Call the function (namespace, name) of the page's script when an input changes.

        `run_at_load` says whether it is also called once when the page has loaded.
        """
        self.clientside_callback(  # type: ignore[no-untyped-call]
            ClientsideFunction(*function), *wiring, prevent_initial_call=not run_at_load
        )

    def _config_tag(self, tag: str) -> str:
        start, end = tag.index(">") + 1, tag.rindex("<")
        config = json.loads(tag[start:end])
        # Relative for proxies; without the other fields the page is the same in every process.
        config["requests_pathname_prefix"] = f"{self._contents.name}/"
        for process_field in ("python_version", "end_id", "dash_version_url", "validation_layout"):
            config.pop(process_field, None)
        return f"{tag[:start]}{json.dumps(config)}{tag[end:]}"

    def _suite_tags(self, scripts: str) -> str:
        sources = re.findall(rf'<script src="{re.escape(self._path)}/([^"]+)"', scripts)
        needed = (source for source in sources if self._needs(source))
        return "\n".join(
            f'<script src="{self._contents.name}/{source}"></script>' for source in needed
        )

    def _needs(self, source: str) -> bool:
        folder = PurePosixPath(source).parent.relative_to("_dash-component-suites")
        return folder.as_posix() in self._contents.suites

    def _serve(self) -> Response:
        variant = self._contents.variant()
        if self._served is None or self._served.variant != variant:
            file = files.pack(self.index().encode(), "text/html")  # type: ignore[no-untyped-call]
            policy = headers.policy(self._frame_ancestors, self.csp_hashes())
            self._served = _Served(variant, file, policy)
        _, file, policy = self._served
        response = files.file_response(file, is_immutable=False)
        response.headers["Content-Security-Policy"] = policy
        return response

    def _add_routes(self, gate: Gate) -> None:
        """Serve the page and what it loads; no route of Dash that answers HTML or runs a callback.

        What stays the same is compressed once.
        """
        page, access = f"/{self._contents.name}", gate.codes.require(self._contents.name)
        gate.add(page, self._serve, access=gate.codes.require_or_show_form(self._contents.name))
        gate.add(f"{page}/", self._redirect_to_page, access=anybody)
        gate.add(f"{page}/{_SUITES}", self._suite(self.view(_SUITES)), access=access)
        for path in RENDERER_PATHS:
            gate.add(f"{page}/{path}", self._serve_packed(self.view(path)), access=access)

    def _redirect_to_page(self) -> ResponseReturnValue:
        # Relative: a proxy may have removed a part of the path.
        query = request.query_string.decode(errors="replace")
        name = self._contents.name
        return redirect(f"../{name}?{query}" if query else f"../{name}", Response=Response)

    def _serve_packed(self, view: Callable[[], Any]) -> Callable[[], Response]:
        @lru_cache(maxsize=1)
        def packed(_variant: Hashable) -> files.File:
            return _pack_sorted(view())

        return lambda: files.file_response(packed(self._contents.variant()), is_immutable=False)

    def _suite(self, view: Callable[..., Any]) -> Callable[..., ResponseReturnValue]:
        def serve(package_name: str, fingerprinted_path: str) -> ResponseReturnValue:
            # Dash accepts any fingerprint; without it in the key each file is stored once.
            path, has_fingerprint = check_fingerprint(  # type: ignore[no-untyped-call]
                fingerprinted_path
            )
            key = package_name, path
            try:
                if key not in self._suite_files:
                    # If the name has a fingerprint, Dash returns the file and never a 304.
                    name = build_fingerprint(path, 0, 0)  # type: ignore[no-untyped-call]
                    self._suite_files[key] = _pack(view(package_name, name))
            except (DependencyException, InvalidResourceError, OSError, ValueError):
                return not_found()
            return files.file_response(self._suite_files[key], is_immutable=has_fingerprint)

        return serve


def _pack(response: Response) -> files.File:
    response.direct_passthrough = False
    return files.pack(response.get_data(), str(response.mimetype))


def _pack_sorted(response: Response) -> files.File:
    # Dash keeps data-… in a set: unsorted, each process would have an ETag of its own.
    body = orjson.dumps(orjson.loads(response.get_data()), option=orjson.OPT_SORT_KEYS)
    return files.pack(body, str(response.mimetype))
