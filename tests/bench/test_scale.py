"""docs/scale.md is what the figures of docs/performance.md give."""

import math
import re

import pytest

from bench.scale import FIGURES, PAGE, Scale, find, short, written
from bench.table import MARKDOWN
from dash_app.settings import Settings

MADE_UP = (500, 5_000, 20, 1_000, 200, 150_000, 30_000, 20_000, 3, 120)
ROUND = dict(zip("abcdefghij", MADE_UP, strict=True))


def test_the_page_is_what_the_figures_give() -> None:
    page = PAGE.read_text()

    assert written(page, MARKDOWN.read_text()) == page


def test_a_hall_needs_one_process_and_a_country_needs_flink() -> None:
    hall, country = Scale(100, ROUND), Scale(1_000_000, ROUND)

    assert (hall.clicks, hall.web_least, hall.web_most, hall.partitions) == (20, 1, 1, 1)
    assert (hall.by_flink, hall.slots, hall.repeat_seconds) == (False, 0, 2500)
    assert (country.clicks, country.web_least, country.web_most) == (200_000, 40, 400)
    assert (country.own_counting, country.by_flink, country.slots) == (4, True, 7)
    assert (country.partitions, country.repeat_seconds, country.brokers) == (40, 10, 4)
    assert (country.timelines, country.nginx_cores, country.timeline_bits) == (1e5, 5, 8e8)
    assert round(country.join_bits) == round(1_000_000 / 60 * 200_000 * 8)
    assert (country.clicks_a_month, country.log_a_month) == (1e8, 1e8 * 120 * 3)
    assert (country.views_a_month, country.timelines_a_month) == (2e11, 1e5 * 28_800 * 1_000)
    assert Scale(50_000_000, ROUND).partitions == 2_000


def test_the_pages_horizon_is_that_of_the_setting() -> None:
    assert Settings.model_fields["dedup_offsets"].default == 100_000


@pytest.mark.parametrize("letter", FIGURES)
def test_a_figure_stands_in_the_row_that_the_page_names_or_nowhere(letter: str) -> None:
    text, number = MARKDOWN.read_text(), FIGURES[letter].row
    without = re.sub(rf"(?m)^\| {number} \|.*$", "", text)

    assert math.isnan(find(without)[letter])
    assert f"| {letter} | not measured |" in written(PAGE.read_text(), without)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.000452, "0.000452"),
        (12, "12"),
        (999.6, "1,000"),
        (2_000, "2,000"),
        (200_000, "200 k"),
        (591.4e6, "591 M"),
        (29.56e9, "29.6 G"),
        (106e12, "106 T"),
        (math.nan, "not measured"),
    ],
)
def test_a_number_is_short(value: float, text: str) -> None:
    assert short(value) == text
