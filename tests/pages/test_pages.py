import base64
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dash_app.pages import files
from tests.pages.conftest import MakeSite
from tests.programs import run_program

PREFIX = "/visualization-tools-ii"
CLICKER = f"{PREFIX}/kafka-clicker"
DASHBOARD = f"{PREFIX}/kafka-dashboard"
REPORT = f"{PREFIX}/kafka-report"
TALKS = f"{PREFIX}/kafka-talks"
LAB = f"{PREFIX}/kafka-lab"
PAGES = [CLICKER, DASHBOARD, REPORT, TALKS, LAB]


def sources(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]+)"', page)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        (CLICKER, "Kafka Event Producer"),
        (DASHBOARD, "Kafka Real-time Dashboard"),
        (REPORT, "Kafka Report"),
        (TALKS, "Kafka Talks"),
        (LAB, "Kafka Laboratory"),
    ],
)
def test_a_page_stands_at_its_path(client: FlaskClient, path: str, title: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert f"<title>{title}</title>" in answer.text
    assert '<html lang="en"' in answer.text
    assert '<div class="without-script" role="main">' in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_allows_the_renderer_line_and_nothing_else_inline(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    inline = re.findall(r"<script(?![^>]*src=)(?![^>]*json)[^>]*>(.*?)</script>", answer.text)

    assert inline == ["var renderer = new DashRenderer();"]
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "default-src 'self'" in policy


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_asked_for_again_and_answered_briefly(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
    assert again.status_code == 304


def test_a_page_is_the_same_in_every_process(make_site: MakeSite) -> None:
    one, other = make_site().test_client(), make_site().test_client()

    assert one.get(CLICKER).data == other.get(CLICKER).data
    assert "python_version" not in one.get(CLICKER).text


@pytest.mark.parametrize("path", [*PAGES, f"{PREFIX}/", "/"])
def test_every_address_in_a_page_is_relative_and_is_answered(
    make_site: MakeSite, path: str
) -> None:
    client = make_site(join_url="http://192.0.2.1/j").test_client()
    addresses = [source for source in sources(client.get(path).text) if ":" not in source]

    assert addresses
    for source in addresses:
        assert not source.startswith("/")
        answer = client.get(urljoin(path, source))
        assert answer.status_code == 200, source


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_no_other_host(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    addresses = re.sub(r'<script id="_dash-config".*?</script>', "", page, flags=re.DOTALL)

    assert "http" not in addresses.replace("http-equiv", "")


def test_the_clicker_loads_only_what_it_uses(client: FlaskClient) -> None:
    scripts = [source for source in sources(client.get(CLICKER).text) if ".js" in source]

    for script, name in zip(scripts, ("page", "clicker"), strict=False):
        assert script.startswith(f"assets/{name}.js?v=")
    assert not [s for s in scripts if re.search("plotly|dcc|bootstrap|table", s)]


def test_the_clickers_scripts_come_before_everything_that_blocks(client: FlaskClient) -> None:
    page = client.get(CLICKER).text

    assert page.index("assets/clicker.js") < page.index("<title>") < page.index("stylesheet")


def test_the_clickers_buttons_stand_in_the_first_html(client: FlaskClient) -> None:
    buttons = re.findall(r'data-tap="[^>]*>([^<]*)</div>', client.get(CLICKER).text)

    assert buttons == ["Cheers Button! 👍", "Hate button! 👎"]


def test_the_first_html_and_dash_have_the_same_layout(client: FlaskClient) -> None:
    texts = re.findall(r'"children": ?"([^"]+)"', client.get(f"{CLICKER}/_dash-layout").text)
    page = client.get(CLICKER).text

    assert texts
    for text in texts:
        assert json.loads(f'"{text}"') in page


@pytest.mark.parametrize("path", PAGES)
def test_each_callback_runs_on_the_clients_side(client: FlaskClient, path: str) -> None:
    callbacks = client.get(f"{path}/_dash-dependencies").get_json()

    assert callbacks
    assert all(callback["clientside_function"] for callback in callbacks)


def test_each_button_has_a_callback_on_its_clicks(client: FlaskClient) -> None:
    callbacks = client.get(f"{CLICKER}/_dash-dependencies").get_json()
    inputs = [(i["id"], i["property"]) for callback in callbacks for i in callback["inputs"]]

    assert inputs == [("cheers-button", "n_clicks"), ("hate-button", "n_clicks")]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "_reload-hash",
        "_favicon.ico",
        "_dash-update-component",
        "_dash-component-suites/dash/nothing.js",
        "_dash-component-suites/nothing/x.js",
        "_dash-component-suites/dash/../../settings.py",
        "assets/style.css",
    ],
)
def test_what_dash_would_answer_besides_is_not_found(
    client: FlaskClient, page: str, path: str
) -> None:
    for answer in (client.get(f"{page}/{path}"), client.post(f"{page}/_dash-update-component")):
        assert answer.status_code == 404
        assert answer.get_json()["status"] == "error"
        assert set(answer.get_json()) == {"status", "message"}


@pytest.mark.parametrize("page", PAGES)
def test_a_slash_too_many_leads_to_the_page(client: FlaskClient, page: str) -> None:
    assert client.get(f"{page}/").headers["Location"] == f"../{page.rpartition('/')[2]}"


@pytest.mark.parametrize("path", [*PAGES, "/", f"{PREFIX}/"])
def test_a_simulated_crowd_is_called_so(make_site: MakeSite, path: str) -> None:
    def text(site: Flask) -> str:
        answer = site.test_client().get(f"{path}/_dash-layout" if path in PAGES else path)
        return answer.text

    assert "DEMO" in text(make_site(demo=True))
    assert "DEMO" not in text(make_site(demo=False))


def test_labels_of_ones_own_stand_on_both_pages(make_site: MakeSite) -> None:
    client = make_site(reactions="bravo=Bravo 🎉, meh=Meh").test_client()

    assert "Bravo 🎉</div>" in client.get(CLICKER).text
    assert "Event sent: Bravo 🎉 🚀" in client.get(CLICKER).text
    layout = client.get(f"{DASHBOARD}/_dash-layout").text
    for expected in ("total-bravo", "since-meh", '"children":"Bravo 🎉"', '"name":"Meh"'):
        assert expected in layout


def test_pages_and_landing_do_not_say_the_wire_name(client: FlaskClient) -> None:
    for path in [*PAGES, "/", *(f"{page}/_dash-layout" for page in PAGES)]:
        assert "fuck" not in client.get(path).text


def test_the_prefix_is_a_setting(make_site: MakeSite) -> None:
    client = make_site(url_prefix="/live/show").test_client()
    page = client.get("/live/show/kafka-clicker").text

    for source in sources(page):
        assert client.get(urljoin("/live/show/kafka-clicker", source)).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/"])
def test_the_browsers_bar_has_the_ground_of_the_theme(client: FlaskClient, path: str) -> None:
    style = files.asset("style.css")
    assert style is not None
    dark, light = re.findall(r"--ground: (#\w+);", style.body.decode())

    for theme, ground in (("dark", dark), ("light", light)):
        bar = f'content="{ground}" media="(prefers-color-scheme: {theme})"'
        assert f'<meta name="theme-color" {bar}>' in client.get(path).text


@pytest.mark.slow
def test_every_process_has_the_same_bytes(tmp_path: Path) -> None:
    code = """
import json
from dash_app import create_app

client = create_app().test_client()
pages = ("clicker", "dashboard", "report", "talks", "lab")
names = [f"kafka-{page}" for page in pages]
paths = ["", *names, *(f"{name}/_dash-layout" for name in names)]
answers = [client.get(f"/visualization-tools-ii/{path}") for path in paths]
print(json.dumps([[answer.status_code, answer.headers["ETag"]] for answer in answers]))
"""
    found = [
        run_program(code, env={"PYTHONHASHSEED": seed, "CLICKS_DB": tmp_path / f"{seed}.sqlite3"})
        for seed in (1, 2, 3)
    ]

    assert [status for status, _ in found[0]] == [200] * 11
    assert found[0] == found[1] == found[2]
