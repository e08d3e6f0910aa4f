"""A desk for a browser: a screen, a session bus and a home of its own, all gone afterwards."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.leftovers import LONG_LIVED
from tests.reaper import reaper
from tests.waiting import eventually

SCREEN = "1366x1000x24"
ENDING_SECONDS = 20


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], log: Path, passed: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program whose output goes to the log; end it afterwards, by force if it hangs."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, pass_fds=passed
        )
    LONG_LIVED.add(process.pid)
    reaper().guard(process.pid)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reaper().release(process.pid)
        LONG_LIVED.discard(process.pid)


@contextmanager
def screen(environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Start an X server without a monitor and return its name; it chooses a number that is free."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with running(command, environment, log, [writing]):
        os.close(writing)
        with os.fdopen(reading) as number:
            name = number.readline().strip()
        assert name, f"no screen: {log.read_text()}"
        yield f":{name}"


@contextmanager
def open_desk(folder: Path) -> Iterator[dict[str, str]]:
    """Start the desk and return the environment of what runs there; a browser ends with it."""
    bus, log = folder / "bus", folder / "desk.log"
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={bus}",
        # Firefox tells assistive technology of its pages only if some is there.
        "GNOME_ACCESSIBILITY": "1",
    }
    with screen(environment, log) as display:
        environment["DISPLAY"] = display
        command = ["dbus-daemon", "--session", "--nofork", f"--address=unix:path={bus}"]
        with running(command, environment, log):
            eventually(bus.exists, 10, lambda: f"no session bus: {log.read_text()}")
            yield environment
