"""The windows of the timeline: the one place that names them for Python, pages and scripts.

Another window is another entry here. `ops/nginx.conf` names the queries as well, since it must
not pass on unlimited requests for windows that do not exist: a test compares the two.
"""

from collections.abc import Mapping

WINDOWS = {120: 2, 900: 15, 3600: 60}
"""The width of a bin in each window, both in seconds, in the order of the dashboard's buttons."""

DEFAULT_WINDOW = next(iter(WINDOWS))
"""The window of a page or a request that names none, in seconds: the first one."""

BINS_PER_WINDOW = 60
"""The number of bins in every window; the newest of them is unfinished."""


def start_of_window(now: float, window: int) -> int:
    """Return the epoch second at which the first of the window's bins starts."""
    width = WINDOWS[window]
    return int(now // width) * width - (BINS_PER_WINDOW - 1) * width


def bins(counts: Mapping[int, int], start: int, window: int) -> list[int]:
    """Return the clicks in each of the window's bins; `counts` are by second, `start` is one."""
    width = WINDOWS[window]
    count = counts.get
    return [
        sum(count(second, 0) for second in range(first, first + width))
        for first in range(start, start + BINS_PER_WINDOW * width, width)
    ]
