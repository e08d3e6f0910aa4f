"""What the documents say can be done, is done here."""

import json
import re
from pathlib import Path

import pytest

from dash_app.settings import Settings
from tests.browser.clicker_states import CLICKER
from tests.browser.states import DASHBOARD, State
from tests.programs import ROOT, run_program
from tests.sites import open_site

README = (ROOT / "README.md").read_text()
API = (ROOT / "docs" / "api.md").read_text()
PAGES = (ROOT / "docs" / "pages.md").read_text()
GUARANTEES = (ROOT / "docs" / "guarantees.md").read_text()

CURLS = re.findall(r"-d '([^']+)'.*?(/kafka/click)\n# (\{.*?\})\n", API, re.DOTALL)

MOUNTED = """
import json, sys
exec(sys.argv[1])
from dash_app.site import EXTENSION
client = server.test_client()
paths = ("kafka-clicker", "kafka-dashboard", "kafka/data", "")
found = [client.get(f"/visualization-tools-ii/{path}").status_code for path in paths]
server.extensions[EXTENSION].stop()
print(json.dumps([*found, client.get("/").status_code]))
"""


def test_the_readme_begins_with_what_one_needs_to_start() -> None:
    beginning = "\n".join(README.splitlines()[:40])

    for command in ("make demo", "make run", "make test"):
        assert command in beginning
    pictures = re.findall(r'src="([^"]+)"', beginning)
    assert pictures == ["docs/pictures/clicker-sent.webp", "docs/pictures/dashboard-live.webp"]
    for picture in pictures:
        assert (ROOT / picture).read_bytes()[8:12] == b"WEBP"


def test_the_readmes_five_lines_mount_the_site(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)

    assert len(example.strip().splitlines()) <= 5
    env = {"CLICKS_DB": tmp_path / "clicks.sqlite3"}
    assert run_program(MOUNTED, example, env=env) == [200, 200, 200, 200, 404]


def test_the_documented_requests_are_all_found() -> None:
    assert len(CURLS) == API.count("curl ") == 2


@pytest.mark.parametrize(("body", "path", "answer"), CURLS)
def test_a_documented_request_is_answered_as_documented(
    tmp_path: Path, body: str, path: str, answer: str
) -> None:
    with open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        found = site.ask("POST", path, data=body, content_type="application/json")

    assert found.status_code == 200
    assert found.get_json() == json.loads(answer)


def test_the_tests_behind_each_guarantee_exist() -> None:
    named = set(re.findall(r"`(tests/[^`]+)`", GUARANTEES))

    assert len(named) >= 8
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_each_state_of_the_dashboard_has_its_picture() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", PAGES)

    for state in DASHBOARD:
        assert f"pictures/dashboard-{state.name.replace(' ', '-')}.webp" in pictures
    assert [name for name in pictures if not (ROOT / "docs" / name).exists()] == []


@pytest.mark.parametrize("state", CLICKER, ids=[state.name for state in CLICKER])
def test_each_state_of_the_clicker_has_its_picture(state: State) -> None:
    picture = f"pictures/clicker-{state.name.replace(' ', '-')}.webp"

    assert f'| {state.name}<br><img src="{picture}"' in PAGES
    assert (ROOT / "docs" / picture).read_bytes().startswith(b"RIFF")
    assert (ROOT / "docs" / picture).stat().st_size < 40_000


def test_the_license_is_mit() -> None:
    text = (ROOT / "LICENSE").read_text()

    assert text.startswith("MIT License\n")
    assert "Permission is hereby granted, free of charge" in text
