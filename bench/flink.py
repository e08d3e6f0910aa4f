"""Rows 18 to 20: Apache Flink counts, and a web process follows what it counted."""

import time
from collections.abc import Iterator
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition

from bench.lab import Lab
from bench.latency import BODY, HEADERS
from bench.rounds import Rounds, percentile
from bench.rows import Finding
from bench.servers import OURS, Site
from dash_app.brokers.kafka_topic import totals_topic
from dash_app.counted import Total, decode
from dash_app.settings import Settings
from tests.flink.cluster import FlinkCluster
from tests.waiting import eventually

PARTITIONS = 4
SLOTS = (1, 2)
CLICKS = 300_000
COUNTED_SECONDS = 120

RATES = (1_000, 20_000)
ROUNDS = 3
WARM_SECONDS = 3
SECONDS = 7
LIVE_SECONDS = 90

TAPS = 150
PAUSE_SECONDS = 0.15
LOOK_SECONDS = 0.01


def measure(lab: Lab, wanted: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the findings of the rows wanted of 18 to 20. Raises ToolsMissing."""
    folder = lab.folder / "flink"
    folder.mkdir()
    cluster = FlinkCluster(folder, workers=("worker",), slots=max(SLOTS), java={})
    try:
        cluster.start()
        if 18 in wanted:
            yield 18, _speed(lab, cluster)
        if wanted & {19, 20}:
            yield from _followed(lab, cluster, wanted)
    finally:
        cluster.close()


def _speed(lab: Lab, cluster: FlinkCluster) -> Finding:
    rounds = Rounds()
    exact = 0.0
    for slots in SLOTS:
        settings = _settings(lab, lab.topic(PARTITIONS))
        lab.fill(settings.kafka_topic, CLICKS)
        cluster.submit(settings, slots)
        counted, per_second = _counted(settings)
        cluster.cancel(settings)
        exact += counted / CLICKS / len(SLOTS)
        rounds.add(f"{slots} slot{'s' * (slots > 1)}", per_second)
    return Finding({"counted of those in the log": exact}, rounds.described("clicks/s"))


def _counted(settings: Settings) -> tuple[int, float]:
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
                row = decode(record.value)
                if isinstance(row, Total):
                    rows[row.partition] = row
                    progress.append((record.timestamp / 1000, _sum(rows)))
    (began, first), (ended, last) = progress[0], progress[-1]
    return last, (last - first) / (ended - began)


def _sum(rows: dict[int, Total]) -> int:
    return sum(row.counts.cheers + row.counts.hate for row in rows.values())


def _followed(
    lab: Lab, cluster: FlinkCluster, wanted: frozenset[int]
) -> Iterator[tuple[int, Finding]]:
    settings = _settings(lab, lab.topic(PARTITIONS))
    topic = settings.kafka_topic
    sites = {
        source: Site(lab.folder, lab.kafka, topic, OURS, COUNTS_FROM=source)
        for source in ("clicks", "flink")
    }
    cluster.submit(settings, max(SLOTS))
    try:
        for site in sites.values():
            site.start()
        for site in sites.values():
            site.wait_until_live(LIVE_SECONDS)
        if 20 in wanted:
            yield 20, _visible(sites["flink"])
        if 19 in wanted:
            yield 19, _cost(lab, topic, sites)
    finally:
        for site in sites.values():
            site.stop()
        cluster.cancel(settings)


def _cost(lab: Lab, topic: str, sites: dict[str, Site]) -> Finding:
    rounds, came = Rounds(), Rounds()
    before, sent = sites["clicks"].total(), 0
    for _ in range(ROUNDS):
        for rate in RATES:
            with lab.filling(topic, rate, WARM_SECONDS + SECONDS + 1, first=sent) as clicks:
                time.sleep(WARM_SECONDS)
                for name, percent in _busy(sites, came, rate).items():
                    rounds.add(f"{name}, {rate:,} clicks/s", percent)
            sent += clicks
            for site in sites.values():
                _wait_for(site, before + sent)
    least, most = (f"flink, {rate:,} clicks/s" for rate in RATES)
    figures = {
        "CPU at 20,000 clicks/s of that at 1,000, counted by Flink": rounds.ratio(most, least),
        "came of 20,000": came.median("came of 20,000"),
    }
    return Finding(figures, rounds.described("% of a core") | came.described("/s"))


def _wait_for(site: Site, clicks: int) -> None:
    eventually(
        lambda: site.total() == clicks,
        COUNTED_SECONDS,
        lambda: f"{site.total():,} of {clicks:,} are counted",
    )


def _busy(sites: dict[str, Site], came: Rounds, rate: int) -> dict[str, float]:
    """Return the per cent of a core that each site's web process takes for some seconds."""
    workers = {name: site.worker() for name, site in sites.items()}
    before, began = sites["clicks"].total(), time.monotonic()
    for worker in workers.values():
        worker.cpu_percent()
    time.sleep(SECONDS)
    found = {name: float(worker.cpu_percent()) for name, worker in workers.items()}
    counted = sites["clicks"].total() - before
    came.add(f"came of {rate:,}", counted / (time.monotonic() - began))
    return found


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
