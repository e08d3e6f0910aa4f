"""A cluster that all tests here share, and a job on it for each file."""

import contextlib
import uuid
from collections.abc import Callable, Iterator

import pytest

from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.jvm import or_skip
from tests.flink.cluster import FlinkCluster
from tests.flink.crowd import PARTITIONS
from tests.sites import Site, open_site


@pytest.fixture(scope="package")
def shared_flink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlinkCluster]:
    """The cluster of this folder, whose jobs cost the rest nothing; tests ask for `flink`."""
    cluster = or_skip(lambda: FlinkCluster(tmp_path_factory.mktemp("flink")))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture
def flink(shared_flink: FlinkCluster, kafka: Broker) -> FlinkCluster:
    """A real cluster with two workers, shared; a test may kill a part of it."""
    shared_flink.start()
    return shared_flink


@pytest.fixture(scope="module")
def counted(
    shared_flink: FlinkCluster, shared_broker: Broker, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings of a site that follows the job on a topic of this file, which has begun."""
    topic = f"clicks-{uuid.uuid4().hex[:12]}"
    shared_broker.create_topic(
        topic, partitions=PARTITIONS, configs={"message.timestamp.type": "LogAppendTime"}
    )
    settings = Settings(
        kafka_bootstrap_servers=shared_broker.bootstrap,
        kafka_topic=topic,
        clicks_db=tmp_path_factory.mktemp("unused") / "unused.sqlite3",
        counts_from="flink",
        # A generation that turns every few records, so that repeats are met beyond both.
        dedup_offsets=50,
        checkpoint_seconds=0.1,
    )
    shared_flink.submit(settings)
    return settings


@pytest.fixture
def site(flink: FlinkCluster, counted: Settings) -> Iterator[Site]:
    """A site that follows the job."""
    with open_site(counted) as site:
        yield site


@pytest.fixture
def open_counting(counted: Settings) -> Callable[[str], contextlib.AbstractContextManager[Site]]:
    """Open a site on the same topic whose counts come from `clicks` or `flink`."""
    return lambda source: open_site(counted.model_copy(update={"counts_from": source}))
