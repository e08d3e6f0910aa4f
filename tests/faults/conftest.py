"""Fixtures of the fault suite: seeded scenarios, and the rows that they leave."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.brokers.kafka.broker import Broker
from tests.faults.harms import Web
from tests.faults.ledger import LogContents
from tests.faults.logs import read_topic
from tests.faults.scenario import PARTITIONS, SEED, WHOLE, Scenario, kafka_variables
from tests.faults.table import SUBJECT
from tests.remarks import remark


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder, and give it the time that it takes."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("faults")
            item.add_marker(pytest.mark.timeout(400 if WHOLE else 150))


@pytest.fixture
def scenario(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scenario]:
    """A scenario named like the test, whose row comes into the table."""
    name = request.node.name.removeprefix("test_").replace("_", " ")
    name = name.replace("[", ", ").removesuffix("]")
    print(f"FAULTS_SEED={SEED}")
    with Scenario(name, SEED, tmp_path) as scenario:
        yield scenario
    for row in scenario.rows:
        remark(request.node, SUBJECT, tuple(row))


@pytest.fixture
def sites(kafka: Broker, topic: str, scenario: Scenario) -> list[Web]:
    """Two sites on one topic with eight partitions."""
    kafka.create_topic(topic, partitions=PARTITIONS)
    return scenario.start(2, **kafka_variables(kafka.bootstrap, topic))


@pytest.fixture
def read(kafka: Broker, topic: str) -> Callable[[], LogContents]:
    """Read the topic from its start."""
    return partial(read_topic, kafka.bootstrap, topic)
