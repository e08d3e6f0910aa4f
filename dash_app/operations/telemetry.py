"""Passes the events of this process on to its metrics and latencies."""

import threading
from collections.abc import Iterable, Sequence

from dash_app.consumer.observer import SwallowErrors
from dash_app.consumer.published_state import PublishedState
from dash_app.counting.clicks import Click
from dash_app.operations.latency import NO_LATENCIES, Latency, LatencySummary
from dash_app.operations.metrics import Metrics
from dash_app.operations.metrics_folder import check_folder
from dash_app.operations.shared_metrics import name_prefix
from dash_app.settings import Settings


class Telemetry:
    """The metrics and latencies of this process; an Observer of its consumer.

    Raises BadSetting if the environment names a folder for metrics that cannot be written.
    """

    def __init__(self, settings: Settings) -> None:
        check_folder()
        self._name_prefix = name_prefix(settings)
        self._types = [reaction.key for reaction in settings.reactions]
        self._counts_clicks = settings.counts_from == "clicks"
        self._latency = Latency()
        self._metrics: Metrics | None = None
        self._creating_metrics = threading.Lock()
        self._swallow_errors = SwallowErrors()

    @property
    def metrics(self) -> Metrics:
        """The metrics of this process, created at the first use, which may raise OSError."""
        metrics = self._metrics
        if metrics is not None:
            return metrics
        with self._creating_metrics:
            if self._metrics is None:
                self._metrics = Metrics(self._types, name_prefix=self._name_prefix)
            return self._metrics

    @property
    def latency_summary(self) -> LatencySummary:
        """The latencies of the last minute; nothing if Flink counts the clicks."""
        return self._latency.last_minute if self._counts_clicks else NO_LATENCIES

    def on_start(self) -> None:
        """Replace the latencies: after a fork a lock of another thread would stay locked."""
        self._latency = Latency()

    def on_heartbeat(self, state: PublishedState) -> None:
        """Set the gauges, and compute the latencies of the last minute; see Observer."""
        self._latency.summarize()
        self.metrics.on_heartbeat(state)

    def on_counted(self, clicks: Sequence[Click]) -> None:
        """Record the latency of the clicks that this process had received; see Observer."""
        self.metrics.observe_latencies(self._latency.note_counted(clicks))

    def on_restart(self) -> None:
        """Count a reading of the log that ended; see Observer."""
        self.metrics.on_restart()

    def on_received(self, timestamps: Iterable[float], received: float) -> None:
        """Remember the timestamps of a request received at `received` (epoch seconds)."""
        self._latency.note_received(timestamps, received)

    def on_append(self, outcome: str, seconds: float) -> None:
        """Count the outcome of appending the clicks of a request; never fails."""
        with self._swallow_errors:
            self.metrics.on_append(outcome, seconds)

    def on_response(self, route: str, method: str, status: int) -> None:
        """Count a response; never fails."""
        with self._swallow_errors:
            self.metrics.on_response(route, method, status)
