import re
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urljoin

import dash
import pytest
from dash import _get_app, html
from dash.exceptions import PreventUpdate
from dash.fingerprint import check_fingerprint
from flask import Flask

from tests.pages.conftest import MakeSite

PREFIX = "/visualization-tools-ii"
CLICKER = f"{PREFIX}/kafka-clicker"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/j", CLICKER),
        (f"{PREFIX}/j", CLICKER),
        (f"{CLICKER}/", CLICKER),
        (f"{PREFIX}/kafka-dashboard/", f"{PREFIX}/kafka-dashboard"),
        (PREFIX, f"{PREFIX}/"),
    ],
)
@pytest.mark.parametrize("outside", ["", "/outside", "/deep/outside"])
def test_redirects_hold_behind_a_proxy_that_takes_a_part_of_the_path_away(
    make_site: MakeSite, path: str, target: str, outside: str
) -> None:
    answer = make_site().test_client().get(path)
    address = f"https://example.org{outside}{path}"

    assert answer.status_code == 302
    assert urljoin(address, answer.headers["Location"]) == f"https://example.org{outside}{target}"


def test_a_hosts_own_dash_app_keeps_its_callbacks_and_its_place(make_site: MakeSite) -> None:
    server: Any = Flask("host")
    own = dash.Dash("own", server=server, routes_pathname_prefix="/own/", add_log_handler=False)
    own.layout = html.Div([html.Button(id="a"), html.P(id="b")])
    make_site(server, at_root=False)

    @dash.callback(dash.Output("b", "children"), dash.Input("a", "n_clicks"))
    def count(clicks: int | None) -> int | None:
        return clicks

    client = server.test_client()

    assert _get_app.APP is own
    assert len(client.get(f"{CLICKER}/_dash-dependencies").get_json()) == 2
    assert len(client.get("/own/_dash-dependencies").get_json()) == 1
    assert client.get("/own/").status_code == 200


@pytest.mark.parametrize("attempt", range(5))
def test_first_requests_at_once_leave_a_hosts_callbacks_alone(
    make_site: MakeSite, attempt: int
) -> None:
    server: Any = Flask("host")
    own = dash.Dash("own", server=server, routes_pathname_prefix="/own/", add_log_handler=False)
    own.layout = html.Div([html.Button(id="a"), html.P(id="b")])
    make_site(server, at_root=False)

    @dash.callback(dash.Output("b", "children"), dash.Input("a", "n_clicks"))
    def count(clicks: int | None) -> int | None:
        return clicks

    paths = ["/own/_dash-dependencies", CLICKER, f"{PREFIX}/kafka-dashboard", "/own/"]
    together = threading.Barrier(len(paths))

    def ask(path: str) -> int:
        together.wait(10)
        status: int = server.test_client().get(path).status_code
        return status

    with ThreadPoolExecutor(len(paths)) as pool:
        assert set(pool.map(ask, paths)) == {200}
    own_callbacks = server.test_client().get("/own/_dash-dependencies").get_json()
    assert [each["output"] for each in own_callbacks] == ["b.children"]


def test_a_host_answers_dashs_exceptions_as_before(make_site: MakeSite) -> None:
    server = Flask("host")
    server.register_error_handler(PreventUpdate, lambda _: ("the host's own answer", 400))
    server.add_url_rule("/", "home", prevent_update)
    make_site(server, at_root=False)

    assert server.test_client().get("/").text == "the host's own answer"
    assert list(server.error_handler_spec[None][None]) == [PreventUpdate]


def prevent_update() -> str:
    raise PreventUpdate


def test_two_sites_in_one_process(make_site: MakeSite) -> None:
    one = make_site(reactions="one=One").test_client()
    two = make_site(reactions="two=Two").test_client()

    assert "One</div>" in one.get(CLICKER).text
    assert "Two</div>" in two.get(CLICKER).text


def test_a_bundle_is_stored_once_whatever_fingerprint_a_client_sends(make_site: MakeSite) -> None:
    client = make_site().test_client()
    script = re.search(r'src="([^"]*/dash/deps)/(react-dom@[^"]*)"', client.get(CLICKER).text)
    assert script is not None
    suite = urljoin(CLICKER, script[1])
    name, _ = check_fingerprint(script[2])  # type: ignore[no-untyped-call]
    stem, rest = name.split(".", 1)

    plain = client.get(f"{suite}/{name}")
    assert plain.status_code == 200
    assert client.get(f"{suite}/nodot").status_code == 404
    tracemalloc.start()
    try:
        for number in range(100):
            answer = client.get(f"{suite}/{stem}.v{number}m{number}.{rest}")
            assert answer.data == plain.data
            client.get(f"{suite}/nothing.v{number}m{number}.js")
        grown_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(plain.data) > 100_000
    assert grown_bytes < 5 * len(plain.data)
