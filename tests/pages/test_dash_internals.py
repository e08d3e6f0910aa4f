"""The private names of Dash that the pages rely on: a test fails here when Dash changes them."""

from typing import Any

import dash
import pytest
from dash import _callback, _get_app, _get_paths, _hooks, html
from dash._utils import AttributeDict
from flask import Flask

from dash_app.pages.dash_internals import GLOBALS, HostedDash

BASE = "/hosted/"
TYPES: dict[tuple[str, str], type] = {
    ("dash._get_app", "APP"): dash.Dash,
    ("dash._get_paths", "CONFIG"): AttributeDict,
    ("dash._pages", "CONFIG"): AttributeDict,
    ("dash._callback", "GLOBAL_CALLBACK_LIST"): list,
    ("dash._callback", "GLOBAL_CALLBACK_MAP"): dict,
    ("dash._callback", "GLOBAL_INLINE_SCRIPTS"): list,
    ("dash._callback", "GLOBAL_API_PATHS"): dict,
}


def plain_dash(server: Flask, cls: type[dash.Dash] = dash.Dash) -> dash.Dash:
    app = cls(
        "plain",
        server=server,  # type: ignore[arg-type]
        routes_pathname_prefix="/plain/",
        add_log_handler=False,
    )
    app.layout = html.Div()
    return app


def hosted_dash(server: Flask) -> HostedDash:
    app = HostedDash(server, BASE, "Hosted")
    app.layout = html.Div()
    return app


def values() -> list[Any]:
    return [getattr(module, name) for module, name in GLOBALS]


def test_each_global_exists_with_its_type_once_there_is_an_app() -> None:
    plain_dash(Flask("host"))

    types = {(module.__name__, name): type(getattr(module, name)) for module, name in GLOBALS}
    assert types == TYPES


def test_dash_keeps_unclaimed_callbacks_in_no_further_global() -> None:
    known = {name for module, name in GLOBALS if module is _callback}
    collections = {
        name
        for name, value in vars(_callback).items()
        if name.isupper() and isinstance(value, (dict, list, set))
    }

    assert collections == known


def test_a_plain_app_changes_the_globals_and_a_hosted_one_does_not() -> None:
    host = plain_dash(Flask("host"))
    before = values()

    hosted_dash(Flask("server"))
    assert all(now is then for now, then in zip(values(), before, strict=True))
    assert _get_app.APP is host
    plain_dash(Flask("other"))
    assert _get_app.APP is not host
    assert _get_paths.CONFIG is not before[1]


def test_dash_sets_a_server_up_before_the_first_request_and_not_earlier() -> None:
    calls: list[dash.Dash] = []

    class Watched(dash.Dash):
        def _setup_server(self) -> None:
            calls.append(self)
            super()._setup_server()  # type: ignore[no-untyped-call]

    server = Flask("host")
    app = plain_dash(server, Watched)
    assert calls == []
    server.test_client().get("/somewhere-else")
    assert calls == [app]


def test_the_set_up_of_a_plain_app_claims_the_hosts_callbacks_and_that_of_a_hosted_one_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for module, name in GLOBALS if module is _callback]:
        monkeypatch.setattr(_callback, name, type(getattr(_callback, name))())
    server = Flask("host")
    app = hosted_dash(server)

    @dash.callback(dash.Output("b", "children"), dash.Input("a", "n_clicks"))
    def count(clicks: int | None) -> int | None:
        return clicks

    app.set_up()
    with server.test_request_context():
        assert app.view("_dash-dependencies")().get_json() == []
    assert len(_callback.GLOBAL_CALLBACK_LIST) == 1
    other = Flask("other")
    plain_dash(other)
    assert len(other.test_client().get("/plain/_dash-dependencies").get_json()) == 1
    assert _callback.GLOBAL_CALLBACK_LIST == []


def test_a_plain_app_changes_its_server_and_a_hosted_one_does_not() -> None:
    plain, hosted = Flask("plain"), Flask("hosted")
    hosted.register_error_handler(404, lambda _: ("the host's own", 404))
    before = state_of(hosted)
    plain_dash(plain)
    app = hosted_dash(hosted)
    app.set_up()

    assert all(state_of(plain))
    assert state_of(hosted) == before
    assert app.server is hosted


def state_of(server: Flask) -> list[Any]:
    return [
        dict(server.error_handler_spec[None][None]),
        list(server.before_request_funcs.get(None, [])),
        [*server.url_map.iter_rules()][1:],
    ]


def test_the_installed_packages_are_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_hooks.HooksManager, "_registered", False)
    looked: list[str] = []

    class Packages:
        """What Dash asks for the installed packages."""

        @staticmethod
        def distributions() -> list[str]:
            looked.append("through")
            return []

    monkeypatch.setattr(_hooks, "_importlib_metadata", Packages)
    for base in ("/one/", "/other/"):
        HostedDash(Flask("host"), base, "Hosted")

    assert looked == ["through"]
