"""Rows 6 and 7: what readers are answered while the window holds 60,000 clicks."""

from collections.abc import Iterator

import orjson

from bench.lab import Lab
from bench.load import load
from bench.rounds import Rounds
from bench.rows import Finding
from bench.servers import Site, Textbook, live
from tests.waiting import eventually

ROUNDS = 3
SECONDS = 3
CLICKS = 60_000


def measure(lab: Lab, _numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the findings of rows 6 and 7."""
    topic = lab.topic()
    site = Site(lab.folder, lab.kafka, topic)
    textbook = Textbook(lab.folder, lab.kafka, topic)
    with live(site, textbook):
        lab.fill(topic, CLICKS)
        eventually(lambda: site.total() == textbook.total() == CLICKS, 60, "not all is counted")
        rates, sizes = Rounds(), Rounds()
        for _ in range(ROUNDS):
            _round(site, textbook, rates, sizes)
        _must_be_whole(site)
    behind = rates.described("/s") | {
        f"{name}, size": figure for name, figure in sizes.described("bytes").items()
    }
    timeline = {
        "requests/s of textbook's `/data`": rates.ratio("timeline", "textbook"),
        "bytes of textbook's": sizes.ratio("timeline", "textbook"),
        "requests/s of the no-op route": rates.ratio("timeline", "no-op"),
    }
    yield 6, Finding(timeline, {k: v for k, v in behind.items() if not k.startswith("data")})
    data = {"requests/s of textbook": rates.ratio("data", "textbook")}
    yield 7, Finding(data, {k: behind[k] for k in ("textbook", "data", "data, size")})


def _round(site: Site, textbook: Textbook, rates: Rounds, sizes: Rounds) -> None:
    for subject, address in (
        ("textbook", textbook.base + textbook.data),
        ("timeline", site.base + site.timeline),
        ("no-op", site.base + site.noop),
        ("data", site.base + site.data),
    ):
        # So few connections, since one answer of the textbook takes a second or so of 16.
        result = load(address, "get", connections=16, seconds=SECONDS)
        rates.add(subject, result.per_second)
        sizes.add(subject, result.bytes_each)


def _must_be_whole(site: Site) -> None:
    """Raise where the clicks have left the window meanwhile, or not all are answered."""
    data = orjson.loads(site.ask(site.data))
    if data["truncated"] or len(data["recent_history"]) != CLICKS:
        raise RuntimeError(f"{len(data['recent_history'])} of {CLICKS} clicks are in the window")
