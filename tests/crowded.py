"""A log in which 32 types count among any number of hostile ones, and what is to be counted."""

from collections import Counter
from collections.abc import Iterator

from dash_app.counting.clicks import Identity
from dash_app.counting.counts import Counts
from tests.naive import MAX_TYPES, NOW, Entry, press, unreadable

KEYS = [f"{number:032}" for number in range(MAX_TYPES)]


def crowded_log(hostile: int) -> tuple[list[Entry], Counts]:
    """Return one partition with clicks of each of KEYS and of so many other types."""
    entries: list[Entry] = []
    clicks: Counter[str] = Counter()
    duplicates = 0
    for kind, seq, way in _presses(hostile):
        offset = len(entries)
        entries.append(press(offset, kind, at=NOW - 60, identity=Identity("phone", seq, 0)))
        clicks[kind] += way == "click"
        duplicates += way == "duplicate"
    entries.append(unreadable(len(entries), b"{", "not JSON"))
    reasons = {"too many types": hostile, "not JSON": 1} if hostile else {"not JSON": 1}
    return entries, Counts(dict(+clicks), duplicates, 0, reasons)


def _presses(hostile: int) -> Iterator[tuple[str, int, str]]:
    """Yield types, the numbers of their batches, and what becomes of them."""
    for seq, kind in enumerate(KEYS[:-1]):
        yield kind, seq, "click"
    # A repeat takes no place, whatever type it names.
    yield "late", len(KEYS) - 2, "duplicate"
    yield KEYS[-1], len(KEYS) - 1, "click"
    for number in range(hostile):
        seq = len(KEYS) + 2 * number
        yield f"hostile-{number}", seq, "surplus"
        if number % 3 == 0:
            # What is too many has marked its identity all the same.
            yield KEYS[number % MAX_TYPES], seq, "duplicate"
        elif number % 3 == 1:
            yield KEYS[number % MAX_TYPES], seq + 1, "click"
