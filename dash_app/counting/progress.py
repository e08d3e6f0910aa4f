"""How far a long reading of a log is, in one line every few seconds."""

EVERY_SECONDS = 10.0


class Progress:
    """Says how far a reading is, not more often than every EVERY_SECONDS; quick ones say nothing.

    All times are of the monotonic clock, in seconds.
    """

    def __init__(self, name: str, now: float) -> None:
        self._name = name
        self._began = now
        self._said = now

    def describe(self, done: int, total: int, now: float) -> str:
        """Return the line that is due, else nothing."""
        share = done / total if total else 1.0
        return self._describe(f"{done:,} of {total:,} records read ({share:.0%})", share, now)

    def describe_share(self, share: float, now: float) -> str:
        """Return the line that is due for a share from 0 to 1, else nothing."""
        return self._describe(f"{share:.0%} counted", share, now)

    def _describe(self, done: str, share: float, now: float) -> str:
        if now - self._said < EVERY_SECONDS:
            return ""
        self._said = now
        left = f", about {(now - self._began) * (1 / share - 1):,.0f} s more" if share > 0 else ""
        return f"{self._name}: {done}{left}"
