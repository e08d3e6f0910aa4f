"""Ends guarded processes when the test run ends, also when it is killed by SIGKILL."""

import atexit
import contextlib
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path


class Reaper:
    """A process of its own that is told whom to kill once the tests' end of its pipe closes."""

    def __init__(self) -> None:
        # Its own session: Ctrl-C in the terminal must not end it before the others.
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.pid = self._process.pid

    def guard(self, pid: int) -> None:
        """Have the process killed when the test run ends."""
        self._tell(f"+{pid}")

    def release(self, pid: int) -> None:
        """Forget a process that has ended: its number may be given to another one."""
        self._tell(f"-{pid}")

    def close(self) -> None:
        """Kill what is still guarded and end."""
        self._process.communicate()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()


@functools.cache
def reaper() -> Reaper:
    """Return the one reaper of this test run, started when first asked for."""
    # Here, since the reaper's own process runs this file without the rest of the tests.
    from tests.leftovers import LONG_LIVED  # noqa: PLC0415

    started = Reaper()
    LONG_LIVED.add(started.pid)
    atexit.register(started.close)
    return started


def reap(lines: Iterable[str]) -> None:
    """Read until the other end closes, then kill what was guarded and not released."""
    guarded: set[int] = set()
    for line in lines:
        if line.startswith("+"):
            guarded.add(int(line[1:]))
        else:
            guarded.discard(int(line[1:]))
    for pid in guarded:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    reap(sys.stdin)
