"""Talks are started, marked and ended while sites and the broker die: sums and marks are whole."""

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.ranges import count
from tests.counting.memory_range import totals_of
from tests.faults.harms import Web
from tests.faults.ledger import KINDS, LogContents
from tests.faults.presenter import CODE, Presenter
from tests.faults.scenario import (
    BACK_SECONDS,
    PARTITIONS,
    SETTLED_SECONDS,
    Scenario,
    kafka_variables,
    pass_seconds,
    whole_or_cut,
)
from tests.waiting import eventually


def test_talks_while_sites_and_the_broker_are_killed(
    scenario: Scenario, kafka: Broker, topic: str, read: Callable[[], LogContents]
) -> None:
    kafka.create_topic(topic, partitions=PARTITIONS)
    variables = kafka_variables(kafka.bootstrap, topic, PRESENTER_CODE=CODE)
    sites = scenario.start(2, **variables)
    presenter = Presenter(sites, scenario.chance)
    with scenario.crowd([web.url for web in sites]) as crowd:
        for number in range(whole_or_cut(8, 2)):
            talk_id = presenter.start(number)
            crowd.press_on(scenario.chance.randint(20, 100))
            began = time.monotonic()
            harmed: Broker | Web = kafka if scenario.chance.random() < 0.5 else sites[number % 2]
            harmed.kill()
            mark_while_it_starts(presenter, talk_id, harmed)
            scenario.recover(*sites, since=began)
            presenter.mark(talk_id)
            audit_talk(sites, talk_id)
            if number % 2:
                presenter.act("PATCH", f"/{talk_id}", ended_at="now")
                audit_talk(sites, talk_id)
        last = presenter.start(9999)
        crowd.press_on(50)
    contents = scenario.close_books(read, *sites)
    settings = Settings(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic=topic)
    counted = {talk["id"]: count_talk(settings, talk, contents) for talk in talks_of(sites[0])}
    for web in sites:
        listed = talks_of(web)
        shown = {talk["id"]: talk["totals"] for talk in listed if talk["totals"] is not None}
        assert shown == {talk_id: counted[talk_id] for talk_id in shown}
        assert last in shown
        marks = {talk["id"]: [mark["id"] for mark in talk["marks"]] for talk in listed}
        assert marks == presenter.marks
        assert listed[0]["id"] == last
        assert listed[0]["totals"] == contents.drawn_in(listed[0]["started_at"], math.inf)


def talks_of(web: Web) -> list[dict[str, Any]]:
    """Return the talks that a process lists, newest first."""
    listed: list[dict[str, Any]] = web.served.ask("GET", "/kafka/talks").fields["talks"]
    return listed


def count_talk(settings: Settings, talk: dict[str, Any], contents: LogContents) -> dict[str, int]:
    """Return the clicks of a talk as its report has them, held against the log."""
    start, end = talk["started_at"], talk["ended_at"]
    found = count(settings, start, int(time.time()) + 1 if end is None else end)
    totals = dict.fromkeys(KINDS, 0) | totals_of(found)
    assert found.whole
    assert totals == contents.drawn_in(start, math.inf if end is None else end)
    return totals


def mark_while_it_starts(presenter: Presenter, talk_id: str, harmed: Broker | Web) -> None:
    """Set a mark while something is away: the first tries may fail, and the mark is not lost."""
    with ThreadPoolExecutor(1) as thread:
        marking = thread.submit(presenter.mark, talk_id)
        pass_seconds(1)
        harmed.start()
        marking.result(BACK_SECONDS)


def audit_talk(sites: Sequence[Web], talk_id: str) -> None:
    """Hold what each process shows of a talk against the log."""

    def is_equal() -> bool:
        done = sites[0].run("audit", "--talk", talk_id, *(web.url for web in sites))
        assert done.status == 0, done.text
        return True

    eventually(is_equal, SETTLED_SECONDS, "the talk is not what the log has")
