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

    `knows_repeats` says whether the counts know until when they recognise repeats; live ones do.
    `problem` says why the broker does not answer (empty: it answers), `warnings` which settings of
    the log break a promise. `ends` says where the partitions ended a second ago or earlier, and
    `lag` how many records of each are still unread (empty: unknown). `log_id` names the log as soon
    as a reading is open, before anything of it is counted (None: no reading was open yet). One
    thread writes; any thread may read, without a lock.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.state = CONNECTING
        self.knows_repeats = False
        self.snapshot = Snapshot()
        self.projection: Projection | None = None
        self.log_id: str | None = None
        self.problem = ""
        self.warnings: Sequence[str] = ()
        self.lag: Mapping[int, int] = {}
        self.ends: Mapping[int, int] = {}

    def enter(self, state: str, problem: str = "", *, knows_repeats: bool | None = None) -> None:
        """Change the state; unless said otherwise only live counts know of repeats."""
        self.state, self.problem = state, problem
        self.knows_repeats = state == LIVE if knows_repeats is None else knows_repeats

    def publish(
        self, projection: Projection, *, caught_up: bool, only_forward: bool = False
    ) -> None:
        """Show readers what a reading has counted.

        A restarted reading of the log that is already shown replaces it only once it has caught
        up, so that no reader sees counts go back; if it should go `only_forward`, it also has to
        be as far as what is shown, in each partition.
        """
        snapshot = projection.publish(self._clock())
        is_shown = projection is self.projection or snapshot.log_id != self.snapshot.log_id
        is_far = not only_forward or all(
            snapshot.as_of.get(partition, 0) >= offset
            for partition, offset in self.snapshot.as_of.items()
        )
        if is_shown or (caught_up and is_far):
            self.projection, self.snapshot = projection, snapshot
