import pytest

from tests.browser import lighthouse
from tests.browser.site import PREFIX, Site


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", ["kafka-clicker", "kafka-dashboard"])
def test_a_page_is_accessible_and_well_made(site: Site, page: str, lost: set[str]) -> None:
    site.click(("cheers", 5), ("hate", 3))

    # On loopback: elsewhere Lighthouse asks for https.
    report = lighthouse.examine(f"http://127.0.0.1:{site.port}{PREFIX}/{page}")

    if report.lost:
        lost.add(report.lost)
    assert report.scores == {"accessibility": 100, "best-practices": 100}, report.failed
