"""Row 24: with how many phones answers still come soon."""

import bisect
import http.client
import math
import resource
import time
from collections.abc import Iterator
from typing import NamedTuple

from bench.lab import Lab
from bench.latency import GIVEN_UP_SECONDS, probe
from bench.load import Crowd, steady_load
from bench.rounds import percentile
from bench.rows import Finding
from bench.servers import AnyServer, Site, Textbook, live

STEPS = (25, 50, 75, 100, 150, 200, 300, 400, 500, 600, 800, 1000, 1200)
WARM_PHONES, WARM_SECONDS = 50, 3
SECONDS = 5
ACKNOWLEDGED_MS, VISIBLE_MS = 100, 250
TRIES = 2
"""One hiccup of a shared machine says nothing about a number of phones."""


class Turn(NamedTuple):
    """What some phones met: milliseconds (p99), refusals, and the CPU of the load itself."""

    phones: int
    acknowledged_ms: float
    visible_ms: float
    failed: int
    load_percent: float

    @property
    def is_served(self) -> bool:
        """Whether all were answered soon enough."""
        soon = self.acknowledged_ms <= ACKNOWLEDGED_MS and self.visible_ms <= VISIBLE_MS
        return soon and not self.failed

    def __str__(self) -> str:
        refused = f", {self.failed:,} refused" if self.failed else ""
        return (
            f"{self.phones:,}: acknowledged {self.acknowledged_ms:,.0f} ms, visible"
            f" {self.visible_ms:,.0f} ms{refused}, the load {self.load_percent:.0f} % of a core"
        )


def measure(lab: Lab, _numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the finding of row 24."""
    site = Site(lab.folder, lab.kafka, lab.topic())
    two = Site(lab.folder, lab.kafka, lab.topic(), WEB_PROCESSES="2")
    textbook = Textbook(lab.folder, lab.kafka, lab.topic())
    subjects: dict[str, tuple[AnyServer, str]] = {
        "site": (site, site.click),
        "checked and counted at least": (site, site.least),
        "site, two processes": (two, two.click),
        "textbook": (textbook, textbook.click),
    }
    most, behind = {}, {}
    for subject, (server, path) in subjects.items():
        with live(server):
            most[subject], behind[subject] = _most(server, path)
    # If the fewest are too many for the textbook, this says too little for the site.
    of_textbook = most["site"] / max(most["textbook"], STEPS[0])
    yield 24, Finding({"phones": most["site"], "of textbook": of_textbook}, behind)


def _most(server: AnyServer, path: str) -> tuple[int, str]:
    """Return the most phones that are served, and what these and a step more met.

    They post to the path. While that is not the route of clicks, one more phone taps there all the
    same, and is seen.
    """
    _turn(server, path, WARM_PHONES, WARM_SECONDS)
    turns: dict[int, Turn] = {}

    def is_too_many(phones: int) -> bool:
        for _ in range(TRIES):
            turns[phones] = _turn(server, path, phones, SECONDS)
            if turns[phones].is_served:
                return False
        return True

    steps = bisect.bisect_left(STEPS, True, key=is_too_many)
    most = STEPS[steps - 1] if steps else 0
    return most, "; ".join(
        str(turns[each]) for each in STEPS[max(0, steps - 1) :][:2] if each in turns
    )


def _turn(server: AnyServer, path: str, phones: int, seconds: int) -> Turn:
    began, cpu = time.monotonic(), _cpu_of_children()
    watching = steady_load(
        server.base + server.watched,
        "get",
        connections=max(1, phones // 10),
        pause_ms=1000,
        # Crowded servers keep the one who taps beside the phones waiting long after they left.
        seconds=seconds + 4 * GIVEN_UP_SECONDS,
    )
    with watching:
        crowd = Crowd(server.base + path, phones, seconds)
        try:
            visible = probe(server, seconds - 1)
        except (RuntimeError, OSError, http.client.HTTPException):
            # It was refused, not answered, or nobody saw it: too many phones.
            visible = [math.inf]
        answered = crowd.end()
        took = time.monotonic() - began
    load = 100 * (_cpu_of_children() - cpu) / took
    return Turn(phones, answered.p99_ms, 1000 * percentile(visible, 99), answered.failed, load)


def _cpu_of_children() -> float:
    """Return the CPU seconds of the programs that have ended: of the load, while servers run."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
