"""A soak of a few seconds, the broker restarted in its middle: nothing is lost."""

from pathlib import Path

import pytest

from bench.soak.plan import Plan
from bench.soak.run import Soak
from bench.soak.verdict import WATCHED
from tests.brokers.kafka.broker import Broker

pytestmark = [pytest.mark.alone, pytest.mark.browser]

SHORT = Plan(minutes=0.12, phones=20, dashboards=3, pages=1)


def test_a_short_soak_loses_nothing_and_knows_all_its_figures(
    kafka: Broker, topic: str, tmp_path: Path
) -> None:
    soak = Soak(SHORT, kafka, topic, tmp_path, print)
    outcome = soak.run()

    assert outcome.troubles == []
    assert "lost 0, double 0" in outcome.text
    assert "the broker restarted 1 times" in outcome.text
    assert {watched for sample in soak.samples for watched in sample.figures} == {*WATCHED}
