"""Rows 10 and 15: a start without a broker, and a process that has nothing to do."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil

from bench.lab import Lab
from bench.rounds import Rounds
from bench.rows import Finding
from bench.servers import ROOT, SITE, Hello, Server, Site, cpu_seconds
from tests.ports import free_port
from tests.waiting import eventually

STARTS = 5
PARTITIONS = 8
CLICKS = PARTITIONS * 185_000
"""A full generation of 100,000 offsets in each partition, and most of a second one."""

HELLO = "of a page that says hello with the same libraries"
COUNTED_SECONDS = 300
IDLE_SECONDS = 5
ROUNDS = 3


def measure(lab: Lab, numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the findings of the rows of 10 and 15 that `numbers` names."""
    if 10 in numbers:
        yield 10, _starts(lab)
    if 15 in numbers:
        yield 15, _idle(lab)


def _starts(lab: Lab) -> Finding:
    rounds = Rounds()
    for _ in range(STARTS):
        nowhere = f"127.0.0.1:{free_port()}"
        site = Site(lab.folder, nowhere, "clicks", SITE)
        rounds.add("first page", _first_page(site, "/kafka-clicker"))
        rounds.add("a page that says hello", _first_page(Hello(lab.folder), "/"))
    figures = {HELLO: rounds.ratio("first page", "a page that says hello")}
    return Finding(figures, rounds.described("s"))


def _first_page(server: Server, path: str) -> float:
    began = server.start()
    try:
        eventually(lambda: _serves(server, path), 60, "no page", pause_seconds=0.005)
        return time.monotonic() - began
    finally:
        server.stop()


def _serves(server: Server, path: str) -> bool:
    try:
        return bool(server.ask(path))
    except (OSError, http.client.HTTPException):
        return False


def _idle(lab: Lab) -> Finding:
    topic = lab.topic(PARTITIONS)
    lab.fill(topic, CLICKS)
    site = Site(lab.folder, lab.kafka, topic, SITE)
    rounds = Rounds()
    try:
        site.start()
        site.wait_until_live(COUNTED_SECONDS)
        if site.total() != CLICKS:
            raise RuntimeError(f"{site.total():,} of {CLICKS:,} are counted")
        worker = site.worker()
        # What was asked for the first time is over.
        _percent(worker)
        for _ in range(ROUNDS):
            rounds.add("CPU", _percent(worker))
        resident = float(worker.memory_info().rss) / 1e6
        _bare_idle(lab.kafka, topic, rounds)
    finally:
        site.stop()
    figures = {"of a core": rounds.median("CPU"), "resident": resident}
    return Finding(figures, rounds.described("%") | {"resident": f"{resident:.0f} MB"})


def _percent(process: psutil.Process) -> float:
    """Return the per cent of a core that a process takes from now on for some seconds."""
    before, began = cpu_seconds(process), time.monotonic()
    time.sleep(IDLE_SECONDS)
    return 100 * (cpu_seconds(process) - before) / (time.monotonic() - began)


def _bare_idle(kafka: str, topic: str, rounds: Rounds) -> None:
    """Note what kafka-python's clients alone cost while they have nothing to do."""
    command = [sys.executable, "-m", "bench.consuming", "idle", kafka, topic]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as bare:
        try:
            if bare.stdout is None or not bare.stdout.readline():
                raise RuntimeError("the bare clients did not start")
            process = psutil.Process(bare.pid)
            _percent(process)
            for _ in range(ROUNDS):
                rounds.add("bare consumer and producer, CPU", _percent(process))
        finally:
            bare.kill()
