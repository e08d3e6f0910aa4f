"""What readers see of the counting: its state, and the counts of the furthest reading."""

from collections.abc import Callable, Mapping, Sequence

from dash_app.counting.projection import Projection
from dash_app.counting.snapshot import Snapshot

CONNECTING = "connecting"
CATCHING_UP = "catching up"
LIVE = "live"
RECONNECTING = "reconnecting"
DISABLED = "disabled"
STATES = (CONNECTING, CATCHING_UP, LIVE, RECONNECTING, DISABLED)


class PublishedState:
    """The state of the counting, and the newest counts that readers may see.

    `problem` says why the broker does not answer (empty: it answers), `warnings` which settings of
    the log break a promise, and `lag` how many records of each partition are still unread (empty:
    unknown). `log_id` names the log as soon as a reading is open, before anything of it is counted
    (None: no reading was open yet). One thread writes; any thread may read, without a lock.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.state = CONNECTING
        self.snapshot = Snapshot()
        self.projection: Projection | None = None
        self.log_id: str | None = None
        self.problem = ""
        self.warnings: Sequence[str] = ()
        self.lag: Mapping[int, int] = {}

    def publish(self, projection: Projection, *, caught_up: bool) -> None:
        """Show readers what a reading has counted.

        A restarted reading of the log that is already shown replaces it only once it has caught
        up, so that no reader sees counts go back.
        """
        snapshot = projection.publish(self._clock())
        is_shown = projection is self.projection
        if caught_up or is_shown or snapshot.log_id != self.snapshot.log_id:
            self.projection, self.snapshot = projection, snapshot
