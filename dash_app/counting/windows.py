"""The windows of the timeline: the one place that names them for Python, pages and scripts.

Another window is another entry here. `ops/nginx.conf` names the queries as well, since it must
not pass on unlimited requests for windows that do not exist: a test compares the two.
"""

WINDOWS = {120: 2, 900: 15, 3600: 60}
"""The width of a bin in each window, both in seconds, in the order of the dashboard's buttons."""

DEFAULT_WINDOW = next(iter(WINDOWS))
"""The window of a page or a request that names none, in seconds: the first one."""

BINS_PER_WINDOW = 60
"""The number of bins in every window; the newest of them is unfinished."""
