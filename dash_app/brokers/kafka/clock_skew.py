"""How far the broker's clock is from this machine's, as the records of this process tell."""


class ClockSkew:
    """Compares the broker's time of a record with this machine's before and after it was written.

    Nothing else is certain: a record may be seen long after it was written, behind an open
    transaction or a slow replica. Threads share it without a lock; the newest number wins.
    """

    def __init__(self) -> None:
        self.seconds: float | None = None
        """How far ahead the broker's clock is at least; None: nobody knows."""

    def note(self, sent_at: float, record_time: float, acknowledged_at: float) -> None:
        """Take note of a record that was acknowledged; all times in epoch seconds.

        One that has kept the sender's own time (CreateTime) says nothing of the broker's clock.
        """
        if record_time == sent_at:
            return
        behind = min(0.0, record_time - sent_at)
        ahead = max(0.0, record_time - acknowledged_at)
        self.seconds = behind + ahead
