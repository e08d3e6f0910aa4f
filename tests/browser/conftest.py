"""A phone (Chromium), the real site, and a gate between them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.chrome.options import Options

from dash_app.settings.reactions import SEED, Reactions
from tests.browser.gate import Gate
from tests.browser.phone import Phone
from tests.browser.site import LocalSite, Site, SiteProcess
from tests.browser.states import EIGHT
from tests.leftovers import LONG_LIVED
from tests.ports import free_port
from tests.remarks import LOST, UNDECIDED, remark

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    # A name that is no secure context; every other host does not exist, and is an error to ask.
    "--host-resolver-rules=MAP phone.test 127.0.0.1, MAP * ~NOTFOUND",
)

WITHOUT_OPTIMIZER = "--js-flags=--no-opt --no-maglev --always-sparkplug"
"""The optimized code that V8 makes of a busy page is counted as heap, grows by 1 to 4 MB between
tick 200 and 2,000, and is thrown away later. That of Sparkplug is made once, at the first call."""

MakeSite = Callable[..., Site]
PhoneOf = Callable[[Site], Phone]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as driving a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[MakeSite]:
    """Start the real site with settings of the test's own."""
    with ExitStack() as stack:

        def make(**settings: Any) -> Site:
            site = LocalSite(tmp_path, **settings)
            stack.callback(site.stop)
            site.start()
            return site

        yield make


@pytest.fixture
def reactions(request: pytest.FixtureRequest) -> Reactions:
    """The reactions of the `state` that the test is about; the seed's without one."""
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    state = parameters.get("state")
    return EIGHT[: state.reactions] if state else SEED


@pytest.fixture
def site(make_site: MakeSite, reactions: Reactions) -> Site:
    """The real site with its defaults."""
    return make_site(reactions=reactions)


@pytest.fixture
def site_process(tmp_path: Path) -> Iterator[SiteProcess]:
    """The real site, which the test may kill and start again."""
    site = SiteProcess(tmp_path)
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def warm_port() -> int:
    """The same port for one test after the other: what the browser has compiled it keeps."""
    return free_port()


@pytest.fixture
def gate_port(warm_port: int) -> int:
    """Where the gate listens. Tests whose scripts or styles are in trouble take a fresh port."""
    return warm_port


@pytest.fixture
def gate(site: Site, gate_port: int) -> Iterator[Gate]:
    """What stands between the browser and the site."""
    with Gate(site.port, gate_port) as gate:
        yield gate


@contextmanager
def start_chromium(downloads: Path, *arguments: str) -> Iterator[Browser]:
    """Start a browser, with more arguments than the usual ones, and end it."""
    options = Options()
    for argument in (*ARGUMENTS, *arguments):
        options.add_argument(argument)
    with Browser(
        "chrome",
        headless=True,
        options=[options],
        download_path=str(downloads),
        percy_run=False,
        wait_timeout=10,
    ) as browser:
        driver: Any = browser.driver
        LONG_LIVED.add(driver.service.process.pid)
        yield browser


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser of the whole run; tests ask for `phone` or `phone_of`."""
    with start_chromium(tmp_path_factory.mktemp("downloads")) as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser, warm_port: int) -> Iterator[Browser]:
    """The browser in a fresh tab, to which belongs what a test emulates, with nothing stored."""
    driver: Any = chromium.driver
    alone_in_a_new_tab(driver)
    origin = {"origin": f"http://phone.test:{warm_port}", "storageTypes": "all"}
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", origin)
    driver.get_log("browser")
    yield chromium
    # The page must not go on asking a gate that is about to close.
    alone_in_a_new_tab(driver)


def alone_in_a_new_tab(driver: Any) -> None:
    """Open a tab and close all others."""
    driver.switch_to.new_window("tab")
    first = driver.current_window_handle
    for handle in driver.window_handles:
        if handle != first:
            driver.switch_to.window(handle)
            driver.close()
    driver.switch_to.window(first)


@pytest.fixture
def undecided(request: pytest.FixtureRequest) -> Iterator[set[str]]:
    """What axe-core could not decide; the run lists it at its end."""
    lines: set[str] = set()
    yield lines
    for line in lines:
        remark(request.node, UNDECIDED, line)


@pytest.fixture
def lost(request: pytest.FixtureRequest) -> Iterator[set[str]]:
    """What Lighthouse said where it lost its own browser; the run lists it at its end."""
    lines: set[str] = set()
    yield lines
    for line in lines:
        remark(request.node, LOST, line)


@pytest.fixture
def phone(browser: Browser, gate: Gate) -> Phone:
    """The browser as a phone that opens pages through the gate."""
    return Phone(browser, gate.port)


@pytest.fixture
def phone_of(browser: Browser) -> Iterator[PhoneOf]:
    """Open pages of a site that the test has made, through a gate of its own."""
    with ExitStack() as stack:
        yield lambda site: Phone(browser, stack.enter_context(Gate(site.port)).port)
