"""Rows 1 to 3 and 22: clicks acknowledged, and what one costs."""

from collections.abc import Iterator

from bench.lab import Lab
from bench.limits import BARE_TOPIC
from bench.load import BATCH, load
from bench.rounds import Rounds
from bench.rows import Finding
from bench.servers import Site, Textbook, cpu_seconds, live, thread_changes

ROUNDS = 3
SECONDS = 3
AT_LEAST = "checked and counted at least"


def measure(lab: Lab, numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the findings of the rows of 1, 2, 3 and 22 that `numbers` names."""
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
        if 22 in numbers:
            yield 22, _costs(site)


def _throughput(site: Site, textbook: Textbook) -> tuple[Rounds, Rounds]:
    singles, batches = Rounds(), Rounds()
    for _ in range(ROUNDS):
        for subject, address, kind in (
            ("textbook", textbook.base + textbook.click, "single"),
            ("site", site.base + site.click, "single"),
            ("site", site.base + site.click, "batch"),
            (AT_LEAST, site.base + site.least, "batch"),
            ("no-op", site.base + site.noop, "single"),
            ("bare acked send", site.base + site.bare, "single"),
            (AT_LEAST, site.base + site.least, "single"),
        ):
            rate = load(address, kind, connections=64, seconds=SECONDS).per_second
            if kind == "batch":
                batches.add(subject, rate * BATCH)
            else:
                singles.add(subject, rate)
            if subject == "textbook":
                batches.add("textbook, singly", rate)
    return singles, batches


def _singles(rounds: Rounds) -> Finding:
    figures = {
        "of a bare acked send": rounds.ratio("site", "bare acked send"),
        "of textbook": rounds.ratio("site", "textbook"),
    }
    behind = rounds.described("/s")
    behind["site, of the no-op route"] = f"{rounds.ratio('site', 'no-op'):.2f} ×"
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
            (AT_LEAST, site.base + site.least),
        ):
            result = load(address, "single", connections=4, seconds=SECONDS)
            p50.add(f"{subject} p50", result.p50_ms)
            p99.add(f"{subject} p99", result.p99_ms)
    figures = {
        "p50 of a bare acked send's": p50.ratio("site p50", "bare acked send p50"),
        "p99 of a bare acked send's": p99.ratio("site p99", "bare acked send p99"),
    }
    return Finding(figures, p99.described("ms") | p50.described("ms"))


def _costs(site: Site) -> Finding:
    cpu, changes = Rounds(), Rounds()
    for _ in range(ROUNDS):
        for subject, path in (
            ("site", site.click),
            ("bare acked send", site.bare),
            (AT_LEAST, site.least),
            ("no-op", site.noop),
        ):
            worker = site.worker()
            spent, changed = cpu_seconds(worker), thread_changes(worker)
            clicks = load(site.base + path, "single", connections=64, seconds=SECONDS).requests
            cpu.add(subject, 1e6 * (cpu_seconds(worker) - spent) / clicks)
            changes.add(f"{subject}, changes", (thread_changes(worker) - changed) / clicks)
    figures = {
        "CPU of a bare acked send's": cpu.ratio("site", "bare acked send"),
        "changes of thread": changes.median("site, changes"),
    }
    return Finding(figures, cpu.described("µs") | changes.described("of thread"))
