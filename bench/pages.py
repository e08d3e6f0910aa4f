"""Rows 12, 13 and 16: what a phone loads, and how soon and how fast it can be tapped."""

import time
from collections.abc import Iterator
from typing import Any

from bench import redraw
from bench.browser import Screen, chromium
from bench.lab import Lab
from bench.rounds import Rounds, percentile
from bench.rows import Finding
from bench.servers import SITE, Site, live
from tests.browser import lighthouse
from tests.waiting import eventually

PAGES = {"clicker": "kafka-clicker", "dashboard": "kafka-dashboard"}
RENDERED = {
    "clicker": "return !!document.querySelector('#react-entry-point [data-tap]')",
    "dashboard": (
        "const graph = document.querySelector('.js-plotly-plot');"
        "return !!(graph && graph.data && graph.data[0].y && graph.data[0].y.length === 60)"
    ),
}
LOADED_SECONDS = 60
QUIET_SECONDS = 1.5
BYTES = """
    const types = ['navigation', 'resource'];
    const entries = types.flatMap((type) => performance.getEntriesByType(type));
    return entries.reduce((sum, entry) => sum + entry.transferSize, 0);
"""

LOADS = 5
TAPS = 60
TAP_PAUSE_SECONDS = 0.2
WATCH_TAPS = """
    window.tapsSeen = [];
    window.addEventListener('pointerdown', () => {
      const counted = Object.keys(localStorage).some((key) => key.includes('clicks:'));
      if (counted) window.firstCounted = window.firstCounted || performance.now();
    });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.name === 'pointerdown') window.tapsSeen.push(entry.duration);
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: true });
"""
TAPPABLE = """
    const [painted] = performance.getEntriesByName('first-contentful-paint');
    return painted && window.firstCounted && Math.max(painted.startTime, window.firstCounted);
"""
"""Nobody taps what is not to be seen, and no tap counts before the script is there."""

SHORTEST_MS = 16.0
"""The browser reports no tap that was painted sooner."""


def measure(lab: Lab, numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the findings of the rows of 12, 13, 14 and 16 that `numbers` names."""
    site = Site(lab.folder, lab.kafka, lab.topic(), SITE)
    with live(site):
        if 12 in numbers:
            yield 12, _bytes(lab, site)
        if 13 in numbers:
            with chromium(lab.folder, site.port) as screen:
                yield 13, _taps(screen)
        if 14 in numbers:
            with chromium(lab.folder, site.port) as screen:
                yield 14, redraw.measure(screen, site)
        if 16 in numbers:
            yield 16, _lighthouse(site)


def _bytes(lab: Lab, site: Site) -> Finding:
    first, second = {}, {}
    for name in PAGES:
        # A browser of its own: files that both pages load must not come from memory.
        with chromium(lab.folder, site.port) as screen:
            first[name] = _view(screen, name)
            second[name] = _view(screen, name)
    figures = {
        "clicker, first view": first["clicker"],
        "dashboard, first view": first["dashboard"],
        "second view of either": max(second.values()),
    }
    return Finding(figures, {f"{name}, second view": f"{kb:.1f} kB" for name, kb in second.items()})


def _lighthouse(site: Site) -> Finding:
    scores = Rounds()
    for _ in range(LOADS):
        # Over loopback: elsewhere it asks for https.
        address = f"{site.base}/{PAGES['clicker']}"
        report = lighthouse.examine(address, lighthouse.SPEED)
        scores.add("performance", report.scores["performance"])
    return Finding({"score": scores.median("performance")}, scores.described("of 100"))


def _view(screen: Screen, name: str) -> float:
    screen.open(PAGES[name])
    eventually(lambda: _is_rendered(screen, name), LOADED_SECONDS, f"{name} is not rendered")
    # What the page still asks for by itself belongs to the view.
    time.sleep(QUIET_SECONDS)
    kilobytes = float(screen.run(BYTES)) / 1000
    screen.cdp("Page.navigate", url="about:blank")
    return kilobytes


def _is_rendered(screen: Screen, name: str) -> bool:
    at = str(screen.run("return location.pathname"))
    return at.endswith(PAGES[name]) and bool(screen.run(RENDERED[name]))


def _taps(screen: Screen) -> Finding:
    screen.open(PAGES["clicker"])
    eventually(lambda: _is_rendered(screen, "clicker"), LOADED_SECONDS, "not rendered")
    place = screen.middle_of("#react-entry-point [data-tap]")
    screen.before_each_page(WATCH_TAPS)
    screen.be_slow()
    rounds = Rounds()
    for _ in range(LOADS):
        rounds.add("tappable", _first_counted_tap(screen, place))
    eventually(lambda: _is_rendered(screen, "clicker"), LOADED_SECONDS, "not rendered")
    paints = _paints(screen, place)
    p50, p95 = percentile(paints, 50), percentile(paints, 95)
    behind = rounds.described("s") | {"tap to paint": f"p50 {p50:.0f} ms of {len(paints)} taps"}
    return Finding({"tappable after": rounds.median("tappable"), "tap to paint, p95": p95}, behind)


def _first_counted_tap(screen: Screen, place: tuple[float, float]) -> float:
    """Return after how many seconds of loading a tap counted, tapping all the time."""
    screen.cdp("Page.navigate", url="about:blank")
    screen.open(PAGES["clicker"])

    def counted() -> Any:
        _tap(screen, place)
        return screen.run(TAPPABLE)

    return float(eventually(counted, LOADED_SECONDS, "no tap counts", pause_seconds=0.01)) / 1000


def _tap(screen: Screen, place: tuple[float, float]) -> None:
    screen.touch("touchStart", place)
    screen.touch("touchEnd")


def _paints(screen: Screen, place: tuple[float, float]) -> list[float]:
    """Return for each of some taps the milliseconds until the next paint."""
    time.sleep(QUIET_SECONDS)
    screen.run("window.tapsSeen.length = 0")
    for _ in range(TAPS):
        _tap(screen, place)
        time.sleep(TAP_PAUSE_SECONDS)
    time.sleep(QUIET_SECONDS)
    seen = [float(duration) for duration in screen.run("return window.tapsSeen")]
    return seen + [SHORTEST_MS] * (TAPS - len(seen))
