"""A site that follows counts made elsewhere: rows in two topics, here written by hand."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from dash_app.settings import Settings
from tests.kafka.broker import Broker
from tests.kafka.records import Sent, click, produce, settings_of
from tests.kafka.test_audit import exists, topic_id, transactions
from tests.sites import Site, open_site
from tests.test_counted import BIN, TOTAL
from tests.waiting import eventually


@pytest.fixture
def site(kafka_settings: Callable[..., Settings]) -> Iterator[Site]:
    with open_site(kafka_settings(counts_from="flink", dedup_offsets=100)) as site:
        site.wait_for_state("live")
        yield site


def write(kafka: Broker, topic: str, *rows: dict[str, Any] | bytes) -> None:
    """Write rows as Flink does: with keys, of the present log unless they name one."""
    for fields in rows:
        if isinstance(fields, bytes):
            produce(kafka, f"{topic}-totals", [Sent(fields, b"key")])
            continue
        kind, name = ("bins", "second") if "second" in fields else ("totals", "partition")
        row = {"log": topic_id(kafka, topic)} | fields
        key = orjson.dumps({name: row[name]})
        produce(kafka, f"{topic}-{kind}", [Sent(orjson.dumps(row), key)])


def total(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in TOTAL.items() if name != "log"} | changes


def test_rows_are_shown_as_they_are_and_nothing_else(
    kafka: Broker, topic: str, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    second = int(site.timeline()["server_time"]) - 10
    drawn = {name: value for name, value in BIN.items() if name != "log"} | {"second": second}
    produce(kafka, topic, [click()] * 3)
    write(kafka, topic, total(next_offset=2, cheers=9), b"hello", {**drawn, "log": "another"})
    write(kafka, topic, drawn, total(cheers=7, log="another", next_offset=99))
    site.wait_for_totals(9, 3)
    shown = site.timeline()

    assert shown["as_of"] == {"0": 2}
    assert (sum(shown["cheers"]), sum(shown["hate"])) == (2, 1)
    assert f"no click in {topic}-totals and {topic}-bins, partition 0, offset 1" in caplog.text
    data = site.data()
    assert (data["recent_history"], data["truncated"]) == ([], True)
    assert data["totals"] == {"cheers": 9, "fuck": 3}


def test_the_time_of_single_clicks_is_said_not_to_be_measured(site: Site) -> None:
    site.click("cheers")

    measured = site.timeline()["measured"]
    assert [measured[name] for name in ("clicks", "counted_ms")] == [None, None]


def test_what_is_not_counted_yet_keeps_a_site_from_being_live(
    kafka: Broker, topic: str, site: Site
) -> None:
    produce(kafka, topic, [click()] * 3)
    site.wait_for_state("catching up", 10)
    reasons = site.ask("GET", "/readyz").get_json()["conditions"]
    assert reasons[1] == {"name": "consumer", "ok": False, "reason": "catching up"}
    write(kafka, topic, total(next_offset=3, cheers=3, hate=0))

    site.wait_for_state("live")
    assert site.totals() == (3, 0)


def test_what_nobody_sees_does_not(kafka: Broker, topic: str, site: Site, unique_name: str) -> None:
    kafka.delete_topic(topic)
    eventually(lambda: not exists(kafka, topic), 10, "the topic is still there")
    kafka.create_topic(topic, partitions=3)
    with transactions(kafka, topic, unique_name):
        site.wait_for_state("catching up", 20)
        write(kafka, topic, total(partition=2, next_offset=2))

    site.wait_for_state("live")
    assert site.timeline()["as_of"] == {"0": 0, "1": 0, "2": 2}


def test_with_the_same_totals_a_fuller_bin_is_another_answer(
    kafka: Broker, topic: str, site: Site
) -> None:
    second = int(site.timeline()["server_time"])
    query = {"window": 3600}

    def tag(cheers: int) -> str:
        write(kafka, topic, {"second": second, "cheers": cheers, "hate": 0})
        eventually(
            lambda: sum(site.timeline(**query)["cheers"]) == cheers, 5, "the bin is not shown"
        )
        answer = site.ask("GET", "/kafka/timeline", query_string=query)
        assert sum(answer.get_json()["cheers"]) == cheers
        return answer.headers["ETag"]

    assert tag(1) != tag(2)


def test_a_topic_made_anew_starts_with_zero(kafka: Broker, topic: str, site: Site) -> None:
    log = site.timeline()["log"]
    write(kafka, topic, total())
    site.wait_for_totals(4, 3)
    kafka.delete_topic(topic)

    eventually(lambda: site.timeline()["log"] != log, 20, "still the old log")
    site.wait_for_state("live")
    assert site.totals() == (0, 0)
    assert site.timeline()["as_of"] == {"0": 0}


def test_both_topics_are_compacted(kafka: Broker, topic: str, site: Site) -> None:
    totals, bins = (settings_of(kafka, f"{topic}-{kind}") for kind in ("totals", "bins"))

    assert (totals["cleanup.policy"], totals["retention.ms"]) == ("compact", "-1")
    assert (bins["cleanup.policy"], bins["retention.ms"]) == ("compact,delete", "86400000")
