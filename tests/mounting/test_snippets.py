"""Each snippet of docs/mounting.md does what the page says, with the library it names."""

import runpy
import threading
from pathlib import Path

import pytest

from tests.leftovers import OUR_THREADS
from tests.mounting.conftest import Mounted
from tests.mounting.snippets import COMMANDS, SNIPPETS, TEXT, run_website, write_website
from tests.sites import Site
from tests.web.test_click import assert_error, assert_refused

PAGES = ("/", "/kafka-clicker", "/kafka-dashboard")


def assert_counts(site: Site) -> None:
    for path in PAGES:
        assert site.ask("GET", path).status_code == 200, path
    assert site.ask("GET", "/j").headers["Location"] == "kafka-clicker"
    assert site.click({"type": "cheers"}).status_code == 200
    site.wait_for_totals(1)


def test_every_snippet_and_command_is_run() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("*.py"))

    assert len(SNIPPETS) == TEXT.count("```python") == 11
    assert [heading for heading in SNIPPETS if f'"{heading}"' not in tests] == []
    assert [command.split()[0] for command in COMMANDS] == ["gunicorn"] * 2 + ["granian", "flask"]


def test_a_site_without_a_secret_key(mounted: Mounted) -> None:
    site = mounted("The whole of it")

    assert_counts(site)
    assert "/visualization-tools-ii/j" in site.client.get("/").text
    assert site.server.secret_key is None


def test_a_prefix_and_a_file_of_its_own(mounted: Mounted, tmp_path: Path) -> None:
    site = mounted("A prefix and settings of your own")

    assert site.prefix == "/live"
    assert_counts(site)
    assert (tmp_path / "instance" / "live.sqlite3").exists()
    assert not (tmp_path / "var").exists()


def test_the_host_says_who_may_present(mounted: Mounted) -> None:
    site = mounted("Who may present")
    assert_counts(site)
    visitor, speaker = (site.server.test_client() for _ in range(2))
    with speaker.session_transaction() as session:
        session["role"] = "speaker"
    path = f"{site.prefix}/kafka/talks"

    statuses = [one.post(path, json={"title": "Hi"}).status_code for one in (visitor, speaker)]
    assert statuses == [403, 201]


def test_two_rooms_count_by_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    server = run_website(tmp_path, "Rooms side by side")
    aula, sala = [
        Site(server, server.extensions[name]) for name in ("kafka_clicker", "kafka_clicker_2")
    ]
    try:
        assert (aula.prefix, sala.prefix) == ("/aula", "/sala")
        assert_counts(sala)
        assert aula.totals() == (0, 0)
    finally:
        for site in (aula, sala):
            site.service.stop()


def test_the_fixture_for_a_hosts_tests_ends_what_they_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pytest, "fixture", lambda function: function)
    fixture = runpy.run_path(str(write_website(tmp_path, "Your tests")))["server"]
    running = fixture()

    Site(next(running)).wait_for_state("live")
    assert next(running, None) is None
    names = [thread.name for thread in threading.enumerate()]
    assert [name for name in names if name.startswith(OUR_THREADS)] == []


def test_flask_login_keeps_the_dashboard_and_leaves_the_clicker_open(mounted: Mounted) -> None:
    site = mounted("Flask-Login: the dashboard for those who are logged in")
    site.client = site.server.test_client()

    for path in (
        "/kafka-dashboard",
        "/kafka-dashboard/",
        "/kafka/data",
        "/kafka/timeline",
        "/kafka/timeline.csv",
        "/metrics",
    ):
        refused = site.ask("GET", path)
        assert refused.status_code == 302, path
        assert refused.headers["Location"].startswith("/log-in?next=")
    for path in ("//kafka-dashboard", "//kafka/data", "/kafka//data", "/x/../kafka/data"):
        assert_error(site.ask("GET", path), 404)
    assert site.ask("GET", "/kafka-clicker").status_code == 200
    assert site.click({"type": "cheers"}).status_code == 200
    assert site.client.get("/log-in").text == "Welcome"
    assert_counts_after_one(site)


def assert_counts_after_one(site: Site) -> None:
    assert site.ask("GET", "/kafka-dashboard").status_code == 200
    site.wait_for_totals(1)
    assert site.data()["totals"] == {"cheers": 1, "fuck": 0}


def test_csrf_protection_is_lifted_for_our_route_alone(mounted: Mounted) -> None:
    site = mounted("Flask-WTF: CSRF protection")
    site.server.add_url_rule("/form", "form", lambda: "sent", methods=["POST"])

    assert_counts(site)
    assert site.client.post("/form").status_code == 400
    assert "The CSRF token is missing." in site.client.post("/form").text
    asked_first = site.ask("OPTIONS", "/kafka/click", headers={"Origin": "https://evil.example"})
    assert not [name for name, _ in asked_first.headers if name.startswith("Access-Control")]
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert_refused(site.ask("POST", "/kafka/click", data="{}", content_type=kind), 415)


def test_without_its_line_each_click_is_refused_by_the_csrf_protection(
    monkeypatch: pytest.MonkeyPatch, mounted: Mounted
) -> None:
    heading = "Flask-WTF: CSRF protection"
    without = SNIPPETS[heading].replace('csrf.exempt(server.blueprints["kafka_clicker"])', "")
    monkeypatch.setitem(SNIPPETS, heading, without)
    refused = mounted(heading).click({"type": "cheers"})

    assert_error(refused, 400)
    assert refused.get_json()["message"] == "The CSRF token is missing."


def test_a_hosts_error_pages_are_shown_outside_the_prefix(mounted: Mounted) -> None:
    site = mounted("Error pages")
    site.server.add_url_rule("/broken", "broken", lambda: str(1 / 0))

    assert_counts(site)
    assert site.client.get("/x").text == "<h1>Not Found</h1>"
    assert site.client.get("/broken").text == "<h1>Internal Server Error</h1>"
    assert_error(site.ask("GET", "/x"), 404)
    assert_error(site.ask("PUT", "/kafka/click"), 405)
    refused = site.click({"type": "applause"})
    assert refused.get_json()["unknown"] == ["applause"]
    assert (refused.status_code, refused.get_json()["appended"]) == (400, False)


def test_a_dash_app_that_has_the_whole_site(mounted: Mounted) -> None:
    site = mounted("A Dash app of your own")
    update = {
        "output": "counted.children",
        "outputs": {"id": "counted", "property": "children"},
        "inputs": [{"id": "count", "property": "n_clicks", "value": 3}],
        "changedPropIds": ["count.n_clicks"],
    }

    for path in ("/", "/any/page"):
        assert "_dash-config" in site.client.get(path).text
    assert len(site.client.get("/_dash-dependencies").get_json()) == 1
    counted = site.client.post("/_dash-update-component", json=update)
    assert counted.get_json()["response"] == {"counted": {"children": 3}}
    assert_counts(site)
    assert_error(site.ask("GET", "/any/page"), 404)
    assert_error(site.ask("POST", "/kafka-dashboard/_dash-update-component", json=update), 404)
