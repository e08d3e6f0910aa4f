"""The totals of talks: the clicks that are drawn in their seconds, whatever happens to both."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from dash_app.counting.checkpoint import FROM_THE_FIRST, REPLAY_LIMIT, TALK_REPLAY_LIMIT, ReadAgain
from dash_app.counting.clicks import Click, Identity
from dash_app.counting.second_counts import KEPT_SECONDS
from dash_app.counting.talk_totals import DAY, MAX_STRAYS, TalkTotals, read_again
from dash_app.counting.talks import Range
from dash_app.counting.tally import Tally
from tests import naive
from tests.counting.talk_model import known_talk
from tests.counting.tallies import TOPIC_ID, new_tally, read
from tests.naive import KINDS, NOW, Entry, Logs, press

SECONDS = st.integers(int(NOW) - 9000, int(NOW) + 4000)
RANGES = st.builds(
    lambda start, length: (start, None if length is None else start + length),
    SECONDS,
    st.none() | st.sampled_from([0, 1, 2, 60, 3600, 7000]),
)
EVERYTHING: Range = (0, None)


def expected(clicks: Sequence[Click], ranges: frozenset[Range]) -> Mapping[Range, Counter[str]]:
    """Return the clicks of each range, counted the slow way."""
    return {
        (start, end): Counter(
            click.type
            for click in clicks
            if start <= click.timestamp and (end is None or click.timestamp < end)
        )
        for start, end in ranges
    }


@given(naive.partitions(), st.lists(st.frozensets(RANGES, max_size=4), min_size=1, max_size=4))
def test_talks_hold_the_clicks_that_are_drawn_in_their_seconds(
    logs: Logs, follow: list[frozenset[Range]]
) -> None:
    tally = new_tally(logs, 5)
    snapshot = tally.publish(NOW)
    for step, ranges in enumerate(follow, start=1):
        tally.follow(ranges)
        for number, entries in logs.items():
            size = len(entries)
            part = entries[size * (step - 1) // len(follow) : size * step // len(follow)]
            tally.apply(number, naive.records(part))
        snapshot = tally.publish(NOW)

    clicks = naive.drawn_clicks(logs.values(), 5)
    assert snapshot.talk_totals == expected(clicks, follow[-1])


def test_a_hundred_talks_over_one_log_lack_no_click_and_invent_none() -> None:
    draw = random.Random(15)
    log = _hostile_log(draw, 200_000)
    clicks = [click for click in _drawn(log) if click is not None]
    starts = [int(NOW) - draw.randrange(4 * 3600) for _ in range(100)]
    talks = [(start, start + draw.randrange(1, 5000)) for start in starts[1:]]
    ranges: frozenset[Range] = frozenset([*talks, (min(starts), None)])
    tally = Tally(TOPIC_ID, 100_000, 1000, since=int(NOW) - 5 * 3600)
    tally.begin(0, FROM_THE_FIRST)
    for first in range(0, len(log), 5000):
        if first == 100_000:
            tally.follow(ranges)
        read(tally, 0, log[first : first + 5000], first, first + 5000)

    assert tally.publish(NOW).talk_totals == _by_second(clicks, ranges)


def _hostile_log(draw: random.Random, size: int) -> list[Entry]:
    """Return records of three hours: late, early, repeated, untimely ones, and rubbish."""
    log: list[Entry] = []
    for offset in range(size):
        at = NOW - 3 * 3600 * (1 - offset / size)
        if draw.random() < 0.05:
            value, reason = draw.choice(naive.NOT_CLICKS)
            log.append(naive.unreadable(offset, value, reason, at=at))
        elif log and draw.random() < 0.05 and (again := draw.choice(log)).click:
            log.append(again._replace(record=again.record._replace(offset=offset, time=at)))
        else:
            age = draw.choice([0.0, 0.3, 2.5, 100.0, 3500.0, 3700.0, -3.0, -90_000.0])
            identity = Identity(f"c{offset}", 1, 0)
            log.append(press(offset, draw.choice(KINDS), at=at, age=age, identity=identity))
    return log


def _drawn(log: Sequence[Entry]) -> list[Click | None]:
    seen, clicks = set(), []
    for entry in log:
        if entry.click is None or entry.identity in seen:
            continue
        seen.add(entry.identity)
        tapped, written = entry.click.timestamp, entry.record.time
        if written - tapped <= 3600:
            clicks.append(Click(entry.click.type, min(tapped, written)))
    return [*clicks]


def _by_second(
    clicks: Sequence[Click], ranges: frozenset[Range]
) -> Mapping[Range, Mapping[str, int]]:
    seconds = Counter((int(click.timestamp), click.type) for click in clicks)
    return {
        (start, end): +Counter(
            {
                kind: sum(
                    n
                    for (second, one), n in seconds.items()
                    if one == kind and start <= second and (end is None or second < end)
                )
                for kind in KINDS
            }
        )
        for start, end in ranges
    }


def test_a_talk_that_began_before_what_was_read_is_not_counted() -> None:
    totals = TalkTotals(since=1000)
    totals.follow(frozenset({(999, None), (1000, None)}))
    totals.add("ok", 1000)

    assert totals.publish(1100, None) == {(1000, None): {"ok": 1}}


def test_a_talk_is_shown_once_all_that_it_may_hold_was_read() -> None:
    totals = TalkTotals(since=1000)
    totals.follow(frozenset({(1000, None)}))
    totals.add("ok", 1001)
    assert totals.publish(1100, whole_since=1100) == {}
    totals.add("ok", 1002)

    assert totals.publish(1101, whole_since=1000) == {(1000, None): {"ok": 2}}
    assert totals.publish(1101 + 2 * DAY, whole_since=1000) == {(1000, None): {"ok": 2}}


def test_what_was_published_never_changes() -> None:
    totals = TalkTotals()
    totals.follow(frozenset({EVERYTHING}))
    totals.add("ok", 7)
    before = totals.publish(10, None)
    totals.add("ok", 8)
    after = totals.publish(10, None)

    assert (before, after) == ({EVERYTHING: {"ok": 1}}, {EVERYTHING: {"ok": 2}})
    assert totals.publish(11, None) is after


def test_ends_may_move_within_a_day_and_what_is_older_is_forgotten() -> None:
    now = 20 * DAY
    totals = TalkTotals(since=now - DAY)
    for second in range(now - DAY, now, 600):
        totals.add("ok", second)
    totals.follow(frozenset({(now - DAY, now - DAY + 6000), (now - 6000, None)}))
    assert [*totals.publish(now, None).values()] == [{"ok": 10}] * 2

    totals.publish(now + 3600, None)
    totals.follow(frozenset({(now - DAY, now - DAY + 6600), (now - DAY + 3600, now)}))
    assert totals.publish(now + 3600, None) == {(now - DAY + 3600, now): {"ok": 138}}


def test_forged_times_take_a_bounded_memory_and_still_count_in_a_talk_without_an_end() -> None:
    totals = TalkTotals(since=1000)
    totals.follow(frozenset({(1000, None), (5000, 6000)}))
    for second in range(10**9, 10**9 + MAX_STRAYS + 1000):
        totals.add("ok", second)
    totals.add("ok", 5500)

    counted = totals.publish(1000, None)
    assert counted == {(1000, None): {"ok": MAX_STRAYS + 1001}, (5000, 6000): {"ok": 1}}
    # A talk that becomes known only now cannot tell what it would have counted.
    totals.follow(frozenset({(1001, None), (5400, 6000)}))
    assert totals.publish(1000, None) == {(5400, 6000): {"ok": 1}}


def test_rows_of_absolute_counts_add_only_what_is_new() -> None:
    totals = TalkTotals()
    totals.follow(frozenset({EVERYTHING}))
    for clicks in (3, 3, 2, 5):
        totals.raise_to("ok", 50, clicks)
        totals.raise_to("ok", 10**9, clicks)

    assert totals.publish(60, None) == {EVERYTHING: {"ok": 10}}


@settings(max_examples=50)
@given(st.integers(-2 * DAY, 10))
def test_a_reading_begins_early_enough_for_a_running_talk(ago: int) -> None:
    started_at = int(NOW) + ago
    again = read_again(known_talk(started_at), NOW)

    if -DAY <= ago < -KEPT_SECONDS:
        assert again == ReadAgain(started_at, TALK_REPLAY_LIMIT)
    else:
        assert again == read_again(None, NOW) == ReadAgain(int(NOW) - KEPT_SECONDS, REPLAY_LIMIT)
