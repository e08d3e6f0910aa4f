"""The laboratory of a consumer: it shows the newest records and their fate, and may pause it."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from dash_app.counting.checkpoint import Checkpoint
from dash_app.counting.clicks import Identity
from dash_app.counting.decisions import Decision
from dash_app.counting.projection import Listener
from dash_app.counting.records import SHOWN_VALUE, Record, beginning, decode_identity
from dash_app.counting.snapshot import Snapshot

LOOK_SECONDS = 10.0
"""So long after somebody looked, records are noted; a page asks each second."""

SHOWN_RECORDS = 50

KNOWN_IDENTITIES = 10_000
"""Of so many clicks or more it is known at which offset they came first; of repeats before, not."""

PAUSE_SECONDS = 10.0


Places = dict[tuple[int, Identity], int]
"""At which offset of a partition an identity came first."""


class Seen(NamedTuple):
    """A record, what was decided about it, and when (epoch s, of this process).

    The record's value is no longer than it may be shown; `size` says how many bytes the whole
    record has (its key, value and values of headers, uncompressed). `first_offset` is where the
    click of a repeat stands that counts; None: it came before anybody looked. The record was there
    at `polled_at` and in the counts at `counted_at`, when there were `total` clicks of its type
    (None: it is no click).
    """

    partition: int
    record: Record
    size: int
    decision: Decision
    first_offset: int | None
    polled_at: float
    counted_at: float
    total: int | None


class Looked(NamedTuple):
    """What is to be seen: the newest records, newest first, and how much was read by then."""

    records: Sequence[Seen]
    read_records: int
    read_bytes: int


class Written(NamedTuple):
    """The offsets of the last checkpoint that was written, and when (epoch s)."""

    offsets: Mapping[int, int]
    at: float


class Lab:
    """Notes what a consumer reads while somebody looks, and pauses it; else it costs nothing.

    The consumer's thread notes, any thread looks and pauses.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._looked_until = float("-inf")
        self._paused_until = float("-inf")
        self._polled_at = 0.0
        self._polled: deque[tuple[int, Record, Decision, int | None]] = deque(maxlen=SHOWN_RECORDS)
        self._shown: deque[Seen] = deque(maxlen=SHOWN_RECORDS)
        self._places: Places = {}
        self._older_places: Places = {}
        self._looked = Looked((), 0, 0)
        self._read_records = self._read_bytes = 0
        self._log_id: str | None = None
        self._snapshot = Snapshot()
        self.checkpoint: Written | None = None

    def look(self) -> Looked:
        """Return the newest records; what comes in the next LOOK_SECONDS is noted, too."""
        self._looked_until = self._monotonic() + LOOK_SECONDS
        return self._looked

    def pause(self) -> None:
        """Let the consumer count nothing for PAUSE_SECONDS; one that is under way goes on as it is.

        So nobody who presses again and again holds it up for ever.
        """
        if not self.pause_left:
            self._paused_until = self._monotonic() + PAUSE_SECONDS

    @property
    def pause_left(self) -> float:
        """For how many seconds the consumer still pauses; 0: it counts."""
        return max(0.0, self._paused_until - self._monotonic())

    def begin(self, log_id: str) -> None:
        """Take note that a reading begins, perhaps of another log; what is counted is not new."""
        self._polled.clear()
        if log_id != self._log_id:
            self._forget()
        self._log_id = log_id

    def listener(self) -> Listener | None:
        """Return who is to hear of each record that was just polled; None: nobody looks."""
        if self._monotonic() >= self._looked_until:
            if self._looked.read_records:
                self._forget()
            return None
        self._polled_at = self._clock()
        return self._note

    def _forget(self) -> None:
        self._read_records = self._read_bytes = 0
        self._polled.clear()
        self._shown.clear()
        self._places, self._older_places = {}, {}
        self._looked = Looked((), 0, 0)

    def _note(self, partition: int, record: Record, decision: Decision) -> None:
        snapshot = self._snapshot
        if snapshot.log_id == self._log_id and record.offset < snapshot.as_of.get(
            str(partition), 0
        ):
            # After an error a reading begins before what it has counted already.
            return
        self._read_records += 1
        self._read_bytes += size_of(record)
        first = None
        identity = decode_identity(record.click_id)
        if identity is not None and decision.reason is None:
            key = partition, identity
            first = self._places.get(key, self._older_places.get(key))
            if first is None and not decision.is_repeat:
                self._places[key] = record.offset
            if len(self._places) >= KNOWN_IDENTITIES:
                self._places, self._older_places = {}, self._places
        self._polled.append((partition, record, decision, first))

    def on_published(self, snapshot: Snapshot) -> None:
        """Show what was noted since the last time, which is in this snapshot."""
        self._snapshot = snapshot
        if not self._polled:
            return
        now = self._clock()
        for partition, record, decision, first in self._polled:
            click, size = decision.click, size_of(record)
            total = None if click is None else snapshot.counts.clicks.get(click.type, 0)
            kept, times = _cut(record), (self._polled_at, now)
            self._shown.appendleft(Seen(partition, kept, size, decision, first, *times, total))
        self._polled.clear()
        self._looked = Looked(tuple(self._shown), self._read_records, self._read_bytes)

    def on_checkpoint(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        """Note that these checkpoints were written just now."""
        offsets = {number: checkpoint.offset for number, checkpoint in checkpoints.items()}
        self.checkpoint = Written(offsets, self._clock())


def _cut(record: Record) -> Record:
    value = record.value
    return record if value is None else record._replace(value=beginning(value, SHOWN_VALUE))


def size_of(record: Record) -> int:
    """Return how many bytes the record's key, value and headers' values have, uncompressed."""
    if record.outline is not None:
        return record.outline.size
    parts = record.key, record.value, record.click_id, record.person
    return sum(len(part) for part in parts if part is not None)
