"""A simulated crowd that taps through the public route: applause, lulls and a burst."""

import contextlib
import http.client
import itertools
import json
import logging
import random
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

logger = logging.getLogger(__name__)

BATCH_SECONDS = 0.25
"""The crowd sends its taps in a batch each time."""

PHONES = 40
"""Each batch is that of one of so many phones."""

STOP_SECONDS = 5


class Mood(NamedTuple):
    """How a crowd behaves for a while: length in seconds, clicks per second of two reactions."""

    seconds: float
    first: float
    second: float


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
def crowd(url: str, keys: Sequence[str]) -> Iterator[None]:
    """Have a crowd tap inside the block.

    `url` is the address of the site with its prefix, `keys` are those of its reactions.
    """
    stopping = threading.Event()
    arguments = url, keys, stopping
    thread = threading.Thread(target=_tap, args=arguments, name="clicks-crowd", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(STOP_SECONDS)


def _tap(url: str, keys: Sequence[str], stopping: threading.Event) -> None:
    rng = random.Random()  # noqa: S311 - a crowd, not a key
    phones, seqs = [secrets.token_hex(8) for _ in range(PHONES)], itertools.count(1)
    for turn, mood in enumerate(itertools.cycle(MOODS)):
        for _ in range(int(mood.seconds / BATCH_SECONDS)):
            clicks = batch(rates(mood, keys, turn), rng)
            if clicks:
                phone = {"client": rng.choice(phones), "seq": next(seqs)}
                _post(url, {**phone, "clicks": clicks})
            if stopping.wait(BATCH_SECONDS):
                return


def rates(mood: Mood, keys: Sequence[str], turn: int) -> dict[str, float]:
    """Return the clicks per second of each reaction; of more than two another leads each turn."""
    if len(keys) == 2:
        return {keys[0]: mood.first, keys[1]: mood.second}
    least, most = sorted((mood.first, mood.second))
    return {key: most if place == turn % len(keys) else least for place, key in enumerate(keys)}


def batch(per_second: Mapping[str, float], rng: random.Random) -> list[dict[str, object]]:
    """Return the clicks of a crowd in BATCH_SECONDS, in the form of the click route."""
    types = [
        key for key, rate in per_second.items() for _ in range(_round(rate * BATCH_SECONDS, rng))
    ]
    rng.shuffle(types)
    return [{"type": type_, "age_ms": rng.uniform(0, 1000 * BATCH_SECONDS)} for type_ in types]


def _round(expected: float, rng: random.Random) -> int:
    """Return a whole number of clicks that varies, and is `expected` on average."""
    varied = expected * rng.uniform(0.5, 1.5)
    return int(varied) + (rng.random() < varied % 1)


def _post(url: str, batch: dict[str, object]) -> None:
    site = urlsplit(url)
    # Not urllib, which would ask the proxy of the environment for this machine's own address.
    connection = http.client.HTTPConnection(site.netloc, timeout=5)
    try:
        body = json.dumps(batch)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", f"{site.path}/kafka/click", body, headers)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException) as error:
        logger.debug("the crowd's clicks were not accepted: %s", error)
    finally:
        connection.close()
