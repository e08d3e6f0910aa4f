"""Row 21: how soon a click is visible while a report of a million records is counted."""

import contextlib
import http.client
import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import orjson

from bench.lab import Lab
from bench.latency import crowd, probe
from bench.rounds import percentile
from bench.rows import Finding
from bench.servers import Site, live

RECORDS = 1_000_000
CODE = "presenting-is-fun"
ROUNDS = 3
SECONDS = 8


def measure(lab: Lab, _numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the finding of row 21."""
    topic = lab.topic()
    since = int(time.time())
    lab.fill(topic, RECORDS)
    until = int(time.time()) + 1
    site = Site(lab.folder, lab.kafka, topic, PRESENTER_CODE=CODE)
    # Each asks for another range with the same records: a report that was counted is kept.
    paths = (site.path(f"/kafka/archive?from={since - n}&to={until}") for n in itertools.count())
    with live(site):
        alone = _count(site, next(paths))
        with crowd(site):
            seconds = _turns(site, paths)
    behind = {
        f"clicks {name}": f"p50 {1000 * percentile(each, 50):,.0f} ms,"
        f" p99 {1000 * percentile(each, 99):,.0f} ms of {len(each)}"
        for name, each in seconds.items()
    }
    behind["counted while nobody clicks"] = f"{RECORDS:,} records in {alone:.1f} s"
    yield 21, Finding({"p99": 1000 * percentile(seconds["while counted"], 99)}, behind)


def _turns(site: Site, paths: Iterator[str]) -> dict[str, list[float]]:
    """Return how late clicks were visible (s), without reports and while they are counted."""
    without, counted = [], []
    for _ in range(ROUNDS):
        without += probe(site, SECONDS)
        with _counting(site, paths):
            counted += probe(site, SECONDS)
    return {"without": without, "while counted": counted}


def _ask(site: Site, path: str) -> http.client.HTTPResponse:
    connection = site.connect()
    connection.request("GET", path, headers={"Authorization": f"Bearer {CODE}"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} at {path}: {answer.read(200)!r}")
    return answer


def _count(site: Site, path: str) -> float:
    """Count the records once; return for how many seconds it took."""
    began = time.monotonic()
    with _ask(site, path) as answer:
        last = orjson.loads(answer.readlines()[-1])
    if last["report"]["clicks"] != RECORDS:
        raise RuntimeError(f"{last['report']['clicks']:,} of {RECORDS:,} clicks are counted")
    return time.monotonic() - began


@contextlib.contextmanager
def _counting(site: Site, paths: Iterator[str]) -> Iterator[None]:
    """Have the records counted while inside, by one report after the other."""
    leaving = threading.Event()

    def read() -> None:
        while not leaving.is_set():
            line = b""
            with _ask(site, next(paths)) as answer:
                while not leaving.is_set() and (following := answer.readline()):
                    line = following
            if not leaving.is_set() and list(orjson.loads(line)) != ["report"]:
                raise RuntimeError(f"the report is none: {line[:200]!r}")

    with ThreadPoolExecutor(1) as reader:
        reading = reader.submit(read)
        try:
            yield
        finally:
            leaving.set()
    reading.result()
