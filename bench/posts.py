"""Rows 1 to 3: clicks acknowledged."""

from collections.abc import Iterator

from bench.lab import Lab
from bench.limits import BARE_TOPIC
from bench.load import BATCH, load
from bench.rounds import Rounds
from bench.rows import Finding
from bench.servers import Site, Textbook, live

ROUNDS = 3
SECONDS = 4


def measure(lab: Lab, numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the findings of the rows of 1, 2 and 3 that `numbers` names."""
    site = Site(lab.folder, lab.kafka, lab.topic(), **{BARE_TOPIC: lab.topic()})
    textbook = Textbook(lab.folder, lab.kafka, lab.topic())
    with live(site, textbook):
        # Warm: JIT, connections, first metadata.
        load(site.base + site.click, "batch", connections=8, seconds=2)
        load(site.base + site.bare, "single", connections=8, seconds=2)
        load(textbook.base + textbook.click, "single", connections=8, seconds=2)
        if numbers & {1, 3}:
            singles, batches = _throughput(site, textbook)
            yield 1, _singles(singles)
            yield 3, _batches(batches)
        if 2 in numbers:
            yield 2, _latency(site, textbook)


def _throughput(site: Site, textbook: Textbook) -> tuple[Rounds, Rounds]:
    singles, batches = Rounds(), Rounds()
    for _ in range(ROUNDS):
        for subject, address, kind in (
            ("textbook", textbook.base + textbook.click, "single"),
            ("site", site.base + site.click, "single"),
            ("batches", site.base + site.click, "batch"),
            ("no-op", site.base + site.noop, "single"),
            ("bare acked send", site.base + site.bare, "single"),
        ):
            rate = load(address, kind, connections=64, seconds=SECONDS).per_second
            if subject == "batches":
                batches.add("site", rate * BATCH)
            else:
                singles.add(subject, rate)
            if subject == "textbook":
                batches.add("textbook, singly", rate)
    return singles, batches


def _singles(rounds: Rounds) -> Finding:
    figures = {
        "of textbook": rounds.ratio("site", "textbook"),
        "of the no-op route": rounds.ratio("site", "no-op"),
    }
    behind = rounds.described("/s")
    behind["site, of a bare acked send"] = f"{rounds.ratio('site', 'bare acked send'):.2f} ×"
    return Finding(figures, behind)


def _batches(rounds: Rounds) -> Finding:
    figures = {"of textbook": rounds.ratio("site", "textbook, singly")}
    return Finding(figures, rounds.described("clicks/s"))


def _latency(site: Site, textbook: Textbook) -> Finding:
    p50, p99 = Rounds(), Rounds()
    for _ in range(ROUNDS):
        for subject, address in (
            ("textbook", textbook.base + textbook.click),
            ("site", site.base + site.click),
            ("bare acked send", site.base + site.bare),
        ):
            result = load(address, "single", connections=4, seconds=SECONDS)
            p50.add(f"{subject} p50", result.p50_ms)
            p99.add(f"{subject} p99", result.p99_ms)
    figures = {"p99 of textbook's": p99.ratio("site p99", "textbook p99")}
    return Finding(figures, p99.described("ms") | p50.described("ms"))
