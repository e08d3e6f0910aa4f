"""A host's own answers are the same with us and without, header by header."""

import copy
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dash
import dash_bootstrap_components as dbc
import pytest
from flask import Flask, redirect, session, url_for
from flask_login import LoginManager, UserMixin, login_required, login_user
from flask_wtf import CSRFProtect
from werkzeug.test import TestResponse

from dash_app import mount
from dash_app.settings import Settings
from tests.programs import run_program

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

Request = tuple[str, str, dict[str, Any]]
Answered = tuple[str, int, list[tuple[str, str]], str]

REQUESTS: list[Request] = [
    ("GET", "/", {}),
    ("HEAD", "/", {}),
    ("OPTIONS", "/", {}),
    ("PUT", "/", {}),
    ("GET", "/", {"headers": {"Accept": "application/json", "X-Forwarded-Prefix": "/x"}}),
    ("GET", "/dash/", {}),
    ("GET", "/dash/_dash-layout", {}),
    ("GET", "/dash/_dash-dependencies", {}),
    ("GET", "/static/style.css", {}),
    ("GET", "/static/style.css", {"headers": {"Range": "bytes=0-3"}}),
    ("GET", "/static/nothing.css", {}),
    ("GET", "/broken", {}),
    ("GET", "/folder", {}),
    ("GET", "/visits", {}),
    ("GET", "/visits", {}),
    ("GET", "/private", {}),
    ("POST", "/private", {}),
    ("GET", "/log-in", {}),
    ("GET", "/private", {}),
    ("POST", "/form", {"data": {"name": "value"}}),
    ("GET", "/elsewhere", {}),
    ("GET", "/j", {}),
    ("GET", "/kafka-clicker", {}),
    ("GET", "/assets/style.css", {}),
    ("GET", "/visualization-tools", {}),
    ("GET", "/visualization-tools-iii", {}),
    ("GET", "/VISUALIZATION-TOOLS-II/", {}),
    ("GET", "//visualization-tools-ii/j", {}),
    ("GET", "/robots.txt", {}),
]


@pytest.fixture
def make_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Flask]:
    """Make the same host each time: login, CSRF protection, error pages, a Dash app, a session."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "style.css").write_text("body { color: red }")
    # What is signed holds the time: it stands still here.
    monkeypatch.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda _: 1_800_000_000)

    def make() -> Flask:
        server = Flask("host", static_folder=str(tmp_path / "static"))
        server.config.update(SECRET_KEY="host's own", PERMANENT_SESSION_LIFETIME=600)
        _add_pages(server)
        CSRFProtect(server)
        beside: Any = server
        own = dash.Dash("own", server=beside, routes_pathname_prefix="/dash/")
        own.layout = dash.html.Div(dbc.Button("dash"))
        return server

    return make


def _add_pages(server: Flask) -> None:
    login = LoginManager(server)
    login.user_loader(_user)

    def visits() -> str:
        session.permanent = True
        session["visits"] = session.get("visits", 0) + 1
        return str(session["visits"])

    def log_in() -> str:
        login_user(_user("presenter"), remember=True)
        return "welcome"

    pages: dict[str, Callable[[], ResponseReturnValue]] = {
        "/": lambda: "home",
        "/broken": lambda: str(1 / 0),
        "/folder/": lambda: "folder",
        "/visits": visits,
        "/log-in": log_in,
        "/private": login_required(lambda: "private"),
        "/elsewhere": lambda: redirect(url_for("/visits", _external=True)),
    }
    for path, view in pages.items():
        server.add_url_rule(path, path, view)
    server.add_url_rule("/form", "/form", lambda: "sent", methods=["POST"])
    server.register_error_handler(404, lambda _: ("the host's own 404", 404))
    server.register_error_handler(500, lambda _: ("the host's own 500", 500))


def _user(name: str) -> UserMixin:
    user = UserMixin()
    user.id = name
    return user


@pytest.fixture
def mounted_host(make_host: Callable[[], Flask], tmp_path: Path) -> Iterator[Flask]:
    server = make_host()
    service = mount(server, Settings(clicks_db=tmp_path / "clicks.sqlite3"))
    yield server
    service.stop()


def _answers(server: Flask) -> list[Answered]:
    client = server.test_client()
    observed = []
    for method, path, arguments in REQUESTS:
        with closing(client.open(path, method=method, **arguments)) as answer:
            request = f"{method} {path} {arguments}"
            observed.append((request, answer.status_code, _headers(answer), _text(answer)))
    return observed


def _headers(answer: TestResponse) -> list[tuple[str, str]]:
    clock = r"Expires=[^;]+"
    return [(name, re.sub(clock, "", text)) for name, text in answer.headers if name != "Date"]


def _text(answer: TestResponse) -> str:
    # Dash ends its settings with a random id.
    return re.sub(r'"end_id":"[^"]+"', "", answer.text)


def test_every_answer_outside_the_prefix_is_the_same(
    make_host: Callable[[], Flask], mounted_host: Flask
) -> None:
    alone = _answers(make_host())
    assert {status for _, status, _, _ in alone} >= {200, 206, 302, 308, 400, 401, 404, 405, 500}
    assert any(name == "Set-Cookie" for _, _, headers, _ in alone for name, _ in headers)
    for without, beside_us in zip(alone, _answers(mounted_host), strict=True):
        assert beside_us == without


def test_configuration_sessions_and_handlers_are_the_hosts_own(
    make_host: Callable[[], Flask], tmp_path: Path
) -> None:
    server = make_host()

    def kept() -> list[Any]:
        return [
            dict(server.config),
            copy.deepcopy(server.error_handler_spec[None]),
            type(server.session_interface),
            server.json,
            server.wsgi_app,
            dict(server.jinja_env.globals),
            list(server.logger.handlers),
            list(server.after_request_funcs[None]),
            list(server.teardown_request_funcs[None]),
            list(server.template_context_processors[None]),
            {str(rule) for rule in server.url_map.iter_rules()},
        ]

    *before, rules = kept()
    mount(server, Settings(clicks_db=tmp_path / "clicks.sqlite3"))
    *after, all_rules = kept()

    assert after == before
    added = all_rules - rules
    assert added
    assert [rule for rule in added if not rule.startswith("/visualization-tools-ii")] == []


SCRIPTS = """
import json, re
import dash
from flask import Flask

def scripts(mounted):
    server = Flask("host")
    own = dash.Dash("own", server=server, add_log_handler=False)
    own.layout = dash.html.Div()
    if mounted:
        from dash_app import mount
        mount(server)
    own._setup_server()
    return re.findall(r'src="([^"?]+)', own.index())

alone, beside_us = set(scripts(False)), set(scripts(True))
print(json.dumps([list(beside_us - alone), list(alone - beside_us)]))
"""


@pytest.mark.slow
def test_a_hosts_dash_app_loads_one_script_more_where_it_has_no_bootstrap_components() -> None:
    added, gone = run_program(SCRIPTS)

    assert [script.split("/")[2] for script in added] == ["dash_bootstrap_components"]
    assert gone == []
