"""Load by wrk: a client in Python would be the limit itself."""

import contextlib
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson

SCRIPT = Path(__file__).with_name("wrk.lua")
BATCH = 20
"""Clicks in a request of the kind "batch"; the same number stands in the script."""

CLIENTS = 1000
PAUSES_DIFFER = 0.5
"""By which part of their mean pauses are longer or shorter at most."""

TAP_PAUSE_MS, TAP_PAUSES_DIFFER = 500, 0.6
"""A phone taps every 200 to 800 ms."""

TIMEOUT_SECONDS = 30


class LoadFailed(RuntimeError):
    """The server did not answer as it should, so that the figures mean nothing."""


class Answered(NamedTuple):
    """What a load found: requests answered, for how long, and how fast."""

    requests: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float
    failed: int

    @property
    def per_second(self) -> float:
        """Requests answered with 200 or 304 in a second."""
        return (self.requests - self.failed) / self.seconds

    @property
    def bytes_each(self) -> float:
        """Bytes of an answer, its head included."""
        return self.bytes / self.requests


def parse(output: str) -> Answered:
    """Return what the script printed in the last line of wrk's output."""
    lines = output.strip().splitlines()
    if not lines or not lines[-1].startswith("{"):
        raise LoadFailed(f"wrk printed no figures: {output!r}")
    summary = orjson.loads(lines[-1])
    return Answered(
        summary["requests"],
        summary["microseconds"] / 1e6,
        summary["bytes"],
        summary["p50_us"] / 1000,
        summary["p99_us"] / 1000,
        summary["refused"] + summary["broken"],
    )


def load(address: str, kind: str, *, connections: int, seconds: int) -> Answered:
    """Ask as fast as the answers come. Raises LoadFailed where more than half fail."""
    done = subprocess.run(
        _command(address, kind, connections, seconds),
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + TIMEOUT_SECONDS,
    )
    answered = parse(done.stdout)
    if not answered.requests or answered.failed * 2 > answered.requests:
        raise LoadFailed(f"{address} ({kind}): {answered}")
    return answered


@contextlib.contextmanager
def steady_load(
    address: str, kind: str, *, connections: int, pause_ms: int, seconds: int
) -> Iterator[None]:
    """Keep asking while inside, each connection once per pause; for so many seconds at most."""
    command = _command(address, kind, connections, seconds, pause_ms, PAUSES_DIFFER)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield
        if process.poll() is not None:
            raise LoadFailed(f"the load on {address} ended before the measurement did")
    finally:
        process.kill()
        process.wait()


class Crowd:
    """Phones with a client and a connection of their own, which tap for some seconds; see `end`."""

    def __init__(self, address: str, phones: int, seconds: int) -> None:
        command = _command(
            address, "phone", phones, seconds, TAP_PAUSE_MS, TAP_PAUSES_DIFFER, clients=phones
        )
        self._seconds = seconds
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def end(self) -> Answered:
        """Wait until they have tapped for all the time; return how they were answered."""
        try:
            output, _ = self._process.communicate(timeout=self._seconds + TIMEOUT_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
        return parse(output)


def _command(
    address: str,
    kind: str,
    connections: int,
    seconds: int,
    pause_ms: int = 0,
    spread: float = 0,
    clients: int = CLIENTS,
) -> list[str]:
    size = ["-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={TIMEOUT_SECONDS}s"]
    arguments = [kind, uuid.uuid4().hex[:12], *map(str, (pause_ms, spread, clients))]
    return ["wrk", *size, "-s", str(SCRIPT), address, "--", *arguments]
