from typing import Any

import dash
from dash import _get_app, html
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from tests.pages.conftest import MakeSite

CLICKER = "/visualization-tools-ii/kafka-clicker"


def test_behind_a_proxy_that_adds_a_prefix(make_site: MakeSite) -> None:
    server = make_site()
    server.wsgi_app = ProxyFix(server.wsgi_app, x_prefix=1)  # type: ignore[method-assign]

    answer = server.test_client().get("/j", headers={"X-Forwarded-Prefix": "/outside"})

    assert answer.headers["Location"] == f"/outside{CLICKER}"


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


def test_two_sites_in_one_process(make_site: MakeSite) -> None:
    one = make_site(cheers_label="One").test_client()
    two = make_site(cheers_label="Two").test_client()

    assert "One</div>" in one.get(CLICKER).text
    assert "Two</div>" in two.get(CLICKER).text
