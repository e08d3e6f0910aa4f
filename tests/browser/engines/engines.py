"""The engines beside Chromium: how each is started, and what it writes on its console."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from dash.testing.browser import Browser
from selenium.webdriver import Remote
from selenium.webdriver.webkitgtk.options import Options

from tests.browser.engines.desk import open_desk, running
from tests.browser.engines.marionette import Marionette
from tests.ports import free_port, is_taken
from tests.waiting import eventually

STARTING_SECONDS = 60
PREFERENCES = MappingProxyType(
    {
        # A port of its own choice, which it writes into a file.
        "marionette.port": 0,
        # A name that is no secure context.
        "network.dns.localDomains": "phone.test",
        "dom.ipc.processPrelaunch.enabled": False,
        "browser.aboutwelcome.enabled": False,
        "browser.newtab.preload": False,
        "browser.newtabpage.enabled": False,
        "browser.startup.page": 0,
        "devtools.console.stdout.content": True,
        "devtools.console.stdout.chrome": False,
        "browser.dom.window.dump.enabled": True,
    }
)


@dataclass
class Engine:
    """A browser that runs, what its driver can do, and where it writes its console."""

    name: str
    browser: Browser
    host: str
    environment: dict[str, str]
    log: Path
    complaint: re.Pattern[str] | None
    """What a line of the log begins with that is a complaint; None if it has no console."""
    pointer: str
    """`touch`, or `mouse` if its driver has no fingers."""
    chooses_tabs: bool
    """Whether its driver brings a tab to the front."""
    _read: int = 0

    def console(self) -> list[str]:
        """Return the complaints on the console since it was last asked, none without one."""
        if self.complaint is None:
            return []
        text = self.log.read_text(errors="replace")
        new, self._read = text[self._read :], len(text)
        return [line for line in new.splitlines() if self.complaint.match(line)]


class DrivenBrowser(Browser):
    """Dash's browser for tests, on a driver that is there already."""

    def __init__(self, driver: Remote) -> None:
        self._given = driver
        super().__init__(driver.name, percy_run=False)

    def get_webdriver(self) -> Remote:
        """Return the driver that was given."""
        return self._given

    def get_logs(self) -> list[Any]:
        """Return nothing: what is on the console stands in the engine's log."""
        return []


@contextmanager
def start_firefox(folder: Path) -> Iterator[Engine]:
    """Start Firefox ESR, driven by its own protocol."""
    log, port = folder / "browser.log", folder / "MarionetteActivePort"
    lines = [f"user_pref({json.dumps(n)}, {json.dumps(v)});" for n, v in PREFERENCES.items()]
    (folder / "user.js").write_text("\n".join(lines))
    command = ["firefox-esr", "--marionette", "--no-remote", "--profile", str(folder)]
    with open_desk(folder) as desk, running(command, desk, log):
        eventually(
            lambda: port.exists() and port.read_text(),
            STARTING_SECONDS,
            lambda: f"Firefox cannot be driven: {log.read_text()[-2000:]}",
        )
        with closing(Marionette(int(port.read_text()))) as connection:
            browser = DrivenBrowser(Remote(connection, options=Options()))
            # Its own modules complain under a name, and of their own sources.
            complaint = re.compile(
                r"console\.error: (?!\w+: $)|JavaScript error: http://phone\.test"
            )
            yield Engine("firefox", browser, "phone.test", desk, log, complaint, "touch", True)


@contextmanager
def start_webkit(folder: Path) -> Iterator[Engine]:
    """Start WebKitGTK in the little browser that comes with its driver."""
    log, port = folder / "browser.log", free_port()
    (binary,) = Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")
    options = Options()
    options.binary_location = str(binary)
    options.add_argument("--automation")
    command = ["WebKitWebDriver", f"--port={port}"]
    with open_desk(folder) as desk, running(command, desk, log):
        eventually(
            lambda: is_taken(port),
            STARTING_SECONDS,
            lambda: f"WebKit cannot be driven: {log.read_text()[-2000:]}",
        )
        with DrivenBrowser(Remote(f"http://127.0.0.1:{port}", options=options)) as browser:
            # Its driver makes a mouse of a finger, and cannot map the name of a host.
            yield Engine("webkit", browser, "127.0.0.1", desk, log, None, "mouse", False)


ENGINES: MappingProxyType[str, Callable[[Path], AbstractContextManager[Engine]]] = MappingProxyType(
    {"firefox": start_firefox, "webkit": start_webkit}
)


def each_engine(**lacks: str) -> pytest.MarkDecorator:
    """Run a test on each engine, and have its name say what the driver of one cannot do."""
    names = [f"{name}, {lacks[name]}" if name in lacks else name for name in ENGINES]
    return pytest.mark.parametrize("running_engine", ENGINES, ids=names, indirect=True)
