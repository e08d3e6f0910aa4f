"""What a check of the machine or of a log found, for the command `doctor`."""

from typing import Literal, NamedTuple


class Finding(NamedTuple):
    """One line: what was looked at and what came out, with the way out if it is wrong.

    A "note" may be as it should be; with "bad" something does not work.
    """

    grade: Literal["ok", "note", "bad"]
    subject: str
    sentence: str
