"""One and four web processes on one SQLite file: killed, frozen, cut off, locked out, disk full."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.brokers.sqlite.rows import locked
from tests.faults.harms import DroppingProxy, Web
from tests.faults.ledger import LogContents
from tests.faults.logs import read_file
from tests.faults.scenario import Scenario, pass_seconds, whole_or_cut

NOTHING = 4096
"""Bytes up to which a file may be written on a full disk: nothing that SQLite could use."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the clicks."""
    return tmp_path / "clicks.sqlite3"


@pytest.fixture
def read(path: Path) -> Callable[[], LogContents]:
    """Read the file from its start."""
    return partial(read_file, path)


@pytest.fixture(params=[1, 4], ids=["1 process", "4 processes"])
def site(request: pytest.FixtureRequest, scenario: Scenario, path: Path) -> Web:
    """A site of one or four processes."""
    (web,) = scenario.start(1, WEB_PROCESSES=request.param, CLICKS_DB=path)
    return web


def test_sqlite_processes_killed(
    scenario: Scenario, site: Web, read: Callable[[], LogContents]
) -> None:
    with scenario.crowd([site.url]) as crowd:
        for _ in range(whole_or_cut(20, 2)):
            crowd.press_on(scenario.chance.randint(50, 300))
            began = time.monotonic()
            site.kill_worker(scenario.chance)
            site.come_back()
            scenario.recover(site, since=began)
    scenario.close_books(read, site)


def test_sqlite_processes_frozen_and_answers_dropped(
    scenario: Scenario, site: Web, read: Callable[[], LogContents]
) -> None:
    with (
        DroppingProxy(site.port, scenario.chance) as proxy,
        scenario.crowd([proxy.url], nameless=1) as crowd,
    ):
        proxy.share = 0.4
        crowd.press_on(whole_or_cut(1000, 200), seconds=60)
        scenario.send_four_at_once([proxy.url], whole_or_cut(50, 5))
        proxy.share = 0.0
        with scenario.crowd([site.url]):
            site.freeze_worker(scenario.chance)
            pass_seconds(whole_or_cut(10, 3))
            site.thaw()
            scenario.recover(site)
    scenario.send_all_again([site.url])
    scenario.close_books(read, site)


def test_sqlite_disk_full_and_database_locked(
    scenario: Scenario, site: Web, path: Path, read: Callable[[], LogContents]
) -> None:
    with scenario.crowd([site.url], nameless=1) as crowd:
        for harm in (partial(_disk_full, site), partial(locked, path)):
            crowd.press_on(scenario.chance.randint(50, 300))
            with harm():
                refusals = scenario.ledger.refusals
                pass_seconds(whole_or_cut(10, 3))
                assert scenario.ledger.refusals > refusals
            scenario.recover(site)
    scenario.close_books(read, site)


@contextmanager
def _disk_full(site: Web) -> Iterator[None]:
    """Let no process of the site make a file any longer, as on a full disk."""
    _limit(site, NOTHING)
    yield
    _limit(site, resource.RLIM_INFINITY)


def _limit(site: Web, size: int) -> None:
    for worker in site.served.workers():
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
