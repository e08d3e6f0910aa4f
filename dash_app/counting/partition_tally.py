"""The counts of one partition: what was decided about each of its records, added up."""

from collections import Counter

from dash_app.counting.checkpoint import StartPosition
from dash_app.counting.counts import Counts
from dash_app.counting.decisions import Decider, Decision
from dash_app.counting.dedup import Dedup
from dash_app.counting.records import Record
from dash_app.counting.second_counts import is_usable


class PartitionTally:
    """Counts the records of one partition, which are applied in their order from a start on."""

    def __init__(self, start: StartPosition, dedup_offsets: int) -> None:
        self.incomplete = start.incomplete
        self._count_from = start.count_from
        self._next_offset = start.read_from
        self._dedup = Dedup(dedup_offsets, from_the_first=start.read_from == 0)
        self._unique = start.unique
        self._from_the_first = start.read_from == 0
        self._empty_since: float | None = None
        self._whole_from = start.whole_from
        self._complete_since: float | None = None
        self._by_type = dict(start.counts.clicks)
        self._decide = Decider(self._dedup, self._by_type).decide
        self._duplicates = start.counts.duplicates
        self._out_of_window = start.counts.out_of_window
        self._unreadable = Counter(start.counts.unreadable)

    def apply(self, record: Record) -> Decision:
        """Count the next record; return what was decided about it."""
        self._next_offset = record.offset + 1
        whole_from = self._whole_from
        if whole_from is not None and record.offset >= whole_from and is_usable(record.time):
            self._whole_from, self._complete_since = None, record.time
        decision = self._decide(record)
        if record.offset < self._count_from:
            return decision
        click, at, reason = decision
        if click is not None:
            self._by_type[click.type] = self._by_type.get(click.type, 0) + 1
            self._out_of_window += at is None
        elif reason is None:
            self._duplicates += 1
        else:
            self._unreadable[reason] += 1
        return decision

    def counts(self) -> Counts:
        """Return the counts of all records before `counted_to`."""
        return Counts(
            self._by_type.copy(), self._duplicates, self._out_of_window, self._unreadable.copy()
        )

    @property
    def counted_to(self) -> int:
        """The next offset to count."""
        return max(self._next_offset, self._count_from)

    @property
    def remembers_since(self) -> float | None:
        """The Kafka time since which repeats are recognised (epoch s); None: without a limit."""
        return None if self._unique else self._dedup.remembers_since

    def repeatable_since(self, now: float) -> float | None:
        """Return since when a record may have been written to be recognised if it comes again now.

        Epoch seconds; None: at any time. Where the head of the log is gone and nothing was read,
        it is the first `now` that was asked for.
        """
        if self._unique:
            return None
        since = self._dedup.repeatable_since
        if since is None and not self._from_the_first:
            self._empty_since = since = now if self._empty_since is None else self._empty_since
        return since

    def complete_since(self, now: float) -> float | None:
        """Return since when the bins are whole (epoch s); None: all are; `now`: none is yet."""
        is_behind = self._next_offset < self._count_from
        return now if is_behind or self._whole_from is not None else self._complete_since
