"""What a check of the machine or of a log found, for the command `doctor`."""

import time
from typing import Literal, NamedTuple

from dash_app.brokers import LARGEST_SKEW_SECONDS


class Finding(NamedTuple):
    """One line: what was looked at and what came out, with the way out if it is wrong.

    A "note" may be as it should be; with "bad" something does not work.
    """

    grade: Literal["ok", "note", "bad"]
    subject: str
    sentence: str


def check_newest(subject: str, received: float, record: str, cause: str) -> Finding:
    """Compare the newest record of a log, received at an epoch second, with this machine's clock.

    `record` says in words what is looked at, `cause` why it may be ahead and what to do.
    """
    ahead = received - time.time()
    if ahead < LARGEST_SKEW_SECONDS:
        return Finding("ok", subject, f"no {record} is from the future")
    sentence = f"the newest {record} is from {ahead:,.0f} s in the future: {cause}"
    return Finding("bad", subject, sentence)
