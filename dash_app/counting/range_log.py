"""What of a log may hold the clicks of a range of time, and the plan where to read it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from dash_app.counting.records import Record


@dataclass(frozen=True)
class RangePart:
    """The records of one partition that are read for a range: from `start` to the one before `end`.

    The counts are whole from the record at `whole_from` on, or all (None). `is_final` means that
    no later record can hold a click of the range. `types` are those that are known to count there.
    """

    start: int
    end: int
    whole_from: int | None = None
    is_final: bool = False
    types: frozenset[str] = field(default=frozenset())


class RangeLog(AbstractContextManager["RangeLog"], Protocol):
    """What of a log may hold the clicks of a range, as it stood when it was opened.

    A context manager; reading it changes nothing. It was opened at the epoch second `opened_at`,
    before anybody asked where it ends. `written` maps a partition to the offset of the
    first record that was written in the range, and to that of the first one written later.
    """

    log_id: str
    name: str
    opened_at: float
    parts: Mapping[int, RangePart]
    written: Mapping[int, tuple[int, int]]

    def polls(self, partition: int, start: int) -> Iterator[Sequence[Record]]:
        """Return the records of a part from an offset on in their order, a few at a time.

        It gives an empty sequence whenever the log lets wait. Raises BrokerUnavailable and
        LogReplaced.
        """

    def check(self) -> None:
        """Raise LogReplaced if the log was replaced or changed while it was read."""


def plan_part(
    first: int,
    end: int,
    *,
    dedup_offsets: int,
    log_start: int,
    is_final: bool,
    types: frozenset[str] = frozenset(),
) -> RangePart:
    """Plan the reading of a range whose own records are from offset `first` to before `end`.

    The first record that the log holds is at `log_start`; 0: none was deleted. Clicks are missing
    unless it is older than the range, and repeats are not recognised where the two generations
    before the range are not all there.
    """
    horizon = max(0, (first // dedup_offsets - 1) * dedup_offsets)
    lacks_clicks = 0 < log_start == first
    lacks_memory = horizon < log_start and first < end
    whole_from = None
    if lacks_clicks or lacks_memory:
        # From here on the whole generation before each record is in memory.
        whole_from = (-(-log_start // dedup_offsets) + 1) * dedup_offsets
    start = min(max(log_start, horizon), end)
    return RangePart(start, end, whole_from, is_final, types)
