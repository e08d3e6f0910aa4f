"""A site with a presenter."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dash_app.settings import Settings
from tests.sites import Site, open_live_site
from tests.web.talks.talking import CODE


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """What a site must be told to have a presenter."""
    values = {"clicks_db": tmp_path / "clicks.sqlite3", "presenter_code": CODE}
    return Settings.model_validate(values)


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """A site that counts, with a presenter and without talks."""
    with open_live_site(settings) as site:
        yield site
