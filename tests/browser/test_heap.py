"""The dashboard stays as small as it was, however long it runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.conftest import MakeSite, start_chromium
from tests.browser.gate import Gate
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.waiting import eventually

INTERPRETED = "--js-flags=--no-opt --no-maglev --no-sparkplug"
"""The machine code that V8 makes of a busy page is counted as heap, grows by 1 to 4 MB between
tick 200 and 2,000, and is thrown away later. Without it the heap is what the page keeps."""

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
def phone(make_site: MakeSite, tmp_path: Path) -> Iterator[Phone]:
    """A browser of its own with a dashboard that asks every 20 ms, while a crowd taps."""
    site = make_site(refresh_ms=20)
    with (
        start_chromium(tmp_path, INTERPRETED) as browser,
        Gate(site.port) as gate,
        crowd(site),
    ):
        phone = Phone(browser, gate.port)
        phone.open_dashboard()
        yield phone
        phone.driver.get("about:blank")


@contextmanager
def crowd(site: Site) -> Iterator[None]:
    """Click five times a second, so that there is something to draw."""
    over = threading.Event()

    def click() -> None:
        while not over.wait(0.2):
            site.click(("cheers", 0))

    thread = threading.Thread(target=click)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def heap_after(phone: Phone, ticks: int) -> float:
    """Return the MB in use after a forced collection at that tick."""
    eventually(
        lambda: phone.run("return window.ticks >= arguments[0]", ticks),
        300,
        lambda: f"{phone.run('return window.ticks')} ticks, not {ticks}",
    )
    for _ in range(3):
        phone.cdp("HeapProfiler.collectGarbage")
    return float(phone.cdp("Runtime.getHeapUsage")["usedSize"]) / 1e6


@pytest.mark.timeout(420)
def test_2000_ticks_at_20_ms_leave_the_heap_as_it_was(phone: Phone) -> None:
    phone.run(COUNT)

    early = heap_after(phone, 200)
    late = heap_after(phone, 2000)

    assert phone.run("return window.redraws") > 100
    assert late - early < 2, f"{early:.2f} MB at tick 200, {late:.2f} MB at tick 2000"
    noted = "return dash_stores.map((store) => store.getState().history.past.length)"
    assert max(phone.run(noted)) < 3
    assert phone.console() == []
