"""A partition without a leader: the others are counted, and nobody is told that all are."""

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.checkup import check_cluster
from dash_app.brokers.kafka.log import KafkaLog
from dash_app.settings import Settings
from tests.brokers.kafka.pair import Pair
from tests.brokers.kafka.records import Sent, click, produce
from tests.brokers.kafka.test_flink_reader import total, write
from tests.brokers.ranges import count
from tests.counting.memory_range import totals_of
from tests.sites import Site, open_site
from tests.waiting import eventually

LED = [Sent(click(), partition=1), Sent(click("fuck"), partition=2)]
SICK = [Sent(click(), partition=0)]


def knows_repeats(site: Site) -> bool:
    return site.ask("GET", "/kafka/repeat").status_code == 200


def says_leaderless(site: Site) -> bool:
    assert site.service.consumer is not None
    return site.service.consumer.problem == "no broker leads partition 0"


def says_silent(site: Site) -> bool:
    assert site.service.consumer is not None
    return "the leader of partition 0 does not answer" in site.service.consumer.problem


@pytest.fixture
def settings(pair: Pair, topic: str, kafka_settings: Callable[..., Settings]) -> Iterator[Settings]:
    """A site on a topic whose partition 0 is on the second broker, which a test may harm."""
    pair.create_topic(topic, 3)
    yield kafka_settings(kafka_bootstrap_servers=pair.first.bootstrap)
    if pair.second.running:
        pair.second.resume()
    else:
        pair.second.start()


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


def test_a_site_that_follows_flink_shows_what_is_counted_of_the_led_partitions(
    pair: Pair, topic: str, settings: Settings
) -> None:
    flink = settings.model_copy(update={"counts_from": "flink"})
    counted = [total(partition=number, next_offset=1, cheers=1, hate=0) for number in (0, 1, 2)]
    with contextlib.ExitStack() as opened:
        running = opened.enter_context(open_site(flink))
        running.wait_for_state("live")
        write(pair.first, topic, *counted)
        running.wait_for_totals(3)
        pair.second.stop()

        restarted = opened.enter_context(open_site(flink))
        for site in (running, restarted):
            site.wait_for_state("catching up", 20)
            eventually(partial(says_leaderless, site), 20, "not said")
        write(pair.first, topic, counted[1] | {"next_offset": 2, "cheers": 2})
        for site in (running, restarted):
            site.wait_for_totals(4)
            assert site.timeline()["state"] == "catching up"

        pair.second.start()
        for site in (running, restarted):
            site.wait_for_state("live", 20)


def test_a_frozen_leader_stops_no_counting_of_the_others(
    pair: Pair, topic: str, settings: Settings
) -> None:
    with open_site(settings) as site:
        site.wait_for_state("live")
        pair.second.pause()
        eventually(partial(says_silent, site), 10, "not said")
        for counted in range(1, 6):
            produce(pair.first, topic, LED)
            site.wait_for_totals(counted, counted, seconds=2)
        assert site.timeline()["state"] != "live"
        pair.second.resume()
        site.wait_for_state("live", 20)


def test_a_range_of_time_is_not_counted_without_it(
    pair: Pair, topic: str, settings: Settings
) -> None:
    produce(pair.first, topic, [*LED, *SICK])
    since, until = int(time.time()) - 1800, int(time.time()) + 1
    assert totals_of(count(settings, since, until)) == {"cheers": 2, "hate": 1}

    pair.second.stop()
    with pytest.raises(BrokerUnavailable, match=f"no broker leads partition 0 of topic {topic}"):
        count(settings, since, until)
