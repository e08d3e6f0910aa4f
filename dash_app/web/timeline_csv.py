"""The bins of a window as CSV."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from dash_app.counting.second_counts import KEPT_SECONDS
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.windows import WINDOWS, bins, start_of_window


class Baseline(NamedTuple):
    """The epoch second from which a screen counts, and the totals then; None: unknown."""

    second: int = 0
    cheers: int | None = None
    hate: int | None = None


def csv_lines(
    snapshot: Snapshot, window: int, now: float, *, start: int | None, baseline: Baseline
) -> Iterator[str]:
    """Return the window's bins as lines of CSV, from `start` on (epoch s; None: the newest 60).

    Clicks before the baseline and bins older than the widest window are left out. The cells contain
    only numbers and times, so that no spreadsheet takes one for a formula.
    """
    width = WINDOWS[window]
    first = start_of_window(now, window) if start is None else start // width * width
    complete_from = snapshot.complete_since or 0
    totals = snapshot.counts
    cheers_bins = _bins_since(
        baseline.second, baseline.cheers, totals.cheers, snapshot.cheers_by_second, first, window
    )
    hate_bins = _bins_since(
        baseline.second, baseline.hate, totals.hate, snapshot.hate_by_second, first, window
    )
    yield "start,seconds,cheers,hate,share_of_cheers,complete\r\n"
    for index, (cheers, hate) in enumerate(zip(cheers_bins, hate_bins, strict=True)):
        start_of_bin = first + index * width
        end = start_of_bin + width
        if end <= baseline.second or start_of_bin < now - KEPT_SECONDS or start_of_bin > now:
            continue
        share = f"{cheers / (cheers + hate):.4f}" if cheers + hate else ""
        is_complete = end <= now and start_of_bin >= max(complete_from, baseline.second)
        complete = "yes" if is_complete else "no"
        time = datetime.fromtimestamp(start_of_bin, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        yield f"{time},{width},{cheers},{hate},{share},{complete}\r\n"


def _bins_since(
    baseline: int,
    total_at_baseline: int | None,
    total: int,
    by_second: Mapping[int, int],
    first: int,
    window: int,
) -> list[int]:
    """Return the bins; the one that holds `baseline` keeps only the clicks after it."""
    counts, width = bins(by_second, first, window), WINDOWS[window]
    index = (baseline - first) // width
    if total_at_baseline is not None and 0 <= index < len(counts):
        end = first + (index + 1) * width
        later = sum(clicks for second, clicks in by_second.items() if second >= end)
        counts[index] = min(counts[index], max(0, total - total_at_baseline - later))
    return counts
