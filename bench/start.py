"""Rows 10 and 15: a start without a broker, and a process that has nothing to do."""

import http.client
import time
from collections.abc import Iterator

from bench.lab import Lab
from bench.rounds import Rounds
from bench.rows import Finding
from bench.servers import OURS, Site
from tests.ports import free_port
from tests.waiting import eventually

STARTS = 5
PARTITIONS = 8
CLICKS = PARTITIONS * 185_000
"""A full generation of 100,000 offsets in each partition, and most of a second one."""

COUNTED_SECONDS = 300
IDLE_SECONDS = 10
ROUNDS = 3


def measure(lab: Lab, wanted: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the findings of the rows wanted of 10 and 15."""
    if 10 in wanted:
        yield 10, _starts(lab)
    if 15 in wanted:
        yield 15, _idle(lab)


def _starts(lab: Lab) -> Finding:
    rounds = Rounds()
    for _ in range(STARTS):
        rounds.add("first page", _first_page(lab))
    return Finding({"after": rounds.median("first page")}, rounds.described("s"))


def _first_page(lab: Lab) -> float:
    site = Site(lab.folder, f"127.0.0.1:{free_port()}", "clicks", OURS)
    began = site.start()
    try:
        eventually(lambda: _serves(site), 60, "no page", pause_seconds=0.005)
        return time.monotonic() - began
    finally:
        site.stop()


def _serves(site: Site) -> bool:
    try:
        return bool(site.ask("/kafka-clicker"))
    except (OSError, http.client.HTTPException):
        return False


def _idle(lab: Lab) -> Finding:
    topic = lab.topic(PARTITIONS)
    lab.fill(topic, CLICKS)
    site = Site(lab.folder, lab.kafka, topic, OURS)
    rounds = Rounds()
    try:
        site.start()
        site.wait_until_live(COUNTED_SECONDS)
        if site.total() != CLICKS:
            raise RuntimeError(f"{site.total():,} of {CLICKS:,} are counted")
        worker = site.worker()
        # What was asked for the first time is over.
        worker.cpu_percent(IDLE_SECONDS)
        for _ in range(ROUNDS):
            rounds.add("CPU", worker.cpu_percent(IDLE_SECONDS))
        resident = float(worker.memory_info().rss) / 1e6
    finally:
        site.stop()
    figures = {"of a core": rounds.median("CPU"), "resident": resident}
    return Finding(figures, rounds.described("%") | {"resident": f"{resident:.0f} MB"})
