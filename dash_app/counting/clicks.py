"""A click, and the identity that makes it itself over retries."""

from typing import NamedTuple

CHEERS = "cheers"
HATE = "hate"

MAX_PLACE = 499
MAX_SEQ = 2**53 - 1


class Click(NamedTuple):
    """One press: its type (CHEERS or HATE) and its time in seconds since the epoch."""

    type: str
    timestamp: float


class Identity(NamedTuple):
    """What makes a click itself over retries: the sender, its batch and the index in the batch.

    The index is called `place` here: `index` is a method of every tuple.
    """

    client: str
    seq: int
    place: int
