"""Whoever reads the talks without a site finds them, and leaves nothing in the folder."""

import time
from pathlib import Path

import pytest

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.selection import read_talks
from dash_app.settings import Settings
from tests.brokers.sqlite.rows import opened
from tests.brokers.sqlite.test_form import FORM_0, FORM_1
from tests.sites import open_live_site
from tests.web.talks.talking import CODE, change, started


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    values = {"clicks_db": tmp_path / "clicks.sqlite3", "presenter_code": CODE}
    return Settings.model_validate(values)


def titles(settings: Settings) -> list[str]:
    return [talk.title for talk in read_talks(settings, time.time()).newest_first]


def test_talks_are_found_while_the_site_runs_and_afterwards(settings: Settings) -> None:
    with open_live_site(settings) as site:
        first = started(site, title="First", started_at=int(time.time()) - 60)
        started(site, title="Second")
        change(site, first["id"], title="The first")
        assert titles(settings) == ["Second", "The first"]
    files = {path: path.read_bytes() for path in settings.clicks_db.parent.iterdir()}

    assert titles(settings) == ["Second", "The first"]
    assert {path: path.read_bytes() for path in settings.clicks_db.parent.iterdir()} == files


@pytest.mark.parametrize("form", [FORM_0, FORM_1], ids=["form 0", "form 1"])
def test_a_file_of_an_earlier_form_has_no_talks_and_keeps_its_form(
    settings: Settings, form: str
) -> None:
    with opened(settings.clicks_db) as database:
        database.executescript(form)
    before = settings.clicks_db.read_bytes()

    assert titles(settings) == []
    assert settings.clicks_db.read_bytes() == before


def test_without_a_file_none_is_created(settings: Settings) -> None:
    with pytest.raises(BrokerUnavailable, match="there is no file"):
        read_talks(settings, time.time())
    assert list(settings.clicks_db.parent.iterdir()) == []
