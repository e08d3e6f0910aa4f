"""What the log of some settings holds in a range of time, read to its end."""

from dash_app.brokers.selection import open_range
from dash_app.counting.archive import RangeCounting
from dash_app.counting.range_count import RangeCount
from dash_app.settings import Settings

LIMIT = 5_000_000


def count(settings: Settings, since: int, until: int, limit: int = LIMIT) -> RangeCount:
    with open_range(settings, since, until) as log:
        counting = RangeCounting(log, since, until, settings.dedup_offsets, limit)
        assert [*counting][-1] == 1.0
        return counting.result
