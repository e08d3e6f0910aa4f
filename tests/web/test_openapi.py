"""The OpenAPI document: as the models and docs/api.md have it, and never on a request's time."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from werkzeug.middleware.proxy_fix import ProxyFix

from dash_app.settings import Settings
from tests.programs import ROOT, run_program
from tests.sites import Site, open_site

API = (ROOT / "docs" / "api.md").read_text()
METHODS = "GET|POST|PATCH|DELETE"


@pytest.fixture
def site(tmp_path: Path) -> Any:
    with open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3", url_prefix="/live")) as site:
        yield site


def document(site: Site) -> Any:
    answer = site.ask("GET", "/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return answer.get_json()


def test_it_describes_the_documented_routes_and_errors(site: Site) -> None:
    api = document(site)

    assert api["openapi"].startswith("3.1")
    rows = re.findall(rf"^\| `({METHODS}) (/[a-z/.<>]+)`", API, re.MULTILINE)
    programs = {(re.sub("<.+?>", "…", path), method.lower()) for method, path in rows}
    described = {
        (re.sub("{.+?}", "…", path), method)
        for path, methods in api["paths"].items()
        for method in methods
    }
    # /code is the form of a page: a program sends its code in a header.
    others = {("/j", "get"), ("/metrics", "get"), ("/openapi.json", "get"), ("/robots.txt", "get")}
    assert described == programs - others - {("/code", "post")}
    statuses = set(api["paths"]["/kafka/click"]["post"]["responses"])
    listed = set(", ".join(re.findall(r"^\| ([0-9, ]+) \|", API, re.MULTILINE)).split(", "))
    assert statuses == (listed - {"404", "405"}) | {"200"}


def test_the_documentation_lists_every_route_of_a_site(tmp_path: Path) -> None:
    code = SecretStr("for-the-presenter")
    settings = Settings(
        clicks_db=tmp_path / "c.sqlite3", url_prefix="/live", join_host="auto", dashboard_code=code
    )
    with open_site(settings) as site:
        rules = [rule for rule in site.server.url_map.iter_rules() if rule.methods]
    routes = {
        (method, re.sub(r"<.+?>", "…", rule.rule.removeprefix("/live")) or "/")
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    listed = {
        (method, re.sub("<.+?>", "…", path))
        for row in re.findall(rf"^\| (`(?:{METHODS}) /.*?) \|", API, re.MULTILINE)
        for method, path in re.findall(rf"`({METHODS}) (/[^`]*)`", row)
    }
    assert listed <= routes
    # Dash's own files lie below the paths of the pages.
    own = {(method, path) for method, path in routes if re.match("/kafka-[a-z]+/", path)}
    assert routes - own - listed == set()


def test_a_click_has_one_of_two_shapes_and_no_other(site: Site) -> None:
    body = document(site)["paths"]["/kafka/click"]["post"]["requestBody"]
    shapes = body["content"]["application/json"]["schema"]["oneOf"]
    names = [shape["$ref"].rpartition("/")[2] for shape in shapes]
    assert names == ["SingleClick", "ClickBatch"]


def test_its_limits_are_those_of_the_models(site: Site) -> None:
    schemas = document(site)["components"]["schemas"]

    clicks = schemas["ClickBatch"]["properties"]["clicks"]
    assert (clicks["minItems"], clicks["maxItems"]) == (1, 500)
    assert schemas["SingleClick"]["properties"]["type"]["enum"] == ["cheers", "hate", "fuck"]


def test_it_names_the_path_that_the_client_sees(site: Site) -> None:
    assert document(site)["servers"] == [{"url": "/live"}]
    site.server.wsgi_app = ProxyFix(site.server.wsgi_app, x_prefix=1)  # type: ignore[method-assign]
    answer = site.ask("GET", "/openapi.json", headers={"X-Forwarded-Prefix": "/behind"})

    assert answer.get_json()["servers"] == [{"url": "/behind/live"}]


@pytest.mark.slow
def test_who_does_not_ask_for_it_does_not_pay_for_it(tmp_path: Path) -> None:
    code = """
import json, sys
from dash_app.settings import Settings
from tests.sites import open_site
with open_site(Settings.from_environment()) as site:
    site.click({"type": "cheers"})
    print(json.dumps("dash_app.web.openapi" in sys.modules))
"""
    env = {"CLICKS_DB": tmp_path / "clicks.sqlite3"}
    assert run_program(code, env=env) is False
