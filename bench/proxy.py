"""Row 17: how many viewers nginx serves in front of the site, and what the site sees of them."""

from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.lab import Lab
from bench.load import load
from bench.rounds import Rounds
from bench.rows import Finding
from bench.servers import Site, live
from tests.proxy.nginx import Nginx
from tests.scrape import Scrape

ROUNDS = 3
SECONDS = 5
CONNECTIONS = 200


def measure(lab: Lab, _numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the finding of row 17."""
    site = Site(lab.folder, lab.kafka, lab.topic())
    rounds = Rounds()
    with live(site), Nginx(lab.folder, site.port).running() as nginx:
        # As the dashboard asks: nginx knows these addresses, and counts others against floods.
        query = "window=120&bin=2"
        address = f"https://127.0.0.1:{nginx.port}{site.path(site.timeline)}?{query}"
        for _ in range(ROUNDS):
            before, requests_before = _cpu_seconds(lab.folder), _timeline_requests(site)
            result = load(address, "get", connections=CONNECTIONS, seconds=SECONDS)
            cpu = _cpu_seconds(lab.folder) - before
            rounds.add("answers", result.per_second)
            rounds.add("answers per second of a core", result.requests / cpu)
            rounds.add(
                "asked of the site", (_timeline_requests(site) - requests_before) / result.seconds
            )
    seen = rounds.median("asked of the site")
    behind = rounds.described("/s")
    yield 17, Finding({"asked of the site": seen}, behind)


def _cpu_seconds(folder: Path) -> float:
    """Return the CPU time that the processes of this nginx have taken."""
    return sum(
        sum(process.cpu_times()[:2])
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "nginx" and _is_ours(process, folder)
    )


def _is_ours(process: psutil.Process, folder: Path) -> bool:
    parent = process.parent()
    lines = [process.info["cmdline"] or [], parent.cmdline() if parent else []]
    return any(str(folder) in " ".join(line) for line in lines)


def _timeline_requests(site: Site) -> float:
    """Return how many timelines the site has answered by its own count, whatever the answer."""
    return Scrape(site.ask("/metrics").decode()).sum("http_requests_total", route=site.timeline)
