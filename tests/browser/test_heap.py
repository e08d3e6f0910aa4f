"""The dashboard stays as small as it was, however long it runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import WITHOUT_OPTIMIZER, MakeSite, start_chromium
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.waiting import eventually

TICKS_PER_CLICK = 15
"""By ticks, not by time: on a busy machine a crowd that taps on leaves no time for ticks."""

COUNT = """
window.ticks = 0;
window.redraws = 0;
const { refresh } = dash_clientside.dashboard;
dash_clientside.dashboard.refresh = (...given) => {
  window.ticks += 1;
  return refresh(...given);
};
document.querySelector('.js-plotly-plot').on('plotly_afterplot', () => { window.redraws += 1; });
"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A site whose dashboard asks every 20 ms."""
    return make_site(refresh_ms=20)


@pytest.fixture
def phone(site: Site, tmp_path: Path) -> Iterator[Phone]:
    """A browser of its own with the dashboard."""
    with start_chromium(tmp_path, WITHOUT_OPTIMIZER) as browser:
        phone = Phone(browser, site.port)
        phone.open_dashboard()
        yield phone
        phone.driver.get("about:blank")


def wait_for_tick(phone: Phone, site: Site, ticks: int) -> None:
    """Return at that tick, with a click every few ticks."""
    clicked_at = 0

    def has_ticked() -> bool:
        nonlocal clicked_at
        now: int = phone.run("return window.ticks")
        if now >= clicked_at + TICKS_PER_CLICK:
            clicked_at = now
            site.click(("cheers", 0))
        return now >= ticks

    eventually(has_ticked, 300, lambda: f"{phone.run('return window.ticks')} ticks, not {ticks}")


@pytest.mark.timeout(420)
def test_2000_ticks_at_20_ms_leave_the_heap_as_it_was(phone: Phone, site: Site) -> None:
    phone.run(COUNT)

    wait_for_tick(phone, site, 200)
    early = phone.heap_mb()
    wait_for_tick(phone, site, 2000)

    assert phone.run("return window.redraws") > 100
    # The page ticks on, and what a tick needs for a moment is no growth: what stays is there again.
    eventually(
        lambda: phone.heap_mb() < early + 2,
        10,
        lambda: f"{early:.2f} MB at tick 200, {phone.heap_mb():.2f} MB after tick 2000",
    )
    noted = "return dash_stores.map((store) => store.getState().history.past.length)"
    assert max(phone.run(noted)) < 3
    assert phone.console() == []
