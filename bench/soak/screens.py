"""Dashboards and the laboratory on real pages, each in a visible window of one Chromium."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.browser import Screen, chromium
from bench.soak.verdict import DASHBOARD_MB, LAB_MB, Watched
from tests.browser.conftest import WITHOUT_OPTIMIZER
from tests.faults.presenter import CODE
from tests.waiting import eventually

DRAWN = "return document.querySelectorAll('.js-plotly-plot .main-svg').length > 0"
SHOWN = """
const totals = [...document.querySelectorAll('[id^=total-]')].map((each) => each.textContent);
return totals.reduce((sum, each) => sum + Number(each.replace(/,/g, '')), 0);
"""
DRAWN_SECONDS = 60
SHOWN_SECONDS = 30


class Screens:
    """The windows of one browser: dashboards, and the laboratory."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._dashboards: list[str] = []
        self._lab: list[str] = []

    def open_dashboard(self) -> None:
        """Open a dashboard in a window of its own."""
        self._dashboards.append(self._open("kafka-dashboard"))

    def open_lab(self) -> None:
        """Open the laboratory as the presenter in a window of its own."""
        self._lab.append(self._open(f"kafka-lab?presenter={CODE}"))

    def heaps(self) -> dict[Watched, float]:
        """Return the MB that the largest page of each kind uses; each page must be visible."""
        return {
            watched: max(self._heap(handle) for handle in handles)
            for watched, handles in ((DASHBOARD_MB, self._dashboards), (LAB_MB, self._lab))
            if handles
        }

    def show_in_all(self, total: Callable[[], int]) -> None:
        """Return once each dashboard shows as many clicks as there are in all."""
        for handle in self._dashboards:
            self._screen.driver.switch_to.window(handle)
            eventually(
                lambda: self._screen.run(SHOWN) == total(),
                SHOWN_SECONDS,
                lambda: f"a dashboard shows {self._screen.run(SHOWN):,} clicks, not {total():,}",
            )

    def _open(self, page: str) -> str:
        driver = self._screen.driver
        if self._dashboards or self._lab:
            driver.switch_to.new_window("window")
        self._screen.resize(1280, 800)
        self._screen.open(page)
        eventually(lambda: self._screen.run(DRAWN), DRAWN_SECONDS, f"{page} is not drawn")
        handle: str = driver.current_window_handle
        return handle

    def _heap(self, handle: str) -> float:
        self._screen.driver.switch_to.window(handle)
        seen = self._screen.run("return document.visibilityState")
        if seen != "visible":
            raise RuntimeError(f"a page is {seen}: it asks for nothing")
        return self._screen.heap_mb()


@contextlib.contextmanager
def screens(folder: Path, port: int, dashboards: int, labs: int) -> Iterator[Screens]:
    """Return so many pages, drawn."""
    with chromium(folder, port, WITHOUT_OPTIMIZER) as screen:
        opened = Screens(screen)
        for _ in range(dashboards):
            opened.open_dashboard()
        for _ in range(labs):
            opened.open_lab()
        yield opened
