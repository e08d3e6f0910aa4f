"""A page: a Dash app without server callbacks, on a Flask server that may be somebody else's."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple

from dash import ClientsideFunction
from dash.exceptions import DependencyException, InvalidResourceError
from dash.fingerprint import build_fingerprint, check_fingerprint
from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from dash_app.errors import not_found
from dash_app.pages import files, texts
from dash_app.pages.dash_internals import HostedDash
from dash_app.pages.tokens import bar_tags
from dash_app.security import headers
from dash_app.security.access import anybody
from dash_app.security.gate import Gate
from dash_app.settings import Settings

_INDEX = """<!DOCTYPE html>
<html lang="en" data-bs-theme="dark">
<head>
<meta charset="utf-8">
{texts}
{head_scripts}
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="description" content="{description}">
{bars}
<meta name="color-scheme" content="dark light">
<link rel="icon" type="image/svg+xml" href="{icon}">
{styles}
</head>
<body>
<noscript>
{without_script}
</noscript>
{first_html}
<div id="react-entry-point"><div class="_dash-loading">…</div></div>
{config}
{scripts}
{renderer}
</body>
</html>
"""

DASH_SUITES = ("dash/deps", "dash/dash-renderer/build", "dash/html")
"""The suites that every page needs: React, the renderer and the HTML elements."""

_FIXED = ("_dash-layout", "_dash-dependencies")
"""What Dash's renderer asks for first: the same as long as the process lives."""

_SUITES = "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"


class Contents(NamedTuple):
    """What one page is made of; files are named by their path in assets/.

    `suites` are the folders of Dash's component suites that the page uses; `first_html`
    returns what stands in the page until Dash has rendered; `section` are its texts.
    """

    name: str
    title: str
    description: str
    suites: Sequence[str]
    styles: Sequence[str]
    head_scripts: Sequence[str] = ()
    body_scripts: Sequence[str] = ()
    first_html: Callable[[], Markup] = Markup
    section: texts.Section = MappingProxyType({})


class Page(HostedDash):
    """A Dash app at `<prefix>/<name>` that loads nothing from another host and has no callbacks.

    Every address in it is relative, so it also works behind a proxy that adds a prefix.
    """

    def __init__(self, settings: Settings, gate: Gate, contents: Contents) -> None:
        self._contents = contents
        self._demo = settings.demo
        self._frames = settings.frame_ancestors
        self._path = f"{settings.url_prefix}/{contents.name}"
        self._page: tuple[files.File, str] | None = None
        self._bundles: dict[tuple[str, str], files.File] = {}
        super().__init__(gate.server, f"{self._path}/", contents.title)
        self._replace_routes(gate)
        gate.add(f"/{contents.name}", self._serve, access=gate.codes.ask(contents.name))

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        """Return the page's HTML around the parts that Dash gives."""
        contents = self._contents
        return _INDEX.format(
            texts=texts_tag(texts.catalogue(contents.section, demo=self._demo)),
            head_scripts=_script_tags(["page.js", *contents.head_scripts]),
            title=escape(parts["title"]),
            description=escape(contents.description),
            bars=bar_tags(),
            icon=files.asset_url("icon.svg"),
            styles="\n".join(
                f'<link rel="stylesheet" href="{files.asset_url(style)}">'
                for style in contents.styles
            ),
            without_script="\n".join(
                f'<p class="notice" lang="{language}">{escape(said)}</p>'
                for language, said in zip(texts.LANGUAGES, texts.WITHOUT_SCRIPT, strict=True)
            ),
            first_html=contents.first_html(),
            config=self._config_tag(parts["config"]),
            scripts=f"{_script_tags(contents.body_scripts)}\n{self._suite_tags(parts['scripts'])}",
            renderer=parts["renderer"],
        )

    def on_clients_side(self, function: tuple[str, str], *wiring: Any, first: bool) -> None:
        """Call the function (namespace, name) of the page's script when an input changes.

        `first` says whether it is also called once when the page has loaded.
        """
        self.clientside_callback(  # type: ignore[no-untyped-call]
            ClientsideFunction(*function), *wiring, prevent_initial_call=not first
        )

    def _config_tag(self, tag: str) -> str:
        start, end = tag.index(">") + 1, tag.rindex("<")
        config = json.loads(tag[start:end])
        # Relative for the sake of proxies; without the rest the page is the same in all processes.
        config["requests_pathname_prefix"] = f"{self._contents.name}/"
        for private in ("python_version", "end_id", "dash_version_url", "validation_layout"):
            config.pop(private, None)
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
        if self._page is None:
            file = files.pack(self.index().encode(), "text/html")  # type: ignore[no-untyped-call]
            self._page = file, headers.policy(self._frames, self.csp_hashes())
        file, policy = self._page
        response = files.answer(file, forever=False)
        response.headers["Content-Security-Policy"] = policy
        return response

    def _replace_routes(self, gate: Gate) -> None:
        """Answer what Dash would answer with HTML or a callback, and pack the rest once."""
        base, server = f"{self._path}/", gate.server
        rules = [rule for rule in server.url_map.iter_rules() if rule.rule.startswith(base)]
        views: dict[str, Callable[..., ResponseReturnValue]] = {
            base + _SUITES: self._suite(server.view_functions[base + _SUITES]),
            **{base + name: self._fixed(server.view_functions[base + name]) for name in _FIXED},
        }
        for rule in rules:
            if rule.rule == base:
                gate.adopt(rule, self._redirect_to_page, access=anybody)
            else:
                view = views.get(rule.rule, _no_such_path)
                gate.adopt(rule, view, access=gate.codes.require(self._contents.name))

    def _redirect_to_page(self) -> ResponseReturnValue:
        # Relative: a proxy may have taken a part of the path away.
        query = request.query_string.decode(errors="replace")
        name = self._contents.name
        return redirect(f"../{name}?{query}" if query else f"../{name}", Response=Response)

    def _fixed(self, view: Callable[[], Any]) -> Callable[[], Response]:
        packed = cache(lambda: _pack(view()))
        return lambda: files.answer(packed(), forever=False)

    def _suite(self, view: Callable[..., Any]) -> Callable[..., ResponseReturnValue]:
        def serve(package_name: str, fingerprinted_path: str) -> ResponseReturnValue:
            # Dash takes any fingerprint: kept by its own one, a file is kept once.
            path, has_fingerprint = check_fingerprint(  # type: ignore[no-untyped-call]
                fingerprinted_path
            )
            key = package_name, path
            try:
                if key not in self._bundles:
                    # With a fingerprint Dash always answers with the file, never with a 304.
                    name = build_fingerprint(path, 0, 0)  # type: ignore[no-untyped-call]
                    self._bundles[key] = _pack(view(package_name, name))
            except (DependencyException, InvalidResourceError, OSError, ValueError):
                return not_found()
            return files.answer(self._bundles[key], forever=has_fingerprint)

        return serve


def _pack(answer: Response) -> files.File:
    answer.direct_passthrough = False
    return files.pack(answer.get_data(), str(answer.mimetype))


def texts_tag(catalogue: Mapping[str, Mapping[str, str]]) -> str:
    """Return the element that holds the page's texts for its script."""
    held = json.dumps(catalogue, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script id="texts" type="application/json">{held}</script>'


def _script_tags(names: Sequence[str]) -> str:
    return "\n".join(f'<script src="{files.asset_url(name)}"></script>' for name in names)


def _no_such_path(**_: str) -> ResponseReturnValue:
    return not_found()
