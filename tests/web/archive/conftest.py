"""A site with a presenter, whose log may hold a minute of clicks that is long over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dash_app.settings import Settings
from tests.sites import Site, open_live_site
from tests.web.archive.filled import fill
from tests.web.archive.streams import SECOND
from tests.web.talks.talking import CODE

CLICKS = 20_000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """What a site must be told to have a presenter."""
    values = {"clicks_db": tmp_path / "clicks.sqlite3", "presenter_code": CODE}
    return Settings.model_validate(values)


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """A site that counts, with a presenter and without clicks."""
    with open_live_site(settings) as site:
        yield site


@pytest.fixture
def totals(site: Site) -> dict[str, int]:
    """Fill the minute from SECOND on with CLICKS; return how many of each type there are."""
    return fill(site.service.settings.clicks_db, CLICKS, SECOND)
