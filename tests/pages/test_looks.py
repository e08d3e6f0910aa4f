"""How the pages look is said in one file: assets/tokens.css."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dash_app.pages import clicker, dashboard, lab, landing, report, talks
from dash_app.pages.tokens import design_tokens
from dash_app.settings import Settings
from tests.pages.test_catalogue import elements

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Settings(demo=True, join_url="http://192.0.2.7:8050/j")
MADE_ELSEWHERE = {"bootstrap.min.css", "plotly-basic.min.js"}
STYLES = [
    path
    for path in sorted(ROOT.glob("assets/**/*.css"))
    if path.name not in {*MADE_ELSEWHERE, "tokens.css"}
]
SCRIPTS = [path for path in sorted(ROOT.glob("assets/**/*.js")) if path.name not in MADE_ELSEWHERE]
MODULES = sorted(ROOT.glob("dash_app/**/*.py"))
NAMES = "white|black|red|green|blue|gray|grey|yellow|orange"
COLOR = rf"#[0-9a-fA-F]{{3,8}}\b(?![-\w])|\b(?:rgba?|hsla?|oklch)\(|[:\"']\s*(?:{NAMES})\b"
SIZED = r"(?:gap|padding[a-z-]*|margin[a-z-]*|font-size|font-weight|letter-spacing|border-radius)"
LENGTH = r"(?<![\w-])[\d.]*[1-9]\d*(?:rem|em|px|v[wh]|vmin|vmax|\b(?!%|\w))"


def colors(source: str) -> list[str]:
    """Return what is a colour in a stylesheet's declarations, or in a program."""
    return re.findall(COLOR, source)


def declarations(style: str) -> list[tuple[str, str]]:
    return re.findall(r"([a-z-]+):\s*([^;{}]+);", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_stylesheet_takes_colours_spaces_and_type_from_the_tokens(path: Path) -> None:
    pairs = declarations(path.read_text())

    assert pairs
    assert [(name, value) for name, value in pairs if colors(f": {value}")] == []
    sized = [(name, re.sub(r"calc\([^;]*\)", "", value)) for name, value in pairs]
    own = [each for each in sized if re.fullmatch(SIZED, each[0]) and re.search(LENGTH, each[1])]
    assert own == []


@pytest.mark.parametrize("path", [*SCRIPTS, *MODULES], ids=lambda path: path.name)
def test_a_program_names_no_colour(path: Path) -> None:
    assert colors(path.read_text()) == []


def test_a_colour_and_a_length_are_found() -> None:
    for sample in (": #fff", ": rgb(1 2 3)", 'color="white"', "'#10b981'", ": rgba(0, 0, 0, 0.1)"):
        assert colors(sample), sample
    for sample in ("0.75rem", "1px 0", "600", "-0.02em", "clamp(1rem, 2vw, 3rem)", "10px"):
        assert re.search(LENGTH, sample), sample
    for sample in ("0", "0 auto", "var(--space-4)", "50%", "inherit"):
        assert not re.search(LENGTH, sample), sample


def test_the_icon_has_colours_of_the_tokens() -> None:
    icon = (ROOT / "assets" / "icon.svg").read_text()

    assert set(re.findall(r"#[0-9a-f]{6}", icon)) == {
        design_tokens("dark")[name] for name in ("ground", "reaction-1", "reaction-2")
    }


@pytest.mark.parametrize(
    "layout",
    [
        clicker.layout(SETTINGS),
        dashboard.layout(SETTINGS),
        landing.layout(SETTINGS, "", SETTINGS.join_url),
        report.layout(SETTINGS),
        talks.layout(SETTINGS),
        lab.layout(SETTINGS),
    ],
    ids=["clicker", "dashboard", "landing", "report", "talks", "lab"],
)
def test_a_layout_has_no_inline_style(layout: Any) -> None:
    properties = [set(props) for props in elements(layout)]

    assert len(properties) > 10
    assert not [each for each in properties if "style" in each or "style_cell" in each]


@pytest.mark.parametrize(
    "path",
    ["kafka-clicker", "kafka-dashboard", "kafka-report", "kafka-talks", "kafka-lab", ""],
)
def test_a_page_has_no_inline_style(client: FlaskClient, path: str) -> None:
    page = client.get(f"/visualization-tools-ii/{path}").text

    assert "style=" not in page
    assert "<style" not in page


def test_both_themes_have_the_same_tokens() -> None:
    dark, light = design_tokens("dark"), design_tokens("light")

    assert dark.keys() == light.keys()
    assert dark["ground"] != light["ground"]
    assert dark["reaction-1"] == light["reaction-1"]
