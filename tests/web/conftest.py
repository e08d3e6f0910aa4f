"""The same site on both brokers: whatever asks for `site` is promised for each of them."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dash_app.settings import Settings
from tests.sites import Site, open_site

if TYPE_CHECKING:
    from tests.brokers.kafka.broker import Broker

MakeSite = Callable[..., Site]


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker_settings(request: pytest.FixtureRequest, tmp_path: Path, topic: str) -> dict[str, Any]:
    """What a site must be told to keep its clicks in a log that is new."""
    settings: dict[str, Any] = {"clicks_db": tmp_path / "clicks.sqlite3"}
    if request.param == "kafka":
        broker: Broker = request.getfixturevalue("kafka")
        settings |= {"kafka_bootstrap_servers": broker.bootstrap, "kafka_topic": topic}
    return settings


@pytest.fixture
def make_site(broker_settings: dict[str, Any]) -> Iterator[MakeSite]:
    """Make sites that share one log: `make_site(recent_capacity=5)`."""
    with contextlib.ExitStack() as opened:
        yield lambda **changes: opened.enter_context(
            open_site(Settings(**{**broker_settings, **changes}))
        )


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A site on a log that is new."""
    return make_site()


@pytest.fixture
def live_site(site: Site) -> Site:
    """A site that follows its log."""
    site.wait_for_state("live")
    return site
