"""Row 21: how soon a click is visible while a report of a million records is counted."""

import contextlib
import http.client
import threading
import time
from collections.abc import Iterator

import orjson

from bench.lab import Lab
from bench.latency import crowd, probe
from bench.rounds import percentile
from bench.rows import Finding
from bench.servers import Site, live

RECORDS = 1_000_000
CODE = "presenting-is-fun"
ROUNDS = 3
SECONDS = 10


def measure(lab: Lab, _numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the finding of row 21."""
    topic = lab.topic()
    since = int(time.time())
    lab.fill(topic, RECORDS)
    until = int(time.time()) + 1
    site = Site(lab.folder, lab.kafka, topic, PRESENTER_CODE=CODE)
    path = site.path(f"/kafka/archive?from={since}&to={until}")
    with live(site):
        alone = _count(site, path)
        with crowd(site):
            seconds = _turns(site, path)
    behind = {
        f"clicks {name}": f"p50 {1000 * percentile(each, 50):,.0f} ms,"
        f" p99 {1000 * percentile(each, 99):,.0f} ms of {len(each)}"
        for name, each in seconds.items()
    }
    behind["counted while nobody clicks"] = f"{RECORDS:,} records in {alone:.1f} s"
    yield 21, Finding({"p99": 1000 * percentile(seconds["while counted"], 99)}, behind)


def _turns(site: Site, path: str) -> dict[str, list[float]]:
    """Return in how many seconds clicks were visible, without a report and while it is counted."""
    without, counted = [], []
    for _ in range(ROUNDS):
        without += probe(site, SECONDS)
        with _counting(site, path):
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
def _counting(site: Site, path: str) -> Iterator[None]:
    """Have the records counted while inside. Raises RuntimeError if they are before the end."""
    with _ask(site, path) as answer:
        lines: list[bytes] = []
        leaving = threading.Event()

        def read() -> None:
            while not leaving.is_set() and (line := answer.readline()):
                lines.append(line)

        reader = threading.Thread(target=read)
        reader.start()
        try:
            yield
        finally:
            leaving.set()
            reader.join()
        if list(orjson.loads(lines[-1])) != ["done"]:
            raise RuntimeError(f"all was counted too soon: {lines[-1][:200]!r}")
