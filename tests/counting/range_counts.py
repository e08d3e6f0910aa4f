"""Counts of ranges that nobody had to read from a log, and the report that pages are tried with."""

import random
from typing import Any

from dash_app.counting.range_count import RangeCount
from dash_app.counting.report import Report, build_report
from dash_app.counting.talk_values import Mark, Start
from dash_app.settings.reactions import SEED, Reaction
from tests.counting.talk_model import known_talk

START = 1_800_000_000
LENGTH = 300


def range_count(since: int = START, until: int = START + LENGTH, **changes: Any) -> RangeCount:
    """Return the count of a range without clicks, `changes` laid over it."""
    fields: dict[str, Any] = {
        "log_id": "2-tPVXSZTiGBAlrOgNhqpg",
        "since": since,
        "until": until,
        "by_second": {},
        "people": 0,
        "more_people": False,
        "median": None,
        "most": None,
        "records": 0,
        "duplicates": 0,
        "unreadable": {},
        "whole": True,
        "whole_from": None,
        "why": None,
        "is_final": True,
        "as_of": {0: 0},
        "counted_at": until,
    }
    return RangeCount(**fields | changes)


def example_report() -> Report:
    """Return the report of a talk of five minutes: three buttons, marks, repeats and people."""
    rng = random.Random(16)
    weights = {"too-fast": 4, "ok": 10, "too-slow": 2}
    by_second: dict[str, dict[int, int]] = {key: {} for key in weights}
    for second in range(LENGTH):
        crowd = 3 if 120 <= second < 140 or second >= 280 else 0.2
        for key, weight in weights.items():
            if number := int(rng.random() * weight * crowd):
                by_second[key][START + second] = number
    # An old page was still open.
    by_second["cheers"] = {START + 7: 2, START + 130: 1}
    records = sum(sum(counts.values()) for counts in by_second.values())
    reactions = ("too-fast", "Too fast 🐇"), ("ok", "Just right 👌"), ("too-slow", "Too slow 🐢")
    start = Start("Kafka in five minutes", tuple(Reaction(*one) for one in reactions), START, None)
    marks = (
        Mark("mark0001", START + 60, "What a log is"),
        Mark("mark0002", START + 120, "Demo"),
        Mark("mark0003", START + 121, ""),
        Mark("mark0004", START + 240, "Questions"),
    )
    talk = known_talk(
        START, START + LENGTH, id="k7wq2m9x", title=start.title, start=start, marks=marks
    )
    count = range_count(
        by_second=by_second,
        people=41,
        median=9.5,
        most=33,
        records=records + 9,
        duplicates=7,
        unreadable={"not JSON": 2},
        as_of={0: 8123, 1: 7990},
    )
    return build_report(count, talk, SEED)
