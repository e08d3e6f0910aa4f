"""A click, and the identity by which its repeats are recognised."""

from typing import NamedTuple

CHEERS = "cheers"
HATE = "hate"

MAX_INDEX = 499
MAX_SEQ = 2**53 - 1


class Click(NamedTuple):
    """One press: its type (CHEERS or HATE) and its time in seconds since the epoch."""

    type: str
    timestamp: float


class Identity(NamedTuple):
    """What a click and its repeats have in common: the sender, the batch and the index in it."""

    client: str
    seq: int
    index_in_batch: int
