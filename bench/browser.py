"""A headless Chromium that opens the site's pages as a phone on a network does."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.browser.conftest import ARGUMENTS
from tests.browser.phone import Phone

if TYPE_CHECKING:
    from dash.testing.browser import Browser

SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
"""1.6 Mb/s down, 0.75 Mb/s up, 150 ms; in bytes per second and milliseconds."""

SLOWER_CPU = 4


class Screen(Phone):
    """Pages of one site in a fresh browser."""

    def open(self, page: str) -> None:
        """Begin to open a page, without waiting for any of it."""
        self.cdp("Page.navigate", url=f"{self.base}/{page}")

    def before_each_page(self, script: str) -> None:
        """Run a script in each page from now on, before any of its own."""
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=script)

    def be_slow(self) -> None:
        """Be a phone on slow 4G from now on, which has seen nothing of the site before."""
        self.cdp("Network.enable")
        self.cdp("Network.setCacheDisabled", cacheDisabled=True)
        self.cdp("Network.emulateNetworkConditions", **SLOW_4G)
        self.cdp("Emulation.setCPUThrottlingRate", rate=SLOWER_CPU)


@contextlib.contextmanager
def chromium(folder: Path, port: int, *arguments: str) -> Iterator[Screen]:
    """Return a browser with nothing stored, for the site at the port, started so."""
    options = webdriver.ChromeOptions()
    for argument in (*ARGUMENTS, *arguments):
        options.add_argument(argument)
    options.page_load_strategy = "none"
    service = Service("chromedriver", log_path=str(folder / "chromedriver.log"))
    driver: Any = webdriver.Chrome(service=service, options=options)
    try:
        driver.set_script_timeout(120)
        yield Screen(cast("Browser", SimpleNamespace(driver=driver)), port)
    finally:
        driver.quit()
