"""The broker killed, frozen and away, behind two sites on a topic with eight partitions.

What demands an answer to every request has a deadline, so that it runs alone.
"""

from collections.abc import Callable

import pytest

from tests.brokers.kafka.broker import Broker
from tests.faults.harms import Web
from tests.faults.ledger import LogContents
from tests.faults.scenario import (
    PARTITIONS,
    Scenario,
    kafka_variables,
    pass_seconds,
    whole_or_cut,
)


@pytest.mark.alone
def test_broker_killed(
    scenario: Scenario, sites: list[Web], read: Callable[[], LogContents], kafka: Broker
) -> None:
    with scenario.crowd([web.url for web in sites], nameless=1) as crowd:
        for _ in range(whole_or_cut(5, 1)):
            crowd.press_on(scenario.chance.randint(50, 500))
            kafka.kill()
            pass_seconds(scenario.chance.uniform(0, 2))
            kafka.start()
            scenario.recover(*sites)
    scenario.close_books(read, *sites)
    assert scenario.ledger.refusals
    assert not scenario.ledger.unanswered


def test_broker_and_web_server_killed_together(
    scenario: Scenario, sites: list[Web], read: Callable[[], LogContents], kafka: Broker
) -> None:
    with scenario.crowd([web.url for web in sites]) as crowd:
        for turn in range(whole_or_cut(4, 1)):
            crowd.press_on(scenario.chance.randint(50, 500))
            web = sites[turn % 2]
            for kill in scenario.chance.sample([web.kill, kafka.kill], 2):
                kill()
                pass_seconds(scenario.chance.uniform(0, 0.5))
            for start in scenario.chance.sample([web.start, kafka.start], 2):
                start()
            scenario.recover(*sites)
    scenario.close_books(read, *sites)


@pytest.mark.alone
def test_broker_frozen(
    scenario: Scenario, sites: list[Web], read: Callable[[], LogContents], kafka: Broker
) -> None:
    with scenario.crowd([web.url for web in sites], nameless=1) as crowd:
        for _ in range(whole_or_cut(2, 1)):
            crowd.press_on(scenario.chance.randint(50, 500))
            kafka.pause()
            pass_seconds(whole_or_cut(10, 5))
            kafka.resume()
            scenario.recover(*sites)
    scenario.close_books(read, *sites)
    assert scenario.ledger.refusals
    assert not scenario.ledger.unanswered


@pytest.mark.alone
def test_broker_away_at_the_start_and_in_the_middle(
    scenario: Scenario, read: Callable[[], LogContents], kafka: Broker, topic: str
) -> None:
    kafka.create_topic(topic, partitions=PARTITIONS)
    kafka.stop()
    sites = scenario.start(2, **kafka_variables(kafka.bootstrap, topic))
    with scenario.crowd([web.url for web in sites]) as crowd:
        for seconds in (whole_or_cut(30, 3), whole_or_cut(60, 6)):
            kafka.stop()
            pass_seconds(seconds)
            kafka.start()
            scenario.recover(*sites)
            crowd.press_on(scenario.chance.randint(100, 500))
    scenario.close_books(read, *sites)
    assert scenario.ledger.refusals
    assert not scenario.ledger.unanswered
