"""An engine beside Chromium for the whole run, and a phone that has it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import alone_in_a_new_tab
from tests.browser.engines.engines import ENGINES, Engine
from tests.browser.engines.phone import EnginePhone
from tests.browser.gate import Gate
from tests.ports import free_port


@pytest.fixture(scope="session", params=ENGINES)
def running_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The engine of this test and of those around it; tests ask for `phone`."""
    with ENGINES[request.param](tmp_path_factory.mktemp(request.param)) as engine:
        yield engine


@pytest.fixture
def gate_port() -> int:
    """A fresh port: these drivers cannot clear what a page has stored."""
    return free_port()


@pytest.fixture
def engine(running_engine: Engine) -> Iterator[Engine]:
    """The engine in a fresh tab, with nothing on its console."""
    driver: Any = running_engine.browser.driver
    alone_in_a_new_tab(driver)
    running_engine.console()
    yield running_engine
    # The page must not go on asking a gate that is about to close.
    alone_in_a_new_tab(driver)


@pytest.fixture
def phone(engine: Engine, gate: Gate) -> EnginePhone:
    """The engine as a phone that opens pages through the gate."""
    return EnginePhone(engine, gate.port)
