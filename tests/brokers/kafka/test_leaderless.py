"""A partition without a leader: the others are counted, and nobody is told that all are."""

import contextlib
from collections.abc import Callable
from functools import partial

import pytest

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.checkup import check_cluster
from dash_app.brokers.kafka.log import KafkaLog
from dash_app.settings import Settings
from tests.brokers.kafka.pair import Pair
from tests.brokers.kafka.records import Sent, click, produce
from tests.sites import Site, open_site
from tests.waiting import eventually

LED = [Sent(click(), partition=1), Sent(click("fuck"), partition=2)]
SICK = [Sent(click(), partition=0)]


def knows_repeats(site: Site) -> bool:
    return site.ask("GET", "/kafka/repeat").status_code == 200


def says_leaderless(site: Site) -> bool:
    assert site.service.consumer is not None
    return site.service.consumer.problem == "no broker leads partition 0"


@pytest.fixture
def settings(pair: Pair, topic: str, kafka_settings: Callable[..., Settings]) -> Settings:
    """Settings for a site on a topic whose partition 0 is on the second broker."""
    pair.create_topic(topic, 3)
    return kafka_settings(kafka_bootstrap_servers=pair.first.bootstrap)


def test_the_led_partitions_are_counted_after_a_restart(
    pair: Pair, topic: str, settings: Settings
) -> None:
    produce(pair.first, topic, [*LED, *SICK])
    with contextlib.ExitStack() as opened:
        running = opened.enter_context(open_site(settings))
        running.wait_for_state("live")
        running.wait_for_totals(2, 1)
        with open_site(settings) as stopped:
            stopped.wait_for_state("live")
        pair.second.stop()
        opened.callback(pair.second.close)

        restarted = opened.enter_context(open_site(settings))
        for site in (running, restarted):
            site.wait_for_state("catching up")
            eventually(partial(says_leaderless, site), 20, "not said")
        produce(pair.first, topic, LED * 3)
        for site in (running, restarted):
            site.wait_for_totals(5, 4)
        with pytest.raises(BrokerUnavailable, match="leader"):
            KafkaLog(settings)
        found = [(finding.subject, finding.grade) for finding in check_cluster(settings)]
        assert {("topic", "bad"), ("clocks", "ok")} <= set(found), found
        assert (knows_repeats(running), knows_repeats(restarted)) == (True, False)

        pair.second.start()
        for site in (running, restarted):
            site.wait_for_state("live", 20)
        produce(pair.first, topic, SICK)
        for site in (running, restarted):
            site.wait_for_totals(6, 4)
            assert knows_repeats(site)
            assert site.timeline()["as_of"] == {"0": 2, "1": 4, "2": 4}
