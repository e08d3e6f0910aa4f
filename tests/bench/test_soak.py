"""What a soak calls growth, and when what happens in it; nothing here is measured."""

import zlib
from collections import Counter
from statistics import mean

import pytest
from click.testing import CliRunner

from bench.soak.__main__ import MOST_MINUTES, main
from bench.soak.phones import BETWEEN_TAPS
from bench.soak.plan import Plan
from bench.soak.verdict import (
    BROKER_MB,
    LAB_MB,
    P99_MS,
    SITE_MB,
    WATCHED,
    Sample,
    Watched,
    good,
    growths,
    table,
    troubles,
)
from tests.faults.logs import DEDUP_OFFSETS
from tests.faults.scenario import PARTITIONS

HOUR = range(61)


def test_the_longest_soak_is_one_whose_books_can_be_closed() -> None:
    plan = Plan(MOST_MINUTES)
    names = [f"phone-{number}".encode() for number in range(plan.phones)]
    (_, crowded), *_ = Counter(zlib.crc32(name) % PARTITIONS for name in names).most_common()
    assert crowded * plan.seconds / mean(BETWEEN_TAPS) < 0.95 * DEDUP_OFFSETS

    result = CliRunner().invoke(main, ["--minutes", str(MOST_MINUTES + 1)])
    assert result.exit_code == 2
    assert f"not in the range 0.25<=x<={MOST_MINUTES}" in result.output


def samples(watched: Watched = SITE_MB, **by_minute: float) -> list[Sample]:
    """Return an hour's samples in which all figures stay at 100, but for those of one of them."""
    return [
        Sample(minute, dict.fromkeys(WATCHED, 100.0) | {watched: by_minute.get(f"m{minute}", 100)})
        for minute in HOUR
    ]


def rising(watched: Watched, per_minute: float) -> list[Sample]:
    return samples(watched, **{f"m{minute}": 100 + minute * per_minute for minute in HOUR})


def test_what_stays_is_no_trouble() -> None:
    assert troubles(samples(), 60) == []


@pytest.mark.parametrize("watched", [each for each in WATCHED if each.most is not None])
def test_each_judged_figure_that_keeps_rising_is_named(watched: Watched) -> None:
    assert watched.most is not None
    # From the middle of minutes 10 to 20 to that of the last ten: 40 minutes.
    assert troubles(rising(watched, watched.most / 40), 60) == []
    (trouble,) = troubles(rising(watched, watched.most / 40 + 0.1), 60)
    assert trouble.startswith(f"{watched.what} grew by ")


def test_warming_up_and_one_peak_are_no_growth() -> None:
    warm = {f"m{minute}": 50.0 for minute in range(10)}
    assert troubles(samples(SITE_MB, **warm, m55=900), 60) == []


def test_a_figure_that_falls_is_no_trouble() -> None:
    assert troubles(rising(LAB_MB, -1), 60) == []


def test_what_is_only_shown_may_grow() -> None:
    grown = rising(BROKER_MB, 10)

    assert troubles(grown, 60) == []
    assert (
        "| resident memory of the broker | 250.0 MB | 650.0 MB | 400.0 MB | not judged"
        " | 100.0–700.0 MB | – |" in table(growths(grown, 60), 60)
    )


def test_a_judged_figure_that_nobody_could_measure_is_a_trouble() -> None:
    blind = [
        Sample(minute, {watched: 1.0 for watched in figures if watched != P99_MS})
        for minute, figures in samples()
    ]
    assert troubles(blind, 60) == [f"{P99_MS.what}: not known"]


def test_a_run_that_only_warms_up_is_shown_and_not_judged() -> None:
    grown = rising(SITE_MB, 100)

    assert troubles(grown, 29) == []
    assert good(29) == "nothing lost; only 30 minutes say whether anything grows"
    assert good(30) == "nothing grows, nothing lost"
    assert troubles(grown, 60) != []
    (line,) = [each for each in table(growths(grown, 24), 24).splitlines() if SITE_MB.what in each]
    assert line.endswith("| – |")


def test_an_hour_has_sixty_talks_five_restarts_and_a_sample_every_thirty_seconds() -> None:
    events = Plan().events()

    names = [what for _, what in events]
    counts = {name: names.count(name) for name in names}
    assert counts == {"talk": 60, "end": 60, "restart": 5, "back": 5, "sample": 120}
    assert [at for at, what in events if what == "restart"] == [600, 1200, 1800, 2400, 3000]
    assert [what for at, what in events if at == 600] == ["restart", "talk", "back", "sample"]
    times = [at for at, _ in events]
    assert times == sorted(times)
    assert (times[-1], names[-1]) == (3600, "sample")


@pytest.mark.parametrize("minutes", [0.1, 5, 7.3])
def test_a_shorter_one_has_all_of_it_in_its_time(minutes: float) -> None:
    events = Plan(minutes).events()

    assert {what for _, what in events} == {"talk", "end", "restart", "back", "sample"}
    assert events[-1][0] == 60 * minutes
