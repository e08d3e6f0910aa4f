"""Fixtures of the fault suite: seeded scenarios, and the table that they leave."""

import os
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.brokers.kafka.broker import Broker
from tests.faults.harms import Web
from tests.faults.ledger import LogContents
from tests.faults.logs import read_topic
from tests.faults.scenario import PARTITIONS, WHOLE, Row, Scenario, kafka_variables
from tests.programs import ROOT

SEED = os.environ.get("FAULTS_SEED") or str(random.SystemRandom().randrange(1_000_000))
TABLE = ROOT / "var" / "faults.md"
HEAD = """\
| Scenario | Acknowledged | Sent again | Lost | Double | Seconds to recover |
|---|---|---|---|---|---|
"""

ROWS = pytest.StashKey[list[Row]]()


def pytest_report_header() -> str:
    """Print the seed before anything is harmed."""
    return f"FAULTS_SEED={SEED}"


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
    request.config.stash.setdefault(ROWS, []).extend(scenario.rows)


@pytest.fixture
def sites(kafka: Broker, topic: str, scenario: Scenario) -> list[Web]:
    """Two sites on one topic with eight partitions."""
    kafka.create_topic(topic, partitions=PARTITIONS)
    return scenario.start(2, **kafka_variables(kafka.bootstrap, topic))


@pytest.fixture
def read(kafka: Broker, topic: str) -> Callable[[], LogContents]:
    """Read the topic from its start."""
    return partial(read_topic, kafka.bootstrap, topic)


def _line(row: Row) -> str:
    counts = " | ".join(f"{count:,}" for count in row[1:5])
    remark = f" ({row.documented} count twice as documented)" if row.documented else ""
    seconds = f"{row.recovered_seconds:.1f}" if row.recovered_seconds else "–"
    return f"| {row.scenario}{remark} | {counts} | {seconds} |\n"


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show the table and keep it in var/, which is never part of the project."""
    rows = config.stash.get(ROWS, [])
    if not rows:
        return
    table = HEAD + "".join(map(_line, rows)) + f"\nFAULTS_SEED={SEED}\n"
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(table)
    terminalreporter.section("faults")
    terminalreporter.write(table)
