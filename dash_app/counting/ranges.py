"""Ranges of time that can be counted: over or under way, and at most a day long."""

from dash_app.counting.zones import iso_time

LONGEST_SECONDS = 24 * 3600
"""A longer range is not counted."""


class BadRange(ValueError):
    """Nobody can count the range; the message says why, and what to ask for."""


def check_range(since: int, until: int | None, now: float) -> tuple[int, int]:
    """Return a range in whole epoch seconds whose end is not in the future.

    `until` is the second after the last; None: the range goes on at `now` (epoch s), so it ends
    with the second that is under way. Raises BadRange.
    """
    if until is not None and since >= until:
        raise BadRange(f"{_told(since)} is not before {_told(until)}: name the earlier time first")
    if since < 0:
        raise BadRange(f"{_told(since)} is before 1970, where no clicks are")
    if since > now:
        raise BadRange(f"{_told(since)} is in the future, where no clicks are")
    end = int(now) + 1 if until is None else min(until, int(now) + 1)
    if end - since > LONGEST_SECONDS:
        most = f"{LONGEST_SECONDS // 3600} h, the most that can be counted at once"
        bounds = f"{_told(since)} to {_told(end)}"
        raise BadRange(f"{bounds} is longer than {most}: name a shorter range")
    return since, end


def _told(second: int) -> str:
    try:
        return f"{iso_time(second)}Z"
    except (ValueError, OverflowError, OSError):
        return str(second)
