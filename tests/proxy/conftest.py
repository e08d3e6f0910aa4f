"""nginx in front of the real site, or of one that answers what a test says."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.proxy.nginx import Nginx
from tests.proxy.upstream import Upstream, shared
from tests.served import Served, serving

InFront = Callable[..., Nginx]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as needing nginx."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("nginx")


@pytest.fixture
def in_front(tmp_path: Path) -> Iterator[InFront]:
    """Start nginx: `in_front(port, {old: new, …})`, the configuration changed by so much."""
    with ExitStack() as stack:
        yield lambda *how: stack.enter_context(Nginx(tmp_path, *how).running())


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Served]:
    """The real site, served as `make run` does."""
    with serving(tmp_path / "site", free_port()) as served:
        served.wait_for_totals(0)
        yield served


@pytest.fixture
def nginx(app: Served, in_front: InFront) -> Nginx:
    """nginx in front of the real site."""
    return in_front(app.port)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A site that answers what the test says."""
    with Upstream(free_port(), lambda _: shared("for all")).running() as running:
        yield running


@pytest.fixture
def outside(upstream: Upstream, in_front: InFront) -> Nginx:
    """nginx in front of the site that answers what the test says."""
    return in_front(upstream.port)
