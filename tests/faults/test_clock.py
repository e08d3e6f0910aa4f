"""The broker's clock is wrong: every click is drawn, and the sites say what is wrong."""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.jvm import ToolsMissing
from tests.faults.harms import Web
from tests.faults.logs import read_topic
from tests.faults.scenario import PARTITIONS, Scenario, kafka_variables, whole_or_cut
from tests.waiting import eventually

LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")


def shifted(seconds: int) -> dict[str, str]:
    """Return the environment in which a program sees another time of day."""
    found = [path for each in LIBRARIES for path in Path("/").glob(each.lstrip("/"))]
    if not found:
        raise ToolsMissing("libfaketime is missing: `make test` as root installs it")
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME": f"{seconds:+d}s",
        # Java waits by the other clock, and would wait for ever.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def drawn(web: Web) -> int:
    """Return how many clicks stand in the bins of a quarter of an hour."""
    fields = web.served.ask("GET", "/kafka/timeline?window=900").fields
    return sum(map(int, fields["cheers"] + fields["hate"]))


def all_are_drawn(web: Web) -> bool:
    """Return whether the bins hold as many clicks as the totals."""
    totals = web.served.ask("GET", "/kafka/timeline").fields["totals"]
    return drawn(web) == sum(map(int, totals.values())) > 0


@pytest.mark.parametrize("seconds", [-10, 10])
def test_broker_clock_is_off(
    scenario: Scenario, topic: str, make_broker: Callable[..., Broker], seconds: int
) -> None:
    broker = make_broker(
        # A program with another clock starts slowly, and must not lose its own controller.
        properties={"num.partitions": str(PARTITIONS), "broker.session.timeout.ms": "20000"},
        environment=shifted(seconds),
    )
    sites = scenario.start(2, **kafka_variables(broker.bootstrap, topic))
    with scenario.crowd([web.url for web in sites]) as crowd:
        crowd.press_on(whole_or_cut(2000, 300))
    scenario.close_books(partial(read_topic, broker.bootstrap, topic), *sites)

    for web in sites:
        eventually(partial(all_are_drawn, web), 15, "not all clicks are drawn")
    # The first site was started again since, and has written nothing that would tell it the time.
    skew = sites[1].served.ask("GET", "/kafka/timeline").fields["clock_skew_s"]
    assert math.isclose(skew, seconds, abs_tol=1)
    (warning,) = (
        warning
        for warning in sites[1].served.ask("GET", "/readyz").fields["warnings"]
        if "clock is" in warning
    )
    assert ("ahead of" if seconds > 0 else "behind") in warning
