"""Rows 9 and 11: memory while ten million clicks are counted, and a restart after them."""

import time
from collections.abc import Iterator

from bench.lab import Lab
from bench.rounds import Rounds
from bench.rows import Finding
from bench.servers import SITE, Site
from dash_app.counting.checkpoint import REPLAY_LIMIT
from tests.waiting import eventually

FIRST, ALL = 1_000_000, 10_000_000
SETTLED_SECONDS = 3
COUNTED_SECONDS = 1200
RESTARTS = 3


def measure(lab: Lab, numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the findings of the rows of 9 and 11 that `numbers` names."""
    topic = lab.topic()
    site = Site(lab.folder, lab.kafka, topic, SITE)
    lab.fill(topic, FIRST)
    try:
        began = site.start()
        before = _resident_mb_at(site, FIRST)
        lab.fill(topic, ALL - FIRST, first=FIRST)
        after = _resident_mb_at(site, ALL)
        took = time.monotonic() - began
        if 9 in numbers:
            behind = {
                "at 1 million": f"{before:.1f} MB",
                "at 10 million": f"{after:.1f} MB",
                "counted": f"{ALL / took:,.0f} clicks/s, the filling meanwhile",
            }
            yield 9, Finding({"growth": after - before}, behind)
        if 11 in numbers:
            yield 11, _restarts(site)
    finally:
        site.stop()


def _resident_mb_at(site: Site, clicks: int) -> float:
    site.wait_until_live(COUNTED_SECONDS)
    eventually(
        lambda: site.total() == clicks,
        COUNTED_SECONDS,
        lambda: f"{site.total():,} of {clicks:,} are counted",
        pause_seconds=0.5,
    )
    time.sleep(SETTLED_SECONDS)
    return float(site.worker().memory_info().rss) / 1e6


def _restarts(site: Site) -> Finding:
    rounds = Rounds()
    for _ in range(RESTARTS):
        site.stop()
        began = site.start()
        site.when(site.timeline, "")
        eventually(lambda: site.total() == ALL, 60, "the totals are wrong", pause_seconds=0.01)
        totals_after = time.monotonic() - began
        site.wait_until_live(COUNTED_SECONDS)
        caught_up_after = time.monotonic() - began
        rounds.add("totals", totals_after)
        rounds.add("caught up", caught_up_after)
        rounds.add("rate", REPLAY_LIMIT / (caught_up_after - totals_after))
    behind = rounds.described("s")
    rate = f"{rounds.median('rate'):,.0f} records/s of {REPLAY_LIMIT:,} read again"
    figures = {"totals as of the checkpoint after": rounds.median("totals")}
    return Finding(figures, behind | {"rate": rate})
