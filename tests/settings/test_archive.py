"""The settings of the archive, under the names of a program and of a host's site."""

from pathlib import Path

import pytest

from dash_app.settings import BadSetting, Settings


@pytest.mark.parametrize(("mounted", "prefix"), [(False, ""), (True, "CLICKER_")])
def test_a_site_reads_its_folder_and_its_limit(mounted: bool, prefix: str) -> None:
    environ = {f"{prefix}ARCHIVE_FOLDER": "a b/ranges", f"{prefix}ARCHIVE_RECORDS": "1"}
    settings = Settings.from_environment(environ, mounted=mounted)

    assert settings.counted_ranges == Path("a b/ranges")
    assert settings.archive_records == 1


def test_unset_five_million_records_are_read_and_the_folder_lies_beside_the_clicks() -> None:
    settings = Settings.from_environment({"CLICKS_DB": "data/clicks.sqlite3"})

    assert settings.counted_ranges == Path("data/archive")
    assert settings.archive_records == 5_000_000
    assert Settings.from_environment({}).counted_ranges == Path("var/archive")


@pytest.mark.parametrize("value", ["0", "100000001", "many", "1e6"])
def test_a_limit_that_cannot_be_is_named(value: str) -> None:
    with pytest.raises(BadSetting) as raised:
        Settings.from_environment({"ARCHIVE_RECORDS": value})

    problem = f"ARCHIVE_RECORDS is '{value}', which cannot work"
    assert str(raised.value) == f"{problem}; allowed: 1 to 100000000."
