"""The bins of a window as CSV."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from dash_app.counting.second_counts import KEPT_SECONDS
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.windows import WINDOWS, bins, start_of_window


class Zero(NamedTuple):
    """An epoch second, and how many cheers and hate the log held then; None: not known."""

    second: int = 0
    cheers: int | None = None
    hate: int | None = None


def csv_lines(
    snapshot: Snapshot, window: int, now: float, *, start: int | None, zero: Zero
) -> Iterator[str]:
    """Return the window's bins as lines of CSV, from `start` on (epoch s; None: the newest 60).

    What was counted before zero, and bins no longer kept, are left out. Nothing but numbers
    and times is in it, so that no spreadsheet takes a cell for a formula.
    """
    width = WINDOWS[window]
    first = start_of_window(now, window) if start is None else start // width * width
    whole_from = snapshot.complete_since or 0
    total, at = snapshot.counts, zero.second
    cheers_bins = _since(at, zero.cheers, total.cheers, snapshot.cheers_by_second, first, window)
    hate_bins = _since(at, zero.hate, total.hate, snapshot.hate_by_second, first, window)
    yield "start,seconds,cheers,hate,share_of_cheers,complete\r\n"
    for place, (cheers, hate) in enumerate(zip(cheers_bins, hate_bins, strict=True)):
        began = first + place * width
        ended = began + width
        if ended <= zero.second or began < now - KEPT_SECONDS or began > now:
            continue
        share = f"{cheers / (cheers + hate):.4f}" if cheers + hate else ""
        is_whole = ended <= now and began >= max(whole_from, zero.second)
        complete = "yes" if is_whole else "no"
        time = datetime.fromtimestamp(began, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        yield f"{time},{width},{cheers},{hate},{share},{complete}\r\n"


def _since(
    zero: int, before: int | None, total: int, by_second: Mapping[int, int], first: int, window: int
) -> list[int]:
    """Return the bins; of that in which zero falls what came since and is in no later bin."""
    counts, width = bins(by_second, first, window), WINDOWS[window]
    place = (zero - first) // width
    if before is not None and 0 <= place < len(counts):
        ended = first + (place + 1) * width
        later = sum(clicks for second, clicks in by_second.items() if second >= ended)
        counts[place] = min(counts[place], max(0, total - before - later))
    return counts
