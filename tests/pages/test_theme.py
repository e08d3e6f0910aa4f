"""The colours of THEME on all pages, and a title of the site's own."""

import re

import pytest

from dash_app.pages import theme
from dash_app.pages.tokens import THEMES, design_tokens
from dash_app.settings import Settings
from dash_app.settings.colors import color_of, contrast
from tests.pages.conftest import MakeSite

OWN = "#ffb000,#dc8bff,#00c2d1"
DARKEST, LIGHTEST = "#757575,#757576,#757577", "#ffffff,#fffffe,#fffffd"
PREFIX = "/visualization-tools-ii"
REACTIONS = [f"reaction-{place}" for place in range(1, 9)]
PAGES = ["", "kafka-clicker", "kafka-dashboard"]


@pytest.mark.parametrize("look", THEMES)
@pytest.mark.parametrize("colors", [OWN, DARKEST, LIGHTEST])
def test_whatever_is_written_in_a_colour_of_the_theme_can_be_read(look: str, colors: str) -> None:
    tokens = theme.themed_tokens(Settings(theme=colors), look)
    pairs = [
        (text, ground)
        for text in (*(f"{kind}-text" for kind in REACTIONS), "link")
        for ground in ("ground", "surface", "raised")
    ]
    pairs += [(f"on-{kind}", f"{kind}{part}") for kind in REACTIONS for part in ("", "-light")]
    # A line of the chart, whose card is dark in both themes.
    dark = color_of(design_tokens("dark")["surface"])

    contrasts = {pair: contrast(*(color_of(tokens[name]) for name in pair)) for pair in pairs}
    assert [pair for pair, value in contrasts.items() if value < 4.5] == []
    assert min(contrast(color_of(tokens[kind]), dark) for kind in REACTIONS) >= 3
    assert tokens.keys() == design_tokens(look).keys()


def test_every_page_loads_the_colours_after_the_tokens(make_site: MakeSite) -> None:
    client = make_site(theme=OWN, clicker_code="1234").test_client()
    for path in PAGES:
        styles = re.findall(r'rel="stylesheet" href="([^"]+)"', client.get(f"{PREFIX}/{path}").text)
        assert re.fullmatch(r"assets/theme\.css\?v=[0-9a-f]{16}", styles[-1]), path
        answer = client.get(f"{PREFIX}/{styles[-1]}")
        assert answer.mimetype == "text/css"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "--reaction-1: #ffb000;" in answer.text
        assert "</" not in answer.text
    layout = client.get(f"{PREFIX}/kafka-dashboard/_dash-layout").text
    assert '"color":"#ffb000"' in layout


def test_without_a_theme_there_is_no_stylesheet_of_it(make_site: MakeSite) -> None:
    client = make_site().test_client()

    assert client.get(f"{PREFIX}/assets/theme.css").status_code == 404
    assert not [path for path in PAGES if "theme.css" in client.get(f"{PREFIX}/{path}").text]


def test_the_title_is_that_of_every_page_and_the_heading_on_the_wall(make_site: MakeSite) -> None:
    client = make_site(title="Año <Nuevo>").test_client()
    for path in PAGES:
        assert "<title>Año &lt;Nuevo&gt;</title>" in client.get(f"{PREFIX}/{path}").text, path
    assert "Año &lt;Nuevo&gt;</h1>" in client.get(f"{PREFIX}/").text
    layout = client.get(f"{PREFIX}/kafka-dashboard/_dash-layout").get_json()
    header = layout["props"]["children"][0]["props"]
    assert header["className"] == "dashboard-header named"
    assert header["children"][0]["props"]["children"][0]["props"]["children"] == "Año <Nuevo>"
