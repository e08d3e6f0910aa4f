"""What Prometheus scrapes, right in each of several worker processes."""

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

from dash_app.consumer.published_state import CATCHING_UP, LIVE, PublishedState
from dash_app.counting.clicks import CHEERS, HATE
from dash_app.counting.records import REASONS
from dash_app.operations import metrics_folder

CONTENT_TYPE = CONTENT_TYPE_LATEST

OURS = "clicker_"
"""What the name of each metric of ours begins with."""

METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
"""Anybody can make up a method: others are counted together."""

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The numbers of this process, and what a scrape of any process answers.

    Every process counts the same log, so what is derived from it is shown as of the process that
    got furthest; only living ones count, since a dead one's lag would stand still. What happens in
    a process is summed up over all that ever were. Raises OSError where they cannot be shared.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._partitions: set[int] = set()
        if metrics_folder.is_shared():
            metrics_folder.reserve("gauge_livemax", "gauge_livemin", "counter", "histogram")
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
        self._produce = Histogram(
            f"{OURS}produce_seconds",
            "Time until the broker acknowledged or refused a request's clicks",
            ["outcome"],
            buckets=SECONDS,
            registry=self._registry,
        )

        self._tap_to_counted = Histogram(
            f"{OURS}tap_to_counted_seconds",
            "Time from a tap that this process received until it had counted it",
            buckets=SECONDS,
            registry=self._registry,
        )

    def _gauge(
        self, name: str, meaning: str, labels: Sequence[str] = (), furthest: str = "max"
    ) -> Gauge:
        return Gauge(
            f"{OURS}{name}",
            meaning,
            labels,
            registry=self._registry,
            multiprocess_mode=f"live{furthest}",  # type: ignore[arg-type]
        )

    def _counter(self, name: str, meaning: str, labels: Sequence[str] = ()) -> Counter:
        return Counter(f"{OURS}{name}", meaning, labels, registry=self._registry)

    def on_heartbeat(self, published: PublishedState) -> None:
        """Take over what the consumer knows; see Observer."""
        now = self._clock()
        self._live.set(published.state == LIVE)
        if published.state in {CATCHING_UP, LIVE}:
            self._contact.set(now)
            self._show_lag(published.lag)
        if published.state == LIVE:
            # Before everything is counted a restarted process would show the counts go back.
            self._show_counts(published, now)

    def _show_lag(self, lag: Mapping[int, int]) -> None:
        # A topic that was made anew may have fewer partitions.
        self._partitions |= lag.keys()
        for partition in self._partitions:
            self._lag.labels(partition).set(lag.get(partition, 0))

    def _show_counts(self, published: PublishedState, now: float) -> None:
        counts, since = published.snapshot.counts, published.snapshot.remembers_since
        self._clicks.labels(CHEERS).set(counts.cheers)
        self._clicks.labels(HATE).set(counts.hate)
        self._duplicates.set(counts.duplicates)
        self._untimely.set(counts.out_of_window)
        # Not whatever a checkpoint names: anybody with the right to write one could add series.
        for reason in REASONS:
            self._unreadable.labels(reason).set(counts.unreadable.get(reason, 0))
        self._horizon.set(float("inf") if since is None else now - since)

    def on_restart(self) -> None:
        """Count a reading that ended and begins anew; see Observer."""
        self._restarts.inc()

    def on_response(self, route: str, method: str, status: int) -> None:
        """Count a request."""
        self._requests.labels(route, method if method in METHODS else "other", status).inc()

    def on_append(self, outcome: str, seconds: float) -> None:
        """Count what became of the clicks of one request, and how long the broker took."""
        self._produce.labels(outcome).observe(seconds)

    def on_counted(self, seconds: Iterable[float]) -> None:
        """Note how long clicks took from tap to counted."""
        for each in seconds:
            self._tap_to_counted.observe(each)

    def exposition(self) -> bytes:
        """Return the numbers of all processes in the format of CONTENT_TYPE. Raises OSError."""
        return generate_latest(
            metrics_folder.Shared(OURS) if metrics_folder.is_shared() else self._registry
        )
