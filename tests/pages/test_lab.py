"""The page of the laboratory has the texts and buttons that its script and the routes need."""

import re
from pathlib import Path

import pytest

from dash_app.pages import lab
from dash_app.settings import Settings
from dash_app.web.lab import BROKEN
from tests.pages.test_catalogue import elements

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = "\n".join(path.read_text() for path in sorted(ROOT.glob("assets/lab/*.js")))
SERVER = "\n".join(path.read_text() for path in ROOT.glob("dash_app/**/*.py"))
KAFKA = Settings(kafka_bootstrap_servers="broker:9092")
FLINK = Settings(kafka_bootstrap_servers="broker:9092", counts_from="flink")


def texts_of(settings: Settings) -> set[str]:
    return {props["data-text"] for props in elements(lab.layout(settings)) if "data-text" in props}


def test_the_script_names_texts_that_there_are() -> None:
    named = set(re.findall(r'\b(?:say|text)\("([\w-]+)"', SCRIPTS))
    named |= set(re.findall(r'"((?:head|col|fact)_\w+)"', SCRIPTS))

    assert len(named) > 60
    assert named - lab.TEXTS.keys() == set()


@pytest.mark.parametrize(
    ("settings", "end", "some"),
    [
        (Settings(), "_file", {"again_about_file", "newest_file"}),
        (FLINK, "_flink", {"pause_about_flink", "partitions_flink"}),
    ],
)
def test_a_text_for_a_file_or_for_flink_takes_the_place_of_another_one(
    settings: Settings, end: str, some: set[str]
) -> None:
    special = {key for key in lab.TEXTS if key.endswith(end)} - {"the_file", "read_by_flink"}

    assert {key.removesuffix(end) for key in special} <= lab.TEXTS.keys()
    assert some <= texts_of(settings)
    assert not special & texts_of(KAFKA)


def test_the_page_translates_what_the_server_says() -> None:
    pairs = re.findall(r'\["([^"]+)", "(\w+)"\]', (ROOT / "assets/lab/refusals.js").read_text())

    assert len(pairs) > 10
    for sentence, key in pairs:
        assert f'"{sentence}' in SERVER, sentence
        english, spanish = lab.TEXTS[key]
        assert english != spanish


def test_there_is_a_button_for_each_record_that_the_route_can_append() -> None:
    buttons = [props for props in elements(lab.layout(KAFKA)) if "data-experiment" in props]
    broken = {props["data-value"] for props in buttons if props["data-experiment"] == "broken"}

    assert broken == BROKEN.keys()
    assert all(props["disabled"] for props in buttons)
