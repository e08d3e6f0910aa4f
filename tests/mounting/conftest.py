"""Host sites from the snippets, their clicks in a folder of the test's own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.mounting.snippets import run_website
from tests.sites import Site

Mounted = Callable[[str], Site]


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mounted]:
    """Run the snippet under a heading; what its requests started is stopped at the end."""
    monkeypatch.chdir(tmp_path)
    with ExitStack() as stack:

        def run(heading: str) -> Site:
            site = Site(run_website(tmp_path, heading))
            stack.callback(site.service.stop)
            return site

        yield run
