"""The broker's clock is not that of the sites: clicks are drawn, and the sites say it."""

import math
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.brokers.kafka.broker import Broker
from tests.faults.harms import Web
from tests.faults.ledger import LogContents
from tests.faults.scenario import PARTITIONS, Scenario, kafka_variables, whole_or_cut
from tests.programs import ROOT
from tests.waiting import eventually

SHIFT = """
import time

now = time.time
time.time = lambda: now() + {seconds}
"""
"""Python runs this before a program. libfaketime breaks Python's waits and makes Java crawl."""


def shifted(folder: Path, seconds: int) -> dict[str, str]:
    """Return the environment in which a program in Python sees another time of day."""
    (folder / "sitecustomize.py").write_text(SHIFT.format(seconds=seconds))
    return {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}


def drawn(web: Web) -> int:
    """Return how many clicks stand in the bins of a quarter of an hour."""
    fields = web.served.ask("GET", "/kafka/timeline?window=900").fields
    return sum(map(int, fields["series"]["cheers"] + fields["series"]["hate"]))


def all_are_drawn(web: Web) -> bool:
    """Return whether the bins hold as many clicks as the totals."""
    totals = web.served.ask("GET", "/kafka/timeline").fields["totals"]
    return drawn(web) == sum(map(int, totals.values())) > 0


@pytest.mark.parametrize("seconds", [-10, 10])
def test_broker_clock_is_off(
    scenario: Scenario,
    kafka: Broker,
    topic: str,
    read: Callable[[], LogContents],
    seconds: int,
    tmp_path: Path,
) -> None:
    kafka.create_topic(
        topic, partitions=PARTITIONS, configs={"message.timestamp.type": "LogAppendTime"}
    )
    # What matters is the difference.
    variables = kafka_variables(kafka.bootstrap, topic, **shifted(tmp_path, -seconds))
    sites = scenario.start(2, **variables)
    with scenario.crowd([web.url for web in sites]) as crowd:
        crowd.press_on(whole_or_cut(2000, 300))
    scenario.close_books(read, *sites)

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
