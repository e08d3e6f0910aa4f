"""Tells the metrics and the latencies of this process what happens in it."""

import threading
from collections.abc import Iterable, Sequence

from dash_app.consumer.latency import NO_LATENCIES, Latency, LatencySummary
from dash_app.consumer.observer import Guard
from dash_app.consumer.published_state import PublishedState
from dash_app.counting.clicks import Click
from dash_app.operations.metrics import Metrics
from dash_app.operations.metrics_folder import check_folder
from dash_app.settings import Settings


class Telemetry:
    """What this process measures of itself; an Observer of its consumer.

    Raises BadSetting where the environment names a folder for metrics that cannot be written.
    """

    def __init__(self, settings: Settings) -> None:
        check_folder()
        self._counts_clicks = settings.counts_from == "clicks"
        self._latency = Latency()
        self._metrics: Metrics | None = None
        self._creating_metrics = threading.Lock()
        self._guard = Guard()

    @property
    def metrics(self) -> Metrics:
        """The metrics of this process, created at the first use, which may raise OSError."""
        metrics = self._metrics
        if metrics is not None:
            return metrics
        with self._creating_metrics:
            if self._metrics is None:
                self._metrics = Metrics()
            return self._metrics

    @property
    def measured(self) -> LatencySummary:
        """How long clicks took in the last minute, where this process counts single clicks."""
        return self._latency.last_minute if self._counts_clicks else NO_LATENCIES

    def on_start(self) -> None:
        """Measure anew: a lock that another thread held at a fork stays locked for ever."""
        self._latency = Latency()

    def on_heartbeat(self, state: PublishedState) -> None:
        """Show the state in the metrics, and measure the last minute; see Observer."""
        self._latency.summarize()
        self.metrics.on_heartbeat(state)

    def on_counted(self, clicks: Sequence[Click]) -> None:
        """Measure those of the clicks that this process received; see Observer."""
        self.metrics.on_counted(self._latency.note_counted(clicks))

    def on_restart(self) -> None:
        """Count a reading that ended; see Observer."""
        self.metrics.on_restart()

    def on_received(self, timestamps: Iterable[float], received: float) -> None:
        """Note the clicks of a request that came at `received` (epoch seconds)."""
        self._latency.note_received(timestamps, received)

    def on_append(self, outcome: str, seconds: float) -> None:
        """Count what became of the clicks of a request; never fails."""
        with self._guard:
            self.metrics.on_append(outcome, seconds)

    def on_response(self, route: str, method: str, status: int) -> None:
        """Count a response; never fails."""
        with self._guard:
            self.metrics.on_response(route, method, status)
