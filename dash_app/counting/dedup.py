"""The memory that recognises repeats: bounded, and a function of the log alone."""

import math

from dash_app.counting.clicks import Identity
from dash_app.counting.second_counts import is_usable

Generation = dict[str, dict[int, int]]
"""For each client and seq a bit mask of the indexes that occurred."""


class Dedup:
    """Remembers the identities of one partition of the log for two generations of offsets.

    The record at offset o repeats an earlier one iff its identity occurred at an offset of at
    least (floor(o / D) - 1) * D. Generations turn at absolute multiples of D, so that every
    process, however late it starts, decides alike.
    """

    def __init__(self, dedup_offsets: int, *, from_the_first: bool = True) -> None:
        self._dedup_offsets = dedup_offsets
        self._from_the_first = from_the_first
        self._generation = 0
        self._next_offset = 0
        self._latest_time = float("-inf")
        self._current: Generation = {}
        self._previous: Generation = {}
        self._current_since: float | None = None
        self._previous_since: float | None = None

    def advance(self, offset: int, record_time: float) -> None:
        """Move to the record at `offset`, whose Kafka time is `record_time` (epoch seconds).

        Call it for every record, in the order of their offsets, with an identity or without.
        """
        generation = offset // self._dedup_offsets
        if generation != self._generation:
            is_next = generation == self._generation + 1
            self._previous = self._current if is_next else {}
            self._previous_since = self._current_since if is_next else None
            self._current, self._current_since = {}, None
            self._generation = generation
        self._next_offset = offset + 1
        # A producer can date a record too early, which would promise too long a memory.
        self._latest_time = max(self._latest_time, record_time)
        if self._current_since is None:
            self._current_since = self._latest_time if is_usable(record_time) else math.inf

    def is_repeat(self, identity: Identity) -> bool:
        """Remember the identity of the current record; return whether it was known already."""
        client, seq, index_in_batch = identity
        bit = 1 << index_in_batch
        seqs = self._current.get(client)
        if seqs is None:
            seqs = self._current[client] = {}
        indexes = seqs.get(seq, 0)
        seqs[seq] = indexes | bit
        return bool((indexes | self._previous.get(client, {}).get(seq, 0)) & bit)

    @property
    def remembers_since(self) -> float | None:
        """The Kafka time (epoch s) of the oldest record in memory; None: it forgot nothing.

        It is infinite if that record has no time, so that nobody can say how old it is.
        It forgets nothing in the first two generations of a log that is read from offset 0.
        """
        if self._generation <= 1 and self._from_the_first:
            return None
        return self._current_since if self._previous_since is None else self._previous_since

    @property
    def repeatable_since(self) -> float | None:
        """The Kafka time (epoch s) of the oldest record that stays in memory; None: all do.

        When a generation turns, a whole one is forgotten at once. So the previous generation is
        left out as soon as the current one is half full: a repeat that is sent now comes later.
        """
        half_later = (2 * self._next_offset + self._dedup_offsets) // (2 * self._dedup_offsets)
        if half_later <= max(self._generation, 1):
            return self.remembers_since
        return self._current_since
