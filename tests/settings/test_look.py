"""Title and colours of the pages: what is taken, and what nobody could read."""

import pytest

from dash_app.settings import BadSetting, Settings
from dash_app.settings.colors import color_of, contrast, mixed, written


def test_a_theme_is_three_colours_that_can_be_read() -> None:
    settings = Settings.from_environment({"THEME": "#FFB000, #dc8bff,#00c2d1", "TITLE": " Talk "})

    assert (settings.theme, settings.title) == ("#ffb000,#dc8bff,#00c2d1", "Talk")


@pytest.mark.parametrize(
    "theme",
    [
        "#ffb000",
        "#ffb000,#dc8bff",
        "#ffb000,#dc8bff,#00c2d1,#ffffff",
        "red,#dc8bff,#00c2d1",
        "#fb0,#dc8bff,#00c2d1",
        "#ffb000,#dc8bff,url(x)",
        # As dark as the chart, and as the text on the buttons.
        "#121922,#dc8bff,#00c2d1",
        "#ffb000,#0000ff,#00c2d1",
        "#ffb000,#dc8bff,#0b5cab",
        "#ffb000,#FFB000,#00c2d1",
    ],
)
def test_a_theme_that_cannot_be_read_is_refused(theme: str) -> None:
    with pytest.raises(BadSetting, match=r"THEME is .* black text on it has a contrast of 4\.5"):
        Settings.from_environment({"THEME": theme})


def test_a_title_has_an_end() -> None:
    with pytest.raises(BadSetting, match="TITLE is"):
        Settings.from_environment({"TITLE": "x" * 81})


def test_contrast_is_that_of_the_standard() -> None:
    black, white, grey = map(color_of, ("#000000", "#ffffff", "#777777"))

    assert contrast(white, black) == contrast(black, white) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.48, abs=0.01)
    assert written(mixed(black, white, 0.2)) == "#333333"
