"""Row 23: how soon a click is visible while the laboratory is open on twenty screens."""

from collections.abc import Iterator

from bench.lab import Lab
from bench.latency import SECONDS, crowd, probe
from bench.load import steady_load
from bench.rounds import percentile
from bench.rows import Finding
from bench.servers import Site, live

SCREENS = 20
ROUNDS = 3
TURN_SECONDS = 10


def measure(lab: Lab, _numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the finding of row 23."""
    site = Site(lab.folder, lab.kafka, lab.topic())
    seconds: dict[str, list[float]] = {"without": [], "with screens": []}
    with live(site), crowd(site):
        for _ in range(ROUNDS):
            seconds["without"] += probe(site, TURN_SECONDS)
            # A page asks each second, as these connections do.
            screens = steady_load(
                site.base + "/kafka/lab",
                "get",
                connections=SCREENS,
                pause_ms=1000,
                seconds=SECONDS,
            )
            with screens:
                seconds["with screens"] += probe(site, TURN_SECONDS)
    p99 = {name: 1000 * percentile(each, 99) for name, each in seconds.items()}
    behind = {
        f"clicks {name}": f"p50 {1000 * percentile(each, 50):,.0f} ms,"
        f" p99 {p99[name]:,.0f} ms of {len(each)}"
        for name, each in seconds.items()
    }
    yield 23, Finding({"p99 of that without": p99["with screens"] / p99["without"]}, behind)
