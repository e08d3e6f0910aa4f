"""A report on a terminal: what a presenter reads first, aligned, with what one has to know."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dash_app.commands.report_summary import describe_length, describe_taps, summary_lines
from dash_app.counting.report import build_report
from dash_app.settings.reactions import SEED
from tests.counting.range_counts import START, example_report, range_count
from tests.counting.talk_model import known_talk

MADRID = ZoneInfo("Europe/Madrid")
KEYS = "__proto__", "cheers", "hate"


def test_it_has_title_time_totals_people_segments_and_moments() -> None:
    assert [*summary_lines(example_report(), MADRID)] == [
        "Kafka in five minutes (talk k7wq2m9x)",
        "2027-01-15 09:00:00 to 09:05:00 CET, 5 min",
        "",
        "956 taps",
        "  189  20%  Too fast 🐇",
        "  646  68%  Just right 👌",
        "  121  13%  Too slow 🐢",
        "Taps that this talk has no button for are left out: cheers 3",
        "",
        "41 people, 9.5 taps each (median), 33 at most",
        "",
        "      from        to  taps  per minute  too-fast   ok  too-slow  mark",
        "  09:00:00  09:01:00    28        28.0         0   28         0",
        "  09:01:00  09:02:00    21        21.0         0   21         0  What a log is",
        "  09:02:00  09:02:01    18     1,080.0         3   10         5  Demo",
        "  09:02:01  09:04:00   392       197.7        80  253        59",
        "  09:04:00  09:05:00   497       497.0       106  334        57  Questions",
        "",
        "Highest moments, 1 s each:",
        "  09:04:46  37 taps",
        "  09:02:04  33 taps",
        "  09:02:19  19 taps",
        "  09:00:02    1 tap",
        "  09:00:17    1 tap",
        "",
        "Read 968 records of log 2-tPVXSZTiGBAlrOgNhqpg: 7 repeats, 2 unreadable.",
    ]


def text_of(talk_ends: int | None = START + 300, **changes: Any) -> str:
    talk = known_talk(START, talk_ends)
    return "\n".join(summary_lines(build_report(range_count(**changes), talk, SEED), MADRID))


def test_without_clicks_there_are_no_shares_and_no_moments() -> None:
    text = text_of()

    assert "\n0 taps\n  0    Okay\n\n0 people\n" in text
    assert "Highest" not in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"people": None}, "How many people tapped is not known."),
        ({"people": 1, "median": 3, "most": 3}, "1 person, 3 taps each (median), 3 at most"),
        ({"people": 100_000, "more_people": True}, "more than 100,000 people"),
        (
            {"whole": False, "whole_from": START + 61, "why": "the head of the log is gone"},
            "Not whole: the head of the log is gone. Whole from 09:01:01 on.",
        ),
        ({"whole": False, "why": "the head is gone"}, "\nNot whole: the head is gone.\n"),
        ({"is_final": False}, "Not final: taps that were made in this time may still arrive."),
        ({"talk_ends": None}, "The talk is still running: this is what was tapped up to now."),
        ({"talk_ends": START + 301}, "The talk is still running"),
    ],
)
def test_it_says_what_one_has_to_know(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in f"{text_of(**changes)}\n"


def test_a_range_without_a_talk_over_midnight_has_both_days_and_every_key() -> None:
    by_second = {key: {START: 1} for key in KEYS}
    count = range_count(START, START + 86_400, by_second=by_second)
    lines = [*summary_lines(build_report(count, None, SEED), MADRID)]

    assert lines[0] == "2027-01-15 09:00:00 to 2027-01-16 09:00:00 CET, 24 h"
    assert lines[2:6] == [
        "3 taps",
        "  1  33%  Cheers 👍",
        "  1  33%  Hate 👎",
        "  1  33%  __proto__",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "1 s"), (61, "1 min 1 s"), (3600, "1 h"), (86_400, "24 h")]
)
def test_a_length_is_in_words(seconds: int, text: str) -> None:
    assert describe_length(seconds) == text


@pytest.mark.parametrize(("clicks", "words"), [(0, "0 taps"), (1, "1 tap"), (3_024, "3,024 taps")])
def test_a_number_of_taps_is_said_in_words(clicks: int, words: str) -> None:
    assert describe_taps(clicks) == words
