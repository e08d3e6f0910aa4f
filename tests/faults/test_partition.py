"""Harms to one partition of eight: clicks of the other seven go on, and none is lost or double."""

import contextlib
import time
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle, islice

import pytest

from tests.brokers.kafka.pair import Half, Pair
from tests.faults.crowd import Crowd, Line, batches, in_one_batch
from tests.faults.logs import read_topic
from tests.faults.scenario import CLICK, PARTITIONS, Scenario, kafka_variables, whole_or_cut

SICK = 0
"""The partition on the second broker; see Pair."""

GO_ON_SECONDS = 2.0
"""Within what time a click of another partition is acknowledged; the second one is for a busy
machine."""

HARMS: dict[str, tuple[Callable[[Half], None], Callable[[Half], None]]] = {
    "killed": (Half.kill, Half.start),
    "frozen": (Half.pause, Half.resume),
}


@pytest.mark.parametrize("harm", HARMS)
def test_one_of_eight_partitions_without_a_leader(
    scenario: Scenario, topic: str, pair: Pair, harm: str
) -> None:
    hurt, mend = HARMS[harm]
    pair.create_topic(topic, PARTITIONS)
    sites = scenario.start(2, **kafka_variables(pair.first.bootstrap, topic))
    urls = [f"{web.url}{CLICK}" for web in sites]
    names = [*islice(_clients_of(SICK), 20), *islice(_clients_of(SICK + 1), 5)]
    with Crowd(urls, scenario.ledger, scenario.seed, names=names) as crowd:
        crowd.press_on(50)
        hurt(pair.second)
        slowest = _press(scenario, urls[0], whole_or_cut(30, 6))
        mended = time.monotonic()
        mend(pair.second)
        scenario.recover(*sites, since=mended)
        crowd.press_on(whole_or_cut(300, 50))
    scenario.close_books(partial(read_topic, pair.first.bootstrap, topic), *sites)
    assert slowest < GO_ON_SECONDS


def _press(scenario: Scenario, url: str, seconds: float) -> float:
    """Press for so long, in turn for each partition but the sick one; return the longest wait."""
    slowest, end = 0.0, time.monotonic() + seconds
    others = [next(_clients_of(number, "probe")) for number in range(PARTITIONS) if number != SICK]
    with contextlib.closing(Line(scenario.ledger)) as line:
        for pressed in cycle(batches(name, scenario.chance) for name in others):
            (request,) = in_one_batch(next(pressed), named=True)
            began = time.monotonic()
            line.send_until_acknowledged(url, request)
            slowest = max(slowest, time.monotonic() - began)
            if began > end:
                break
    return slowest


def _clients_of(partition: int, kind: str = "phone") -> Iterator[str]:
    """Make up names of clients whose clicks go to the partition."""
    for number in count():
        name = f"{kind}-{partition}-{number}"
        if zlib.crc32(name.encode()) % PARTITIONS == partition:
            yield name
