"""Row 8: how fast a full log is counted."""

import subprocess
import sys
from collections.abc import Iterator

import orjson

from bench.consuming import LIMIT_SECONDS
from bench.lab import Lab
from bench.rounds import Rounds
from bench.rows import Finding
from bench.servers import ROOT

ROUNDS = 3
RECORDS = 400_000


def measure(lab: Lab, _numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the finding of row 8."""
    topic = lab.topic()
    written = lab.fill(topic, RECORDS)
    bytes_each = lab.size(topic) / RECORDS
    rates, costs = Rounds(), Rounds()
    for _ in range(ROUNDS):
        for subject, kind in (("bare poll and decode", "bare"), ("site", "counting")):
            rate, cost = _read(kind, lab.kafka, topic)
            rates.add(subject, rate)
            costs.add(f"{subject}, CPU", cost)
    figures = {"of a bare poll and decode": rates.ratio("site", "bare poll and decode")}
    behind = rates.described("records/s") | costs.described("µs a record")
    behind |= {"written": f"{written:,.0f} records/s", "a record": f"{bytes_each:.0f} bytes"}
    yield 8, Finding(figures, behind)


def _read(kind: str, kafka: str, topic: str) -> tuple[float, float]:
    """Return records per second, and microseconds of CPU per record."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.consuming", kind, kafka, topic, str(RECORDS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=LIMIT_SECONDS + 30,
    )
    result = orjson.loads(done.stdout)
    if result["had"] != RECORDS:
        raise RuntimeError(f"{kind}: {result['had']} of {RECORDS} records\n{done.stderr[-2000:]}")
    return result["per_second"], result["cpu_us"]
