"""Sites on a topic of a real broker."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.crossroads import Crossroads
from tests.brokers.kafka.jvm import or_skip
from tests.sites import Site, open_site

MakeSite = Callable[..., Site]


@pytest.fixture
def kafka_settings(kafka: Broker, topic: str, tmp_path: Path) -> Callable[..., Settings]:
    """Make settings for a site on the topic: `kafka_settings(dedup_offsets=7)`."""

    def make(**changes: Any) -> Settings:
        values = {
            "kafka_bootstrap_servers": kafka.bootstrap,
            "kafka_topic": topic,
            "clicks_db": tmp_path / "unused.sqlite3",
            "checkpoint_seconds": 0.1,
        }
        return Settings.model_validate(values | changes)

    return make


@pytest.fixture
def make_site(kafka_settings: Callable[..., Settings]) -> Iterator[MakeSite]:
    """Make sites that share the topic; each is live when it is returned."""
    with contextlib.ExitStack() as opened:

        def make(**changes: Any) -> Site:
            site = opened.enter_context(open_site(kafka_settings(**changes)))
            site.wait_for_state("live")
            return site

        yield make


@pytest.fixture(scope="session")
def crossroads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crossroads]:
    """A real broker that is old, slow or lost, depending on its port."""
    broker = or_skip(lambda: Crossroads(tmp_path_factory.mktemp("crossroads")))
    with broker.serving():
        yield broker
