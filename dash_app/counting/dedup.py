"""Has this identity been seen? Bounded, and decided by the log alone."""

from dash_app.counting.clicks import Identity

Generation = dict[str, dict[int, int]]
"""For each client and seq the indexes that were seen, one bit each."""


class Dedup:
    """The identities of one partition of the log, remembered in two generations of offsets.

    The record at offset o repeats an earlier one iff its identity was seen at an offset of at
    least (floor(o / D) - 1) * D. Generations turn at absolute multiples of D, so that every
    process, however late it starts, decides alike.
    """

    def __init__(self, dedup_offsets: int, *, from_the_first: bool = True) -> None:
        self._width = dedup_offsets
        self._from_the_first = from_the_first
        self._number = 0
        self._latest = float("-inf")
        self._current: Generation = {}
        self._previous: Generation = {}
        self._current_since: float | None = None
        self._previous_since: float | None = None

    def advance(self, offset: int, record_time: float) -> None:
        """Go on to the record at `offset`, whose Kafka time is `record_time` (epoch seconds).

        To be called for every record, in the order of their offsets, with an identity or without.
        """
        number = offset // self._width
        if number != self._number:
            follows = number == self._number + 1
            self._previous = self._current if follows else {}
            self._previous_since = self._current_since if follows else None
            self._current, self._current_since = {}, None
            self._number = number
        # The latest so far: a record that is said to be older would promise too long a memory.
        self._latest = max(self._latest, record_time)
        if self._current_since is None:
            self._current_since = self._latest

    def is_repeat(self, identity: Identity) -> bool:
        """Remember the identity of the record advanced to, and say whether it was known already."""
        client, seq, place = identity
        bit = 1 << place
        seqs = self._current.get(client)
        if seqs is None:
            seqs = self._current[client] = {}
        seen = seqs.get(seq, 0)
        seqs[seq] = seen | bit
        return bool((seen | self._previous.get(client, {}).get(seq, 0)) & bit)

    @property
    def remembers_since(self) -> float | None:
        """Kafka time (epoch seconds) of the oldest record remembered; None: nothing was forgotten.

        Nothing is forgotten in the first two generations of a log that is read from offset 0.
        """
        if self._number <= 1 and self._from_the_first:
            return None
        return self._current_since if self._previous_since is None else self._previous_since
