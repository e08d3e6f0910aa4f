import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component
from flask import Flask

from dash_app.counting.records import REASONS
from dash_app.pages import (
    bar_texts,
    catalogue,
    clicker,
    code_form,
    dashboard,
    dashboard_texts,
    experiment_texts,
    lab,
    lab_texts,
    landing,
    now_texts,
    report,
    report_texts,
    talks,
    talks_texts,
)
from dash_app.settings import Settings
from dash_app.settings.look import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Settings(demo=True, join_url="http://192.0.2.7:8050/j")
ALONE: dict[str, catalogue.Section] = {
    "bar": bar_texts.BAR,
    "code_form": catalogue.CODE_FORM,
    "plotly": dashboard_texts.PLOTLY,
    "unreadable": dashboard_texts.UNREADABLE,
}
PAGES = {
    "clicker": (catalogue.CLICKER, clicker.layout(SETTINGS)),
    "dashboard": (dashboard_texts.DASHBOARD, dashboard.layout(SETTINGS)),
    "report": (report_texts.ALL, report.layout(SETTINGS)),
    "talks": (talks_texts.ALL, talks.layout(SETTINGS)),
    "lab": (lab.TEXTS, lab.layout(SETTINGS)),
    "landing": (catalogue.LANDING, landing.layout(SETTINGS, "", SETTINGS.join_url)),
}


def elements(node: Any) -> Iterator[dict[str, Any]]:
    """Give the properties of every element of a layout."""
    if isinstance(node, list | tuple):
        for child in node:
            yield from elements(child)
    elif isinstance(node, Component):
        props = node.to_plotly_json()["props"]  # type: ignore[no-untyped-call]
        yield props
        yield from elements(props.get("children"))


SECTIONS = {name: section for name, (section, _) in PAGES.items()} | ALONE


@pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS)
def test_a_text_has_the_same_values_in_every_language(section: catalogue.Section) -> None:
    for key, translations in {**catalogue.COMMON, **catalogue.DEMO, **section}.items():
        assert len(translations) == len(LANGUAGES)
        values = [set(re.findall(r"\{(\w+)\}", translation)) for translation in translations]
        assert all(value == values[0] for value in values), key
        assert all(translations), key


def test_every_reason_why_a_record_is_no_click_has_its_texts() -> None:
    assert list(dashboard_texts.UNREADABLE) == list(REASONS)


def test_no_key_has_two_texts() -> None:
    results = [report_texts.REPORT, talks_texts.TALKS]
    laboratory = [lab_texts.LAB, now_texts.NOW, experiment_texts.EXPERIMENTS]
    texts = [bar_texts.BAR, dashboard_texts.DASHBOARD, *results, *laboratory]
    pages = [catalogue.CLICKER, catalogue.LANDING, *texts]
    keys = [key for section in [catalogue.COMMON, catalogue.DEMO, *pages] for key in section]

    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(("section", "layout"), PAGES.values(), ids=PAGES)
def test_each_page_has_the_texts_of_its_elements(section: catalogue.Section, layout: Any) -> None:
    english = catalogue.by_language(section, demo=True)["en"]

    marked = [props for props in elements(layout) if {"data-text", "data-label"} & props.keys()]
    assert marked
    for props in marked:
        if "data-text" in props:
            assert props["children"] == english[props["data-text"]]
        if "data-label" in props:
            assert props["aria-label"] == english[props["data-label"]]


@pytest.mark.parametrize("reason", ["", "wrong_code", "many_codes"])
def test_the_code_form_has_the_texts_of_its_elements(reason: str) -> None:
    english = catalogue.by_language(catalogue.CODE_FORM, demo=False)["en"]
    with Flask(__name__).test_request_context("/visualization-tools-ii/kafka-clicker"):
        page = code_form.form(SETTINGS, "kafka-clicker", reason).get_data(as_text=True)

    shown = re.findall(r'data-text="(\w+)"[^>]*>([^<]*)<', page)
    called = re.findall(r'<[^>]*data-label="(\w+)"[^>]*>', page)
    names = re.findall(r'aria-label="([^"]*)"', page)
    expected = {"code", "enter", "language", "theme"} | ({reason} - {""})
    assert {key for key, _ in shown} | set(called) == expected
    assert all(words == english[key] for key, words in shown)
    assert sorted(names) == sorted(english[key] for key in called)


def test_the_code_form_says_every_text_of_its_own() -> None:
    reasons = catalogue.CODE_FORM.keys() - {"code", "enter"}
    access = (ROOT / "dash_app" / "security" / "access.py").read_text()

    assert {reason for reason in reasons if f'"{reason}"' in access} == reasons
