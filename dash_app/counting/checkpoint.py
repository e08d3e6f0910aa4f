"""The checkpoint in a committed offset's metadata, and where counting starts from it."""

import sys
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from dash_app.counting.clicks import MAX_TYPES
from dash_app.counting.counts import Counts
from dash_app.counting.records import REASONS
from dash_app.settings.reactions import is_key

VERSION = 4
"""Changes whenever the rules of counting do: counts by other rules are counted anew."""

METADATA_LIMIT = 4096
"""Bytes that a broker accepts as metadata of a committed offset (offset.metadata.max.bytes)."""

LARGEST_COUNT = 2**53
"""No count is larger: a larger one is forged, and no browser could hold it."""

REPLAY_LIMIT = 500_000
"""At most so many records before the checkpoint are read again; twice the largest D."""

TALK_REPLAY_LIMIT = 5_000_000
"""The limit while a talk runs that began earlier than what is drawn: its clicks are counted."""


class ReadAgain(NamedTuple):
    """What a reading counts again for its bins: records since a time, up to a number of them.

    `since` is in whole epoch seconds, `limit` the most records before the checkpoint.
    """

    since: int
    limit: int = REPLAY_LIMIT


@dataclass(frozen=True)
class Checkpoint:
    """A true statement about a prefix of a partition: all records before `offset` gave `counts`.

    `incomplete` means that the broker had deleted some of them before anyone counted them.
    """

    offset: int
    topic_id: str
    dedup_offsets: int
    counts: Counts
    incomplete: bool = False

    def metadata(self) -> str:
        """Return the metadata to commit with the offset."""
        return orjson.dumps(
            {
                "v": VERSION,
                "topic_id": self.topic_id,
                "D": self.dedup_offsets,
                "totals": self.counts.clicks,
                "duplicates": self.counts.duplicates,
                "untimely": self.counts.out_of_window,
                "unreadable": self.counts.unreadable,
                "incomplete": self.incomplete,
            }
        ).decode()


def decode(offset: int, metadata: str) -> Checkpoint | None:
    """Return the checkpoint in a committed offset and its metadata; None: they hold none."""
    try:
        fields = orjson.loads(metadata)
        if require_count(fields["v"]) != VERSION:
            return None
        counts = Counts(
            clicks=require_clicks(fields["totals"]),
            duplicates=require_count(fields["duplicates"]),
            out_of_window=require_count(fields["untimely"]),
            unreadable={
                REASONS[REASONS.index(reason)]: require_count(n)
                for reason, n in fields["unreadable"].items()
            },
        )
        require_possible(counts, offset)
        incomplete = fields.get("incomplete") is True
        return Checkpoint(
            offset, str(fields["topic_id"]), require_count(fields["D"]), counts, incomplete
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def require_count(value: Any) -> int:
    """Return the value, which must be a possible count or offset. Raises ValueError."""
    if type(value) is not int or not 0 <= value <= LARGEST_COUNT:
        raise ValueError(f"{value!r} is not a count")
    return value


def require_clicks(value: Any) -> dict[str, int]:
    """Return the value, which must map types to counts. Raises ValueError and AttributeError."""
    clicks = {sys.intern(kind): require_count(n) for kind, n in value.items() if is_key(kind)}
    if len(clicks) < len(value) or len(clicks) > MAX_TYPES:
        raise ValueError(f"{value!r} are no counts of types")
    return clicks


def require_possible(counts: Counts, offset: int) -> None:
    """Raise ValueError if a partition cannot hold so much before `offset`: each has one fate."""
    clicks = sum(counts.clicks.values())
    records = clicks + counts.duplicates + sum(counts.unreadable.values())
    if records > offset or counts.out_of_window > clicks:
        raise ValueError(f"{records} records, {counts.out_of_window} untimely, before {offset}")


@dataclass(frozen=True)
class StartPosition:
    """Where the reading of one partition starts, and the counts before it.

    Records in [read_from, count_from) feed memory, ring and bins; from `count_from` on they also
    feed the totals. The bins are whole from the record at `whole_from` on, or all (None).
    `incomplete` means that the broker had deleted records before anyone counted them, `unique`
    that the log never holds an identity twice. `note` says in words where counting starts.
    """

    read_from: int
    count_from: int
    counts: Counts
    whole_from: int | None
    incomplete: bool
    note: str
    unique: bool = False


FROM_THE_FIRST = StartPosition(0, 0, Counts(), None, incomplete=False, note="from the first record")


def plan_start(
    checkpoint: Checkpoint | None,
    *,
    topic_id: str,
    dedup_offsets: int,
    log_start: int,
    log_end: int,
    oldest_bin_offset: int | None,
    replay_limit: int = REPLAY_LIMIT,
) -> StartPosition:
    """Decide where the reading of a partition starts.

    Offsets: `log_start` is that of the first record, `log_end` that of the next to be appended,
    `oldest_bin_offset` that of the first record that can still fill a bin; None: nobody knows, and
    no more is read again than memory needs.
    """
    reason = _why_invalid(checkpoint, topic_id, dedup_offsets, log_start, log_end)
    # While the log holds a record older than the oldest bin, none that fills a bin was deleted.
    is_old = oldest_bin_offset is not None and oldest_bin_offset > log_start
    whole_from = None if log_start == 0 or is_old else log_start
    if checkpoint is None or reason:
        note = f"counting from the log's start, offset {log_start}: {reason}"
        return StartPosition(log_start, log_start, Counts(), whole_from, log_start > 0, note)
    # A repeat is recognised if its own generation and the one before it are in memory.
    first_used = (
        checkpoint.offset
        if oldest_bin_offset is None
        else min(oldest_bin_offset, checkpoint.offset)
    )
    horizon = (first_used // dedup_offsets - 1) * dedup_offsets
    read_from = max(log_start, horizon, checkpoint.offset - replay_limit)
    if read_from > max(log_start, horizon) or (oldest_bin_offset is None and read_from > log_start):
        # From here on the whole generation before each record is in memory.
        whole_from = (-(-read_from // dedup_offsets) + 1) * dedup_offsets
    return StartPosition(
        read_from,
        checkpoint.offset,
        checkpoint.counts,
        whole_from,
        incomplete=checkpoint.incomplete,
        note=f"continuing at offset {checkpoint.offset}, reading again from {read_from}",
    )


def _why_invalid(
    checkpoint: Checkpoint | None, topic_id: str, dedup_offsets: int, log_start: int, log_end: int
) -> str:
    if checkpoint is None:
        return f"there is no checkpoint of version {VERSION}"
    if checkpoint.topic_id != topic_id:
        return f"the checkpoint is of topic id {checkpoint.topic_id}, not {topic_id}"
    if checkpoint.dedup_offsets != dedup_offsets:
        return f"the checkpoint is for D = {checkpoint.dedup_offsets}, not {dedup_offsets}"
    if not log_start <= checkpoint.offset <= log_end:
        return f"the checkpoint at offset {checkpoint.offset} lies outside {log_start}..{log_end}"
    return ""
