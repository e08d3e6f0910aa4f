"""Another window is one entry in `counting/windows.py`: pages, routes and texts follow it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dash_app.counting.windows import BINS_PER_WINDOW, WINDOWS
from dash_app.pages.catalogue import bin_widths
from dash_app.settings import Settings
from tests.sites import Site, open_site

WINDOW, WIDTH = 300, 5


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site with a window of five minutes."""
    monkeypatch.setitem(WINDOWS, WINDOW, WIDTH)
    # A prefix of its own: the OpenAPI document of a prefix is built once per process.
    settings = Settings(clicks_db=tmp_path / "clicks.sqlite3", url_prefix="/windows")
    with open_site(settings) as site:
        yield site


def test_the_dashboard_hands_another_window_to_its_script(site: Site) -> None:
    page = site.ask("GET", "/kafka-dashboard").text
    match = re.search(r'<script id="texts"[^>]*>(.*?)</script>', page)
    assert match
    catalogue = json.loads(match[1])

    for texts in catalogue.values():
        windows = json.loads(texts["windows"])
        assert windows == [[120, 2], [900, 15], [3600, 60], [WINDOW, WIDTH]]
        assert all(texts[f"bin_{width}"] for _, width in windows)
    assert [texts["bin_5"] for texts in catalogue.values()] == ["5 seconds", "5 segundos"]


def test_the_dashboard_has_a_button_for_another_window(site: Site) -> None:
    layout = site.ask("GET", "/kafka-dashboard/_dash-layout").text

    assert f'"id":"window-{WINDOW}"' in layout.replace(" ", "")
    assert '"5 min"' in layout


def test_the_routes_answer_another_window(site: Site) -> None:
    answer = site.timeline(window=WINDOW, bin=WIDTH)
    lines = site.ask("GET", f"/kafka/timeline.csv?window={WINDOW}&bin={WIDTH}").text.splitlines()

    assert (answer["window"], answer["bin"]) == (WINDOW, WIDTH)
    assert (
        len(answer["series"]["cheers"])
        == len(answer["series"]["hate"])
        == len(lines) - 1
        == BINS_PER_WINDOW
    )
    assert f"{WINDOW}/{WIDTH}" in site.ask("GET", "/openapi.json").text


def test_no_script_names_a_window() -> None:
    scripts = (Path(__file__).parents[2] / "assets" / "dashboard").glob("*.js")
    source = "\n".join(script.read_text() for script in scripts)

    assert "windowsOf" in source
    for window in WINDOWS:
        assert not re.search(rf"\b{window}\b", source), window


@pytest.mark.parametrize(
    ("width", "english", "spanish"),
    [
        (1, "second", "segundo"),
        (2, "2 seconds", "2 segundos"),
        (15, "15 seconds", "15 segundos"),
        (60, "minute", "minuto"),
        (90, "90 seconds", "90 segundos"),
        (1440, "24 minutes", "24 minutos"),
    ],
)
def test_the_width_of_a_bin_is_named_in_both_languages(
    width: int, english: str, spanish: str
) -> None:
    assert bin_widths([width]) == {f"bin_{width}": (english, spanish)}
