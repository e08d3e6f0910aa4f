"""What the documents show exists, and what they say can be done is done here."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

from dash_app.__main__ import main
from dash_app.settings import Settings
from tests.browser.clicker_states import CLICKER
from tests.browser.kept_pictures import KEPT
from tests.browser.states import DASHBOARD
from tests.documents import DOCUMENTS, NAMES, anchors, commands, links, pictures, spans
from tests.programs import ROOT, run_program
from tests.sites import open_site

README = ROOT / "README.md"
API = (ROOT / "docs" / "api.md").read_text()
PAGES = ROOT / "docs" / "pages.md"
GUARANTEES = ROOT / "docs" / "guarantees.md"

CURLS = re.findall(r"-d '([^']+)'.*?(/kafka/click)\n# (\{.*?\})\n", API, re.DOTALL)

MOUNTED = """
import json, sys
exec(sys.argv[1])
from dash_app.site import EXTENSION
client = server.test_client()
paths = ("kafka-clicker", "kafka-dashboard", "kafka/data", "")
statuses = [client.get(f"/visualization-tools-ii/{path}").status_code for path in paths]
server.extensions[EXTENSION].stop()
print(json.dumps([*statuses, client.get("/").status_code]))
"""

FETCHED = ("ops/flink/jars", "tests/brokers/kafka/jars")
"""Folders that are there once make has fetched what belongs into them."""

PLACES = ("", "dash_app/")
"""Where a path of a document begins: at the root, or at the wings."""

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)


@each_document
def test_a_link_leads_to_a_document_and_a_heading(document: Path) -> None:
    for link in links(document):
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_readme_leads_to_every_document() -> None:
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in links(README)}

    assert [name for name, path in zip(NAMES, DOCUMENTS, strict=True) if path not in linked] == [
        "README.md"
    ]


@each_document
def test_a_picture_exists_and_says_what_it_shows(document: Path) -> None:
    for picture in pictures(document):
        assert picture.file.read_bytes()[8:12] == b"WEBP", picture
        assert picture.alt, picture


@each_document
def test_a_command_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for line in commands(document):
        for target in re.findall(r"^(?:[A-Z_]+=\S+ )*make ([a-z-]+)", line):
            assert target in targets, line
        for name in re.findall(r"(?:-m dash_app|^kafka-clicker|whl kafka-clicker) ([a-z]+)", line):
            assert name in main.commands, line
        for module in re.findall(r"-m ((?:bench|dash_app|tests)[\w.]*)", line):
            assert importlib.util.find_spec(module), line
        for file in re.findall(r"(?:-f|python|sh) ([\w./-]+\.(?:yml|py|sh))\b", line):
            assert (ROOT / file).exists(), line


@each_document
def test_a_variable_of_a_command_is_one_that_something_reads(document: Path) -> None:
    programs = [*ROOT.glob("ops/**/*.py"), *ROOT.glob("tests/**/*.py")]
    files = [ROOT / "Makefile", ROOT / "Dockerfile", *programs]
    read = "".join(file.read_text() for file in files)
    for line in commands(document):
        for name in re.findall(r"(?:^|(?<= ))([A-Z][A-Z_]+)=\S", line):
            plain = name.removeprefix("CLICKER_").lower()
            known = plain in Settings.model_fields or name.startswith("KAFKA_")
            assert known or re.search(rf"\b{name}\b", read), line


@each_document
def test_a_path_exists(document: Path) -> None:
    folders = {path.name for place in PLACES for path in (ROOT / place).iterdir() if path.is_dir()}
    for span in spans(document):
        if re.fullmatch(r"[\w.-]+/[\w./-]*", span) and span.partition("/")[0] in folders - {"var"}:
            exists = any((ROOT / place / span).exists() for place in PLACES)
            assert exists or span.rstrip("/") in FETCHED, span


def test_the_readmes_example_mounts_the_site(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)

    env = {"CLICKS_DB": tmp_path / "clicks.sqlite3"}
    assert run_program(MOUNTED, example, env=env) == [200, 200, 200, 200, 404]


def test_the_documented_requests_are_all_found() -> None:
    # One that starts a talk names a right, and one asks for a report of it.
    assert len(CURLS) == API.count("curl ") - 2 >= 2


@pytest.mark.parametrize(("body", "path", "answer"), CURLS)
def test_a_documented_request_is_answered_as_documented(
    tmp_path: Path, body: str, path: str, answer: str
) -> None:
    with open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        response = site.ask("POST", path, data=body, content_type="application/json")

    assert response.status_code == 200
    assert response.get_json() == json.loads(answer)


def test_the_tests_behind_each_guarantee_exist() -> None:
    named = {span for span in spans(GUARANTEES) if span.startswith("tests/")}

    assert len(named) >= 8
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", ["clicker", "dashboard"])
def test_each_state_of_a_page_has_its_picture(page: str) -> None:
    shown = {picture.file.name for picture in pictures(PAGES)}
    states = {"clicker": CLICKER, "dashboard": DASHBOARD}[page]

    assert {f"{page}-{state.name.replace(' ', '-')}.webp" for state in states} <= shown


def test_each_picture_of_the_documents_is_one_that_is_renewed() -> None:
    assert {file.stem for file in ROOT.glob("docs/pictures/*")} == {*KEPT}
    assert {picture.file.stem for picture in pictures(PAGES)} <= {*KEPT}


def test_a_picture_loads_quickly() -> None:
    files = [*ROOT.glob("docs/pictures/*")]

    assert files
    assert [file.name for file in files if file.stat().st_size > 50_000] == []


def test_the_license_is_mit() -> None:
    text = (ROOT / "LICENSE").read_text()

    assert text.startswith("MIT License\n")
    assert "Permission is hereby granted, free of charge" in text
