"""The report as one file: it loads nothing, and what people wrote is text in it."""

import base64
import copy
import hashlib
import html
import json
import re
from typing import Any

import pytest

from dash_app.counting.zones import UnknownZone
from dash_app.pages.report_file import render_html
from dash_app.settings import Settings
from tests.programs import ROOT

EXAMPLE: Any = json.loads((ROOT / "tests" / "pages" / "example_report.json").read_text())
WITH_SCRIPT = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)>"


def rendered(document: Any = EXAMPLE, language: str = "en", zone: str = "Europe/Madrid") -> str:
    return render_html(document, language, zone).decode()


def test_a_file_holds_all_that_it_needs() -> None:
    page = rendered()
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    outside = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)

    assert len(scripts) == 4
    assert re.findall(r'(?:src|href)="(?!data:)', outside) == []
    assert "@import" not in page
    policy = re.search(r'Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    hashes = {base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts}
    assert set(re.findall(r"sha256-([^']*)", html.unescape(policy[1]))) == hashes
    assert "default-src 'none'" in html.unescape(policy[1])
    assert "fuck" not in page


def test_what_people_wrote_ends_no_element() -> None:
    document = copy.deepcopy(EXAMPLE)
    document["talk"]["title"] = WITH_SCRIPT
    document["reactions"][0]["label"] = WITH_SCRIPT
    document["segments"][0]["label"] = WITH_SCRIPT
    page = rendered(document)

    assert page.count("<script") == rendered().count("<script")
    data = re.search(r'<script id="report-data" type="application/json">(.*?)</script>', page)
    assert data is not None
    assert json.loads(data[1])["report"] == document


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_file_begins_in_its_language_and_zone(language: str) -> None:
    page = rendered(language=language)

    attributes = f'lang="{language}" data-preferred-language="{language}"'
    assert f'<html {attributes} data-zone="Europe/Madrid"' in page
    assert 'data-switch="zone"' in page
    assert 'data-switch="zone"' not in rendered(zone="UTC")


def test_a_file_has_the_colours_of_the_site() -> None:
    settings = Settings(theme="#12a456,#e54321,#abcdef")

    page = render_html(EXAMPLE, "en", "UTC", settings).decode()
    assert "--reaction-1: #12a456;" in page
    assert '"color": "#12a456"' in page
    assert "#12a456" not in rendered()


def test_an_unknown_language_or_zone_is_named() -> None:
    with pytest.raises(ValueError, match=r"no texts in the language 'fr'; take one of en, es"):
        rendered(language="fr")
    with pytest.raises(UnknownZone, match="Mars/Phobos"):
        rendered(zone="Mars/Phobos")
