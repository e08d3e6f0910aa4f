"""Taps that wait in a browser which the system kills."""

import contextlib
from pathlib import Path

import psutil

from tests.browser.clicker_states import CLICK, REPEAT
from tests.browser.conftest import start_chromium
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import CHEERS, Phone
from tests.browser.site import Site
from tests.waiting import eventually

WRITTEN_SECONDS = 12
"""Twice the age after which docs/delivery.md says that Chromium has written its storage."""


def test_a_killed_browser_sends_what_waited_long_enough_at_its_next_visit(
    gate: Gate, site: Site, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    gate.trouble[CLICK] = gate.trouble[REPEAT] = Trouble(lose="request")
    with start_chromium(tmp_path, f"--user-data-dir={profile}") as browser:
        phone = Phone(browser, gate.port)
        phone.open_clicker()
        for _ in range(4):
            phone.tap(CHEERS)
        phone.shows("#delivery", "Offline, waiting: 4")
        eventually(lambda: is_written(profile, phone), WRITTEN_SECONDS, "nothing is written")
        kill(phone)
    assert site.totals() == (0, 0)

    gate.clear()
    with start_chromium(tmp_path, f"--user-data-dir={profile}") as browser:
        phone = Phone(browser, gate.port)
        phone.open_clicker()
        site.has_counted(4, 0)
        phone.has_sent_all()
    assert site.totals() == (4, 0)


def is_written(profile: Path, phone: Phone) -> bool:
    """Tell whether the taps that wait, as they are now, are in a file of the profile."""
    (key,) = phone.stored()
    waiting: str = phone.run("return localStorage.getItem(arguments[0])", key)
    files = (profile / "Default" / "Local Storage" / "leveldb").glob("*.log")
    return any(waiting.encode() in path.read_bytes() for path in files)


def kill(phone: Phone) -> None:
    """End the browser and all its processes as the system does when memory is short."""
    (browser,) = psutil.Process(phone.driver.service.process.pid).children()
    family = [browser, *browser.children(recursive=True)]
    for process in family:
        # The children end by themselves once their browser is gone.
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, 10)
