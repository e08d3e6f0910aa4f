"""Fixtures and rules for all tests: real brokers, nothing left behind, nothing skipped in CI."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import psutil
import pytest
from hypothesis import HealthCheck, settings
from selenium.webdriver.chrome.options import Options

from tests.brokers.kafka.broker import Broker, archive_classes
from tests.brokers.kafka.cluster import Cluster
from tests.brokers.kafka.jvm import or_skip
from tests.brokers.kafka.pair import Pair
from tests.brokers.kafka.sockets import close_forgotten_sockets
from tests.brokers.kafka.zookeeper import ZookeeperBroker
from tests.faults.scenario import SEED
from tests.faults.table import show_table
from tests.leftovers import end_leftovers, living_children
from tests.remarks import LOST, UNDECIDED, remarks
from tests.side_by_side import FileScheduling

Kafka = TypeVar("Kafka", Broker, Cluster, Pair)

MARK_BY_FIXTURE = {
    "cluster": "kafka",
    "dash_br": "browser",
    "dash_duo": "browser",
    "flink": "flink",
    "kafka": "kafka",
    "make_broker": "kafka",
    "pair": "kafka",
    "zookeeper_kafka": "kafka",
}
SLOW_RINGS = ("flink", "faults", "install", "kafka", "browser", "containers", "nginx", "slow")
OUR_VARIABLES = (
    "ARCHIVE_",
    "BURST_",
    "CLICKER_",
    "CLICKS_",
    "CORS_",
    "COUNTS_",
    "DASHBOARD_",
    "DASH_",
    "FLINK_",
    "FRAME_",
    "HOST",
    "JOIN_URL",
    "KAFKA_",
    "MAKE",
    "PORT",
    "NEW_IDS_",
    "PRESENTER_",
    "PROMETHEUS_",
    "RATE_LIMITS",
    "TRUSTED_HOPS",
    "URL_PREFIX",
    "WEB_",
)

# A slow machine is no defect of what is tested; in CI hypothesis does the same by itself.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")


def pytest_configure() -> None:
    """Take the settings of whoever runs the tests out of the environment, and that make does."""
    for name in list(os.environ):
        if name.startswith(OUR_VARIABLES) and name != "HOSTNAME":
            del os.environ[name]


def pytest_sessionstart() -> None:
    """Have the clients that tests make close their sockets as those of the site do."""
    close_forgotten_sockets()


def pytest_report_header() -> str:
    """Print the seed before anything is harmed."""
    return f"FAULTS_SEED={SEED}"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Run `-n auto` with one worker more than processors: many tests wait. Each takes 2 GB."""
    processors = min(psutil.cpu_count() or 1, 7)
    return processors + 1 if config.option.numprocesses == "auto" else processors


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileScheduling | None:
    """Have the workers take one file after another."""
    return FileScheduling(config, log) if config.option.dist == "loadfile" else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark each test by the fixtures that it asks for; put files with slow rings first."""
    for item in items:
        for fixture, mark in MARK_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    yield
    # Workers that take file by file end at about the same time if the quick files are last.
    turns: dict[Path, int] = {}
    for item in items:
        turn = next((n for n, mark in enumerate(SLOW_RINGS) if item.get_closest_marker(mark)), 99)
        turns[item.path] = min(turn, turns.get(item.path, 99))
    items.sort(key=lambda item: turns[item.path])


def _count_skipped(config: pytest.Config) -> int:
    # A worker of pytest-xdist reports to the process that started it, and has none of its own.
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    stats = reporter.stats if reporter else {}
    return sum(len(stats.get(kind, [])) for kind in ("skipped", "xfailed", "xpassed"))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a test that did not run is a failure."""
    if os.environ.get("CI") and _count_skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show what the tests remarked, and say why a run without a failed test fails in CI."""
    show_table(terminalreporter)
    for subject in (UNDECIDED, LOST):
        for line in sorted(set(remarks(terminalreporter, subject))):
            terminalreporter.write_line(f"{subject}: {line}")
    if os.environ.get("CI") and (count := _count_skipped(config)):
        terminalreporter.write_line(
            f"CI is set, so {count} skipped or expected failures fail this run.", red=True
        )


CHROMIUM_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # Chromium's own requests to other hosts take the processor when nobody answers them.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nobody has signed the certificates of the tests. Trusted by CDP, each request begins anew at
    # the unknown one, and in a busy page one may give up (ERR_TOO_MANY_RETRIES).
    "--ignore-certificate-errors",
)


def pytest_setup_options() -> Options:
    """Start Chromium so that it works for root and in a container (read by dash's plugin)."""
    options = Options()
    for argument in CHROMIUM_ARGUMENTS:
        options.add_argument(argument)
    return options


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test after which a thread of the site or a process it started still lives."""
    children_before = living_children()
    yield
    remains = end_leftovers(children_before)
    assert not remains, f"the test left behind: {remains}"


def _serving(broker: Callable[[], Kafka]) -> Kafka:
    with TemporaryDirectory() as folder:
        or_skip(lambda: archive_classes(Path(folder)))
    server = or_skip(broker)
    try:
        server.start()
    except BaseException:
        server.close()
        raise
    return server


@pytest.fixture(scope="session")
def shared_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The broker of the whole run; tests ask for `kafka`, which sees to it that it serves."""
    folder = tmp_path_factory.mktemp("kafka")
    broker = _serving(lambda: Broker(folder, long_lived=True))
    yield broker
    broker.close()


@pytest.fixture
def kafka(shared_broker: Broker) -> Iterator[Broker]:
    """A real Kafka 4 broker (KRaft), shared; a test may kill, pause or restart it."""
    yield shared_broker
    if shared_broker.running:
        shared_broker.resume()
    else:
        shared_broker.start()


@pytest.fixture
def make_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Broker]]:
    """Start a broker of the test's own: `make_broker(properties={…})`, ended with the test."""
    brokers: list[Broker] = []

    def make(**arguments: Any) -> Broker:
        folder = tmp_path_factory.mktemp("broker")
        brokers.append(_serving(lambda: Broker(folder, **arguments)))
        return brokers[-1]

    yield make
    for broker in brokers:
        broker.close()


@pytest.fixture(scope="module")
def shared_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of three real brokers for the tests of one file; they ask for `cluster`."""
    folder = tmp_path_factory.mktemp("cluster")
    cluster = _serving(lambda: Cluster(folder, long_lived=True))
    yield cluster
    cluster.close()


@pytest.fixture
def cluster(shared_cluster: Cluster) -> Cluster:
    """Three real brokers that form one cluster; a test may kill any one of them."""
    shared_cluster.start()
    return shared_cluster


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two real brokers, shared by the tests of one file; a test may harm the second."""
    folder = tmp_path_factory.mktemp("pair")
    pair = _serving(lambda: Pair(folder))
    yield pair
    pair.close()


@pytest.fixture(scope="module")
def zookeeper_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real Kafka 3.9 broker with ZooKeeper and the protocol of 2.8, for the tests of one file."""
    folder = tmp_path_factory.mktemp("zookeeper")
    old = {"inter.broker.protocol.version": "2.8"}
    broker = _serving(lambda: ZookeeperBroker(folder, properties=old, long_lived=True))
    yield broker
    broker.close()


@pytest.fixture
def unique_name() -> str:
    """A name that no other test uses, for a group or a client."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def topic() -> str:
    """The name of a topic that does not exist yet and that no other test uses."""
    return f"clicks-{uuid.uuid4().hex[:12]}"
