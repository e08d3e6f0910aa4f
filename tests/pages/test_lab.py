"""The page of the laboratory has the texts and buttons that its script and the routes need."""

import re
from pathlib import Path

from dash_app.pages import lab
from dash_app.settings import Settings
from dash_app.web.lab import BROKEN
from tests.pages.test_catalogue import elements

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = "\n".join(path.read_text() for path in sorted(ROOT.glob("assets/lab/*.js")))
KAFKA = Settings(kafka_bootstrap_servers="broker:9092")


def texts_of(settings: Settings) -> set[str]:
    return {props["data-text"] for props in elements(lab.layout(settings)) if "data-text" in props}


def test_the_script_names_texts_that_there_are() -> None:
    named = set(re.findall(r'\b(?:say|text)\("([\w-]+)"', SCRIPTS))
    named |= set(re.findall(r'"((?:head|col|fact)_\w+)"', SCRIPTS))

    assert len(named) > 60
    assert named - lab.TEXTS.keys() == set()


def test_a_text_for_a_file_takes_the_place_of_another_one() -> None:
    of_files = {key for key in lab.TEXTS if key.endswith("_file") and key != "the_file"}

    assert {key.removesuffix("_file") for key in of_files} <= lab.TEXTS.keys()
    assert {"again_about_file", "newest_file"} <= texts_of(Settings())
    assert not of_files & texts_of(KAFKA)


def test_there_is_a_button_for_each_record_that_the_route_can_append() -> None:
    buttons = [props for props in elements(lab.layout(KAFKA)) if "data-experiment" in props]
    broken = {props["data-value"] for props in buttons if props["data-experiment"] == "broken"}

    assert broken == BROKEN.keys()
    assert all(props["disabled"] for props in buttons)
