"""The document of the settings and the reference that prints them name the same as the code."""

import re
from pathlib import Path

import pytest

from dash_app.settings import FIXED_KAFKA_VARIABLES, Settings
from dash_app.settings.reference import Entry, entries

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"

ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.variable)
def test_the_document_names_each_variable_with_its_default_what_is_allowed_and_its_help(
    entry: Entry,
) -> None:
    rows = {row[0]: row[1:] for row in ROW.findall(DOCUMENT.read_text())}
    default = "unset" if entry.default == "unset" else f"`{entry.default}`"

    assert entry.allowed
    assert rows[entry.variable] == (default, entry.allowed, entry.meaning)


def test_the_document_and_the_reference_name_every_field_and_nothing_else() -> None:
    documented = [row[0].lower() for row in ROW.findall(DOCUMENT.read_text())]

    assert sorted(documented) == sorted(Settings.model_fields.keys() - {"kafka_options"})
    assert sorted(entry.variable.lower() for entry in entries()) == sorted(documented)


def test_the_document_names_what_a_mounted_site_reads_by_another_name() -> None:
    table = DOCUMENT.read_text().partition("### On a host's site")[2].partition("\nWhat counts")[0]
    documented = dict(re.findall(r"^\| `([A-Z_]+)` \| `?(not read|[A-Z_]+)", table, re.MULTILINE))

    assert documented == {
        entry.variable: entry.mounted or "not read"
        for entry in entries()
        if entry.mounted != entry.variable
    }


def test_the_reference_shows_each_default_as_it_would_be_written() -> None:
    written = {entry.variable: entry.default for entry in entries() if entry.default != "unset"}

    assert Settings.from_environment(written) == Settings()


def test_the_document_names_what_stops_the_start_with_kafka() -> None:
    text = DOCUMENT.read_text()

    assert [name for name in sorted(FIXED_KAFKA_VARIABLES) if f"`{name}`" not in text] == []
