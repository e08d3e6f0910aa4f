"""Harms to one partition of eight: clicks of the other seven go on, and none is lost or double."""

import contextlib
import time
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle, islice
from typing import NamedTuple

import pytest

from tests.brokers.kafka.pair import Half, Pair
from tests.faults.crowd import Crowd, Line, batches, in_one_batch
from tests.faults.harms import Web
from tests.faults.ledger import Taps
from tests.faults.logs import read_topic
from tests.faults.scenario import CLICK, PARTITIONS, Scenario, kafka_variables, whole_or_cut
from tests.waiting import eventually

pytestmark = pytest.mark.alone

SICK = 0
"""The partition on the second broker; see Pair."""
HEALTHY = range(1, PARTITIONS)

GO_ON_SECONDS = 2.0
"""Within what time readers are answered, and clicks of other partitions acknowledged and counted.

The promise is one second; twice that is for a busy machine.
"""

SICK_CLIENTS = 40
"""More than two sites have web threads: whatever their clicks wait for, others go on."""

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
    names = [*islice(_clients_of(SICK), SICK_CLIENTS), *islice(_clients_of(SICK + 1), 5)]
    with Crowd(urls, scenario.ledger, scenario.seed, names=names) as crowd:
        crowd.press_on(50)
        scenario.recover(*sites)
        hurt(pair.second)
        slowest = _press(scenario, sites[0], whole_or_cut(30, 6))
        mended = time.monotonic()
        mend(pair.second)
        scenario.recover(*sites, since=mended)
        crowd.press_on(whole_or_cut(300, 50))
    scenario.close_books(partial(read_topic, pair.first.bootstrap, topic), *sites)
    print(slowest)
    assert max(slowest) < GO_ON_SECONDS, slowest


class Waits(NamedTuple):
    """How long a click was not acknowledged, then not counted, and a reader not answered."""

    click: float
    total: float
    reader: float

    def __or__(self, other: "Waits") -> "Waits":
        return Waits(*map(max, self, other))


def _press(scenario: Scenario, site: Web, seconds: float) -> Waits:
    """Press for so long, in turn for each partition but the sick one; return the longest waits."""
    longest, end = Waits(0, 0, 0), time.monotonic() + seconds
    others = {number: next(_clients_of(number, "probe")) for number in HEALTHY}
    pressed = {number: batches(name, scenario.chance) for number, name in others.items()}
    with contextlib.closing(Line(scenario.ledger)) as line:
        for number in cycle(HEALTHY):
            longest |= _press_once(line, site, number, next(pressed[number]))
            if time.monotonic() > end:
                break
    return longest


def _press_once(line: Line, site: Web, number: int, taps: Taps) -> Waits:
    """Send taps that go to this partition until they are acknowledged, and wait for the count."""
    began = time.monotonic()
    before = _counted(site, number)
    asked = time.monotonic()
    (request,) = in_one_batch(taps, named=True)
    line.send_until_acknowledged(f"{site.url}{CLICK}", request)
    acknowledged = time.monotonic()
    eventually(
        lambda: _counted(site, number) >= before + len(taps), 30, "the counting does not go on"
    )
    return Waits(acknowledged - asked, time.monotonic() - acknowledged, asked - began)


def _counted(site: Web, number: int) -> int:
    """Return how many records of a partition the site has counted."""
    as_of: dict[str, int] = site.served.ask("GET", "/kafka/timeline").fields["as_of"]
    return as_of.get(str(number), 0)


def _clients_of(partition: int, kind: str = "phone") -> Iterator[str]:
    """Make up names of clients whose clicks go to the partition."""
    for number in count():
        name = f"{kind}-{partition}-{number}"
        if zlib.crc32(name.encode()) % PARTITIONS == partition:
            yield name
