"""Tallies that read logs of the naive model, and where they start after a restart."""

from collections.abc import Mapping, Sequence

from dash_app.counting import checkpoint
from dash_app.counting.checkpoint import FROM_THE_FIRST, Checkpoint, StartPosition, plan_start
from dash_app.counting.second_counts import KEPT_SECONDS
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.tally import Tally
from tests import naive
from tests.naive import NOW, Entry, Logs

TOPIC_ID = "2-tPVXSZTiGBAlrOgNhqpg"


def new_tally(
    logs: Logs, dedup_offsets: int, starts: Mapping[int, StartPosition] | None = None
) -> Tally:
    """Return a tally that begins each log at its start, or from the first record."""
    tally = Tally(TOPIC_ID, dedup_offsets, recent_capacity=1000)
    for number in logs:
        tally.begin(number, starts[number] if starts else FROM_THE_FIRST)
    return tally


def read(tally: Tally, number: int, entries: Sequence[Entry], first: int, end: int) -> None:
    """Apply the records of one partition with offsets in [first, end)."""
    tally.apply(number, [e.record for e in entries if first <= e.record.offset < end])


def read_all(logs: Logs, dedup_offsets: int) -> Snapshot:
    """Return the snapshot of a tally that has read all of the logs at once."""
    tally = new_tally(logs, dedup_offsets)
    for number, entries in logs.items():
        tally.apply(number, naive.records(entries))
    return tally.publish(NOW)


def plans(
    logs: Logs,
    checkpoints: Mapping[int, Checkpoint],
    dedup_offsets: int,
    log_starts: Mapping[int, int] | None = None,
    since: float = NOW - KEPT_SECONDS,
) -> dict[int, StartPosition]:
    """Decide where to start from checkpoints that went to the broker and came back."""
    return {
        number: plan_start(
            checkpoint.decode(checkpoints[number].offset, checkpoints[number].metadata()),
            topic_id=TOPIC_ID,
            dedup_offsets=dedup_offsets,
            log_start=log_starts[number] if log_starts else 0,
            log_end=end,
            oldest_bin_offset=oldest_bin_offset(logs[number], end, since),
        )
        for number, end in naive.ends(logs).items()
    }


def oldest_bin_offset(entries: Sequence[Entry], end: int, since: float = NOW - KEPT_SECONDS) -> int:
    return next((e.record.offset for e in entries if e.record.time >= since), end)
