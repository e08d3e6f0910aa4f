"""The metrics that Prometheus scrapes, correct with one worker process or several."""

import functools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from dash_app import __version__
from dash_app.consumer.published_state import CATCHING_UP, LIVE, PublishedState
from dash_app.counting.records import REASONS
from dash_app.operations import shared_metrics

CONTENT_TYPE = CONTENT_TYPE_LATEST

METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
"""Anybody can invent a method, so all other ones are counted together."""

BUCKET_BOUNDS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The metrics of this process; a scrape of any process returns those of all.

    Every process counts the same log, so a gauge of the log has the value of the most advanced
    living process: the lag of a dead one would stay for ever. Counters and histograms are added up
    over all processes, dead ones too. `types` are those of the site's buttons. `name_prefix` tells
    apart the sites of a process in a shared folder. Raises OSError if the metrics cannot be shared.
    """

    def __init__(
        self,
        types: Iterable[str],
        clock: Callable[[], float] = time.time,
        name_prefix: str = shared_metrics.NAME_PREFIX,
    ) -> None:
        self._clock = clock
        self._types = {*types}
        self._name_prefix = name_prefix
        self._partitions: set[int] = set()
        if shared_metrics.is_shared():
            shared_metrics.reserve("gauge_livemax", "gauge_livemin", "counter", "histogram")
        self._registry = CollectorRegistry()
        self._clicks = self._gauge("clicks", "Clicks counted", ["type"])
        self._duplicates = self._gauge("duplicates", "Repeats passed over")
        self._untimely = self._gauge("untimely", "Clicks counted and not drawn: time out of range")
        self._unreadable = self._gauge("unreadable", "Records that are no click", ["reason"])
        self._lag = self._gauge("lag_records", "Records still to be read", ["partition"])
        self._horizon = self._gauge(
            "dedup_horizon_seconds",
            "Age of the oldest identity remembered; +Inf: all are",
            (),
            "min",
        )
        self._live = self._gauge("consumer_live", "1 while all is counted, else 0", (), "min")
        self._contact = self._gauge(
            "broker_contact_timestamp_seconds", "When the broker answered the consumer", (), "min"
        )
        self._restarts = self._counter("consumer_restarts", "Readings that ended and began anew")
        self._requests = self._counter(
            "http_requests", "Requests answered", ["route", "method", "status"]
        )
        # To find a series by its labels takes twice as long as to count.
        self._requests_of = functools.cache(self._requests.labels)
        self._produce = self._histogram(
            "produce_seconds",
            "Time until the broker acknowledged or refused a request's clicks",
            ["outcome"],
        )
        self._produce_of = functools.cache(self._produce.labels)
        self._tap_to_counted = self._histogram(
            "tap_to_counted_seconds",
            "Time from a tap that this process received until it had counted it",
        )
        version = self._gauge("build_info", "The version that runs, as a label", ["version"])
        version.labels(__version__).set(1)

    def _gauge(
        self, name: str, meaning: str, labels: Sequence[str] = (), most_advanced: str = "max"
    ) -> Gauge:
        return Gauge(
            f"{self._name_prefix}{name}",
            meaning,
            labels,
            registry=self._registry,
            multiprocess_mode=f"live{most_advanced}",  # type: ignore[arg-type]
        )

    def _counter(self, name: str, meaning: str, labels: Sequence[str] = ()) -> Counter:
        return Counter(f"{self._name_prefix}{name}", meaning, labels, registry=self._registry)

    def _histogram(self, name: str, meaning: str, labels: Sequence[str] = ()) -> Histogram:
        return Histogram(
            f"{self._name_prefix}{name}",
            meaning,
            labels,
            buckets=BUCKET_BOUNDS_SECONDS,
            registry=self._registry,
        )

    def on_heartbeat(self, published: PublishedState) -> None:
        """Set the gauges from the consumer's state; see Observer."""
        now = self._clock()
        self._live.set(published.state == LIVE)
        if published.state in {CATCHING_UP, LIVE}:
            self._contact.set(now)
            self._set_lag(published.lag)
        if published.state == LIVE:
            # While a restarted process catches up, its counts would seem to go backwards.
            self._set_counts(published, now)

    def _set_lag(self, lag: Mapping[int, int]) -> None:
        # A topic that was deleted and created again may have fewer partitions.
        self._partitions |= lag.keys()
        for partition in self._partitions:
            self._lag.labels(partition).set(lag.get(partition, 0))

    def _set_counts(self, published: PublishedState, now: float) -> None:
        counts, since = published.snapshot.counts, published.snapshot.remembers_since
        # A topic that was deleted and created again may have other types.
        self._types |= counts.clicks.keys()
        for kind in self._types:
            self._clicks.labels(kind).set(counts.clicks.get(kind, 0))
        self._duplicates.set(counts.duplicates)
        self._untimely.set(counts.out_of_window)
        # Only known reasons: a forged checkpoint could add a series for each other name.
        for reason in REASONS:
            self._unreadable.labels(reason).set(counts.unreadable.get(reason, 0))
        self._horizon.set(float("inf") if since is None else now - since)

    def on_restart(self) -> None:
        """Count a reading of the log that ended; see Observer."""
        self._restarts.inc()

    def on_response(self, route: str, method: str, status: int) -> None:
        """Count a response."""
        self._requests_of(route, method if method in METHODS else "other", status).inc()

    def on_append(self, outcome: str, seconds: float) -> None:
        """Count the outcome of appending the clicks of a request, and the time that it took."""
        self._produce_of(outcome).observe(seconds)

    def observe_latencies(self, seconds: Iterable[float]) -> None:
        """Record how long clicks took from tap to counted."""
        for duration in seconds:
            self._tap_to_counted.observe(duration)

    def exposition(self) -> bytes:
        """Return the metrics of all processes in the format of CONTENT_TYPE. Raises OSError."""
        return generate_latest(
            shared_metrics.SharedRegistry(self._name_prefix)
            if shared_metrics.is_shared()
            else self._registry
        )
