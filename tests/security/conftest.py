from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.codes import MakeSite, making_sites
from tests.sites import Site


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[MakeSite]:
    with making_sites(tmp_path) as make:
        yield make


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site()
