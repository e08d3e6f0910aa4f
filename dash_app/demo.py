"""A simulated crowd that taps through the public route: applause, lulls and a burst."""

import contextlib
import http.client
import itertools
import json
import logging
import random
import threading
import urllib.request
from collections.abc import Iterator
from typing import NamedTuple

log = logging.getLogger(__name__)

BEAT_SECONDS = 0.25


class Mood(NamedTuple):
    """How a crowd behaves for a while: length in seconds, clicks of each type per second."""

    seconds: float
    cheers: float
    hate: float


MOODS = (
    Mood(6, 8, 1),
    Mood(8, 25, 2),
    Mood(10, 2, 1),
    Mood(6, 5, 12),
    Mood(4, 90, 6),
    Mood(12, 6, 2),
    Mood(8, 0.5, 0.3),
    Mood(10, 15, 4),
)


@contextlib.contextmanager
def crowd(url: str) -> Iterator[None]:
    """Let a crowd tap at the site whose address with its prefix is `url`, while inside."""
    leaving = threading.Event()
    thread = threading.Thread(target=_tap, args=(url, leaving), name="clicks-crowd", daemon=True)
    thread.start()
    try:
        yield
    finally:
        leaving.set()
        thread.join(5)


def _tap(url: str, leaving: threading.Event) -> None:
    dice = random.Random()  # noqa: S311 - a crowd, not a key
    for mood in itertools.cycle(MOODS):
        for _ in range(int(mood.seconds / BEAT_SECONDS)):
            clicks = _beat(mood, dice)
            if clicks:
                _post(url, clicks)
            if leaving.wait(BEAT_SECONDS):
                return


def _beat(mood: Mood, dice: random.Random) -> list[dict[str, object]]:
    types = ["cheers"] * _round(mood.cheers * BEAT_SECONDS, dice)
    types += ["hate"] * _round(mood.hate * BEAT_SECONDS, dice)
    dice.shuffle(types)
    return [{"type": type_, "age_ms": dice.uniform(0, 1000 * BEAT_SECONDS)} for type_ in types]


def _round(expected: float, dice: random.Random) -> int:
    """Return a whole number of clicks that varies, and is `expected` on average."""
    varied = expected * dice.uniform(0.5, 1.5)
    return int(varied) + (dice.random() < varied % 1)


def _post(url: str, clicks: list[dict[str, object]]) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own http address
        f"{url}/kafka/click",
        data=json.dumps({"clicks": clicks}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310
    except (OSError, http.client.HTTPException) as error:
        log.debug("the crowd was not heard: %s", error)
