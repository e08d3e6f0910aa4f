"""What Prometheus scrapes from a site on either broker."""

import pytest

from tests.scrape import Scrape
from tests.sites import Site
from tests.waiting import eventually
from tests.web.conftest import MakeSite


def scrape(site: Site) -> Scrape:
    answer = site.ask("GET", "/metrics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    return Scrape(answer.text)


def has(site: Site, value: float, name: str, **labels: object) -> None:
    eventually(lambda: scrape(site).value(name, **labels) == value, 5, lambda: scrape(site).text)


def test_clicks_are_scraped_as_soon_as_they_are_counted(live_site: Site) -> None:
    batch = {"client": "phone-1", "seq": 1, "clicks": [{"type": "hate"}] * 3}
    for body in ({"type": "cheers"}, batch, batch, {"type": "nonsense"}):
        live_site.click(body)

    has(live_site, 1, "clicks", type="cheers")
    has(live_site, 3, "clicks", type="hate")
    has(live_site, 0, "lag_records", partition=0)
    scraped = scrape(live_site)
    click = {"route": "/kafka/click", "method": "POST"}
    assert scraped.value("http_requests_total", status=200, **click) == 3
    assert scraped.value("http_requests_total", status=400, **click) == 1
    assert scraped.value("produce_seconds_count", outcome="acknowledged") == 3
    # Of the three with one timestamp the first is measured.
    has(live_site, 2, "tap_to_counted_seconds_count")
    assert scraped.value("consumer_live") == 1
    assert scraped.value("consumer_restarts_total") == 0
    assert "fuck" not in scraped.text


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/kafka-clicker", "/kafka-clicker"),
        ("/nothing/at/all", "unknown"),
        ("/kafka/data?from=here", "/kafka/data"),
    ],
)
def test_requests_are_counted_by_route_and_not_by_path(
    make_site: MakeSite, path: str, route: str
) -> None:
    site = make_site()
    status = site.ask("GET", path).status_code

    labels = {"route": route, "method": "GET", "status": status}
    assert scrape(site).value("http_requests_total", **labels) == 1
    assert "/nothing" not in scrape(site).text
