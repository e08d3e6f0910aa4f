"""A click, and the identity by which its repeats are recognised."""

from typing import NamedTuple

MAX_TYPES = 32
"""Of each partition so many types count: those whose first clicks come first in the log."""

MAX_INDEX = 499
MAX_SEQ = 2**53 - 1


class Click(NamedTuple):
    """One press: its type, which is the key of a reaction, and its time in epoch seconds."""

    type: str
    timestamp: float


class Identity(NamedTuple):
    """What a click and its repeats have in common: the sender, the batch and the index in it."""

    client: str
    seq: int
    index_in_batch: int
