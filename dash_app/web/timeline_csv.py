"""The bins of a window as CSV."""

from collections.abc import Iterator
from datetime import UTC, datetime

from dash_app.counting.snapshot import Snapshot
from dash_app.counting.windows import WINDOWS, bins, start_of_window


def csv_lines(snapshot: Snapshot, window: int, now: float) -> Iterator[str]:
    """Return the window's bins as lines of CSV.

    The cells contain only numbers and times, so that no spreadsheet takes one for a formula.
    """
    width, first = WINDOWS[window], start_of_window(now, window)
    complete_from = snapshot.complete_since or 0
    cheers_bins = bins(snapshot.cheers_by_second, first, window)
    hate_bins = bins(snapshot.hate_by_second, first, window)
    yield "start,seconds,cheers,hate,share_of_cheers,complete\r\n"
    for index, (cheers, hate) in enumerate(zip(cheers_bins, hate_bins, strict=True)):
        start = first + index * width
        share = f"{cheers / (cheers + hate):.4f}" if cheers + hate else ""
        complete = "yes" if start >= complete_from and start + width <= now else "no"
        time = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        yield f"{time},{width},{cheers},{hate},{share},{complete}\r\n"
