"""The palette of the reactions, as people see it who tell fewer colours apart.

The matrices are those of severity 1.0 in G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, "A
Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE Transactions on
Visualization and Computer Graphics 15 (6), 2009; the distances those of Oklab (B. Ottosson, 2020).
"""

import itertools
import math

import pytest

from dash_app.pages import figures
from dash_app.pages.tokens import THEMES, design_tokens
from dash_app.settings.colors import color_of, contrast

Row = tuple[float, float, float]
Matrix = tuple[Row, Row, Row]

SIGHTS: dict[str, Matrix] = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
CONES: Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
OPPONENTS: Matrix = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
LEAST_DISTANCE = 0.08
"""Of the seed's green and red for somebody with deuteranopia; a difference of 0.02 is just seen."""

PLACES = [f"reaction-{place}" for place in range(1, 9)]


def _times(matrix: Matrix, vector: Row) -> Row:
    a, b, c = (sum(x * y for x, y in zip(row, vector, strict=True)) for row in matrix)
    return a, b, c


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def oklab(color: str, sight: str) -> Row:
    """Return a colour in Oklab, as that sight has it."""
    red, green, blue = (_linear(value / 255) for value in color_of(color))
    r, g, b = (min(1.0, max(0.0, part)) for part in _times(SIGHTS[sight], (red, green, blue)))
    long, middle, short = (cone ** (1 / 3) for cone in _times(CONES, (r, g, b)))
    return _times(OPPONENTS, (long, middle, short))


def distances(colors: list[str], sight: str) -> dict[tuple[str, str], float]:
    """Return the distance of each two colours in Oklab, as that sight has them."""
    pairs = itertools.combinations(colors, 2)
    return {(a, b): math.dist(oklab(a, sight), oklab(b, sight)) for a, b in pairs}


@pytest.mark.parametrize("sight", SIGHTS)
def test_any_two_of_the_eight_colours_differ_to_everybody(sight: str) -> None:
    colors = [design_tokens("dark")[place] for place in PLACES]

    assert {
        pair: far for pair, far in distances(colors, sight).items() if far < LEAST_DISTANCE
    } == {}


def test_colours_that_somebody_takes_for_one_another_are_found() -> None:
    red, green = "#c05050", "#7a7a20"

    assert distances([red, green], "usual")[red, green] > LEAST_DISTANCE
    assert distances([red, green], "deuteranopia")[red, green] < LEAST_DISTANCE


@pytest.mark.parametrize("theme", THEMES)
def test_the_colours_are_read_and_seen_in_both_themes(theme: str) -> None:
    tokens = design_tokens(theme)
    # The card of the chart is dark in both.
    ground = color_of(design_tokens("dark")["surface"])
    for place in PLACES:
        color = color_of(tokens[place])
        assert contrast(color, ground) >= 3, place
        for fill in (place, f"{place}-light"):
            assert contrast(color_of(tokens[f"on-{place}"]), color_of(tokens[fill])) >= 4.5, fill
        for surface in ("ground", "surface", "raised"):
            text = color_of(tokens[f"{place}-text"])
            assert contrast(text, color_of(tokens[surface])) >= 4.5, (place, surface)


def test_colour_is_not_all_that_tells_two_lines_apart() -> None:
    traces = figures.empty_figure([], design_tokens("dark"))["data"][:8]

    assert len({trace["line"]["color"] for trace in traces}) == 8
    assert len({(trace["line"]["dash"], trace["marker"].get("symbol")) for trace in traces}) == 8
