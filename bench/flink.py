"""Rows 18 to 20: Apache Flink counts, and a web process follows what it counted."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from bench.lab import Lab
from bench.latency import BODY, HEADERS
from bench.rounds import Rounds, percentile
from bench.rows import Finding
from bench.servers import SITE, Site, cpu_seconds
from dash_app.brokers.kafka.topic import totals_topic
from dash_app.counting.flink_tally import Total, decode
from dash_app.settings import Settings
from tests.flink.cluster import FlinkCluster
from tests.waiting import eventually

PARTITIONS = 4
SLOTS = (1, 2)
CLICKS = 300_000
COUNTED_SECONDS = 120

RATES = (1_000, 20_000)
ROUNDS = 3
WARM_SECONDS = 2
SECONDS = 3
LOAD_SECONDS = WARM_SECONDS + SECONDS + 1
LIVE_SECONDS = 90

TAPS = 150
PAUSE_SECONDS = 0.15
LOOK_SECONDS = 0.01


def measure(lab: Lab, numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the findings of the rows of 18 to 20 that `numbers` names. Raises ToolsMissing."""
    folder = lab.folder / "flink"
    folder.mkdir()
    cluster = FlinkCluster(folder, workers=("worker",), slots=max(SLOTS), java={})
    try:
        cluster.start()
        if 18 in numbers:
            yield 18, _speed(lab, cluster)
        if numbers & {19, 20}:
            yield from _follow_flink(lab, cluster, numbers)
    finally:
        cluster.close()


def _speed(lab: Lab, cluster: FlinkCluster) -> Finding:
    rounds = Rounds()
    exact = 0.0
    for slots in SLOTS:
        settings = _settings(lab, lab.topic(PARTITIONS))
        lab.fill(settings.kafka_topic, CLICKS)
        cluster.submit(settings, slots)
        clicks, per_second = _watch_totals(settings)
        cluster.cancel(settings)
        exact += clicks / CLICKS / len(SLOTS)
        rounds.add(f"{slots} slot{'s' * (slots > 1)}", per_second)
    return Finding({"counted of those in the log": exact}, rounds.described("clicks/s"))


def _watch_totals(settings: Settings) -> tuple[int, float]:
    """Return how many clicks were counted in the end, and how many a second from the first row on.

    The times are those of the rows in Kafka.
    """
    rows: dict[int, Total] = {}
    progress: list[tuple[float, int]] = []
    deadline = time.monotonic() + COUNTED_SECONDS
    with KafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers) as consumer:
        topic = TopicPartition(totals_topic(settings.kafka_topic), 0)
        consumer.assign([topic])
        consumer.seek(topic, 0)
        while sum(row.next_offset for row in rows.values()) < CLICKS:
            if time.monotonic() > deadline:
                raise RuntimeError(f"Flink counted {progress[-1:]} of {CLICKS:,} clicks")
            for record in consumer.poll(timeout_ms=500).get(topic, ()):
                _follow(record, rows, progress)
    (began, first), (ended, last) = progress[0], progress[-1]
    return last, (last - first) / (ended - began)


def _follow(record: Any, rows: dict[int, Total], progress: list[tuple[float, int]]) -> None:
    row = decode(record.value)
    if isinstance(row, Total):
        rows[row.partition] = row
        progress.append((record.timestamp / 1000, _sum(rows)))


def _sum(rows: dict[int, Total]) -> int:
    return sum(sum(row.counts.clicks.values()) for row in rows.values())


def _follow_flink(
    lab: Lab, cluster: FlinkCluster, numbers: frozenset[int]
) -> Iterator[tuple[int, Finding]]:
    if 20 in numbers:
        with _following(lab, cluster, "flink") as site:
            yield 20, _visible(site)
    if 19 in numbers:
        yield 19, _cost(lab, cluster)


@contextmanager
def _following(lab: Lab, cluster: FlinkCluster, source: str) -> Iterator[Site]:
    """Run a site that gets its counts from the source, on a topic of its own."""
    settings = _settings(lab, lab.topic(PARTITIONS))
    site = Site(lab.folder, lab.kafka, settings.kafka_topic, SITE, COUNTS_FROM=source)
    try:
        if source == "flink":
            cluster.submit(settings, max(SLOTS))
        site.start()
        site.wait_until_live(LIVE_SECONDS)
        yield site
    finally:
        site.stop()
        if source == "flink":
            cluster.cancel(settings)


def _cost(lab: Lab, cluster: FlinkCluster) -> Finding:
    """Measure one kind of site after the other: together they leave too little for the load."""
    busy, came = Rounds(), Rounds()
    for source in ("clicks", "flink"):
        with _following(lab, cluster, source) as site:
            for rate in RATES * ROUNDS:
                per_second, percent = _under_load(lab, site, rate)
                busy.add(f"{source}, {rate:,} clicks/s", percent)
                came.add(f"came of {rate:,}, {source}", per_second)
    least, most = (f"flink, {rate:,} clicks/s" for rate in RATES)
    figures = {
        "CPU at 20,000 clicks/s of that at 1,000, counted by Flink": busy.ratio(most, least),
        "came of 20,000": came.median("came of 20,000, flink"),
    }
    return Finding(figures, busy.described("% of a core") | came.described("/s"))


def _under_load(lab: Lab, site: Site, rate: int) -> tuple[float, float]:
    """Return how many clicks a second came to the log, and the per cent of a core of the site."""
    worker, before = site.worker(), lab.length(site.topic)
    with lab.filling(site.topic, rate, LOAD_SECONDS, first=before) as clicks:
        time.sleep(WARM_SECONDS)
        length, began, cpu = lab.length(site.topic), time.monotonic(), cpu_seconds(worker)
        time.sleep(SECONDS)
        seconds = time.monotonic() - began
        percent = 100 * (cpu_seconds(worker) - cpu) / seconds
        per_second = (lab.length(site.topic) - length) / seconds
    eventually(
        lambda: site.total() == before + clicks,
        COUNTED_SECONDS,
        lambda: f"{site.total():,} of {before + clicks:,} are counted",
    )
    return per_second, percent


def _visible(site: Site) -> Finding:
    """Tap again and again without waiting, and note when each tap is in the site's totals."""
    sent: list[float] = []
    seconds: list[float] = []
    deadline = time.monotonic() + COUNTED_SECONDS
    with closing(site.connect()) as sender, closing(site.connect()) as reader:
        before = site.hates(reader)
        while len(seconds) < TAPS:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{len(seconds)} of {len(sent)} taps were visible")
            now = time.perf_counter()
            if len(sent) < TAPS and (not sent or now - sent[-1] > PAUSE_SECONDS):
                sent.append(now)
                sender.request("POST", site.path(site.click), BODY, HEADERS)
                sender.getresponse().read()
            seen = site.hates(reader) - before
            now = time.perf_counter()
            seconds += [now - sent[tap] for tap in range(len(seconds), seen)]
            time.sleep(LOOK_SECONDS)
    p50, p99 = (percentile(seconds, rank) for rank in (50, 99))
    return Finding({"p99": p99}, {"p50": f"{p50:.2f} s", "taps": str(TAPS)})


def _settings(lab: Lab, topic: str) -> Settings:
    return Settings(kafka_bootstrap_servers=lab.kafka, kafka_topic=topic)
