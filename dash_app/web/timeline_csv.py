"""The bins of a window as CSV."""

from collections.abc import Iterator
from datetime import UTC, datetime

from dash_app.counting.snapshot import Snapshot
from dash_app.counting.windows import WINDOWS, start_of_window
from dash_app.web.csv_cells import key_column
from dash_app.web.talk_fields import Shown

OTHER_COLUMNS = ("start", "seconds", "complete")


def csv_lines(snapshot: Snapshot, window: int, now: float, shown: Shown) -> Iterator[str]:
    """Return the window's bins as lines of CSV, with a column for each reaction, or for their sum.

    The cells contain only numbers, times and keys, so that no spreadsheet takes one for a formula.
    """
    width, first = WINDOWS[window], start_of_window(now, window)
    complete_from = snapshot.complete_since or 0
    columns = shown.bins(snapshot, first, window)
    share_of = f"share_of_{next(iter(columns))}"
    names = ",".join(key_column(key, {*OTHER_COLUMNS, share_of}) for key in columns)
    yield f"start,seconds,{names},{share_of},complete\r\n"
    for index, counts in enumerate(zip(*columns.values(), strict=True)):
        start = first + index * width
        share = f"{counts[0] / sum(counts):.4f}" if any(counts) else ""
        complete = "yes" if start >= complete_from and start + width <= now else "no"
        time = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        yield f"{time},{width},{','.join(map(str, counts))},{share},{complete}\r\n"
