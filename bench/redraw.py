"""Row 14: what a redraw of the dashboard costs beside a bare Plotly.react of the same figures."""

import time
from pathlib import Path
from statistics import median
from typing import Any

from bench.browser import Screen
from bench.load import steady_load
from bench.rounds import Rounds
from bench.rows import Finding
from bench.servers import Site
from tests.waiting import eventually

ROUNDS = 3
TICKS = 15
SCRIPT = Path(__file__).with_name("redraw.js").read_text()
SECONDS = 240


def measure(screen: Screen, site: Site) -> Finding:
    """Return the finding: milliseconds from an answer at hand to the chart drawn, per redraw."""
    screen.resize(1280, 800)
    crowd = steady_load(
        site.base + site.click, "batch", connections=4, pause_ms=500, seconds=SECONDS
    )
    rounds, long_tasks = Rounds(), 0
    with crowd:
        screen.open("kafka-dashboard")
        eventually(lambda: _is_drawn(screen), 60, "the chart is not drawn")
        screen.run(SCRIPT)
        for _ in range(ROUNDS):
            watch = _watch(screen)
            rounds.add("site", median(watch["drawings"]))
            rounds.add("bare", median(_replay(screen, "replay")))
            rounds.add("Dash alone", median(_replay(screen, "replayByDash")))
            long_tasks += watch["longTasks"]
    figures = {
        "of a bare `Plotly.react`": rounds.ratio("site", "bare"),
        "long tasks besides the drawing": float(long_tasks),
    }
    behind = rounds.described("ms") | {"redraws": str(ROUNDS * TICKS)}
    behind["Dash alone, of the bare one"] = f"{rounds.ratio('Dash alone', 'bare'):.2f} ×"
    return Finding(figures, behind)


def _is_drawn(screen: Screen) -> bool:
    return bool(screen.run("return window.Plotly && document.querySelector('.js-plotly-plot')"))


def _watch(screen: Screen) -> Any:
    screen.run("redraws.watch()")
    eventually(
        lambda: screen.run("return redraws.drawings.length") >= TICKS, 120, "too few redraws"
    )
    return screen.run("return redraws.stop()")


def _replay(screen: Screen, way: str) -> list[float]:
    time.sleep(1)
    screen.run(f"redraws.{way}()")
    eventually(lambda: screen.run("return redraws.replayed !== null"), 120, "too few redraws")
    milliseconds: list[float] = screen.run("return redraws.replayed")
    return milliseconds
